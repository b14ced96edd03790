"""The revenue planned for each region and quarter."""

import numpy as np
import pyarrow as pa

from demo import columns
from demo.days import FIRST, LAST, month_of, quarter_end, quarter_start
from demo.harbour import plan

# Millions of euros a year for the company, the share of each quarter in it, and of each region.
_YEAR = 12.4
_QUARTER_SHARE = (0.24, 0.32, 0.24, 0.20)
_REGION_SHARE = (0.34, 0.20, 0.18, 0.13, 0.15)


def targets_table() -> pa.Table:
    """`targets`: planned revenue, one row per region and quarter."""
    starts, day = [], quarter_start(FIRST)
    while day <= LAST:
        starts.append(day)
        day = quarter_end(day) + 1
    rows = [
        (start, region, round(_YEAR * (1 + plan.YEARLY_GROWTH) ** (number / 4) * quarter * share * 100) * 1_000_000)
        for number, start in enumerate(starts)
        for quarter in (_QUARTER_SHARE[(month_of(start) - 1) // 3],)
        for region, share in enumerate(_REGION_SHARE)
    ]
    start, region, cents = np.array(rows, dtype=np.int64).T
    return pa.table(
        {
            "target_id": columns.whole(np.arange(len(rows)) + 1),
            "metric": columns.label(("revenue",), np.zeros(len(rows), dtype=np.int64)),
            "region": columns.label(plan.REGIONS, region),
            "period_start": columns.dates(start),
            "period_end": columns.dates(columns.numbers(quarter_end(one) for one in start.tolist())),
            "amount": columns.money(cents),
        }
    )
