"""A second metrics layer in plain Python, slow and obvious, to check the compiler on random cases.

`python -m tests.oracle N SEED` runs N cases and prints how many agreed, how many both refused and why, and what did
not agree. Nothing here that computes an answer imports anything of `metrics`: `world` has definitions and questions as
plain values, `reference` answers them row by row, `writing` writes them for the compiler, `trial` compares the two.
"""
