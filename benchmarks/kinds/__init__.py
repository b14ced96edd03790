"""One module for each benchmark, found by its `KIND`; `run()` returns an `Outcome`."""
