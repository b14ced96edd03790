"""The kinds of checks, one per file."""
