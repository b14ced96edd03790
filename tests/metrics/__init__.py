"""Tests of the metrics layer."""
