"""The kinds of score, one module each."""
