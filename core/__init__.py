"""What every package may use: errors, clock, ids, secrets, results, names, numbers. Knows nothing of the product."""
