"""The kinds of cells, one folder each: `spec` is what is written, `run` makes the output."""
