"""Alerts: a metric or a tile is looked at after each sync and at its times, and whoever should know is told once.

What is watched is read with the rights of the alert's owner. What a recipient is told is read again with their own
rights, and goes out as a delivery: rendered once for each policy, sent once, on record like every report.
"""
