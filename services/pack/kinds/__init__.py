"""How each kind of source is mapped, one file per kind."""
