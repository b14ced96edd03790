"""Harbour Supply: a simulated distributor of goods for boats and workshops."""

from demo.harbour.build import build_tables
from demo.harbour.plan import REGIONS

__all__ = ["REGIONS", "build_tables"]
