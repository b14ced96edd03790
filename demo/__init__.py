"""Two invented companies with two years of data, made by a simulation: the same rows on every machine.

`FACTS.md` lists what is in them. Knows nothing of stores or members' rights; it hands over tables and texts.
"""

from demo.days import TODAY
from demo.tenant import DemoMember, DemoTenant
from demo.tenants import SLUGS, build

__all__ = ["SLUGS", "TODAY", "DemoMember", "DemoTenant", "build"]
