"""The revenue pack on a connected source: its tables mapped to canonical ones, with the metrics that count those."""
