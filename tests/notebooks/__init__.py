"""Tests of the notebook document and its run."""
