"""Brightwater Software: a simulated company that sells software by subscription."""

from demo.brightwater.build import build_tables
from demo.brightwater.plan import REGIONS

__all__ = ["REGIONS", "build_tables"]
