"""The kinds of metrics, one module each, as described by `metrics.kind.Kind`. A new module here is a new kind."""
