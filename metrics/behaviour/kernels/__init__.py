"""Loops over sorted event columns, compiled to machine code. Importing one costs the import of numba: do it late."""
