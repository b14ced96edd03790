"""Loops over the points of a series, compiled to machine code. Importing one costs the import of numba: do it late."""
