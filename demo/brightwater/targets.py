"""What each region is to book in each quarter; the company's target is the sum."""

import numpy as np
import pyarrow as pa

from demo import columns
from demo.brightwater import plan
from demo.days import FIRST, LAST, quarter_end, quarter_start

# Millions of dollars from the fourth quarter of 2024 to that of 2026.
_COMPANY = (0.8, 3.9, 5.6, 7.3, 6.8, 6.9, 9.0, 9.9, 10.4)
_SHARE = (0.46, 0.30, 0.15, 0.09)


def targets_table() -> pa.Table:
    """`targets`: bookings planned per quarter, one row per region and one of level `company` with their sum."""
    starts, day = [], quarter_start(FIRST)
    while day <= LAST:
        starts.append(day)
        day = quarter_end(day) + 1
    cents = np.array([[round(million * share * 100) * 1_000_000 for share in _SHARE] for million in _COMPANY])
    amounts = np.column_stack([cents, cents.sum(axis=1)]).ravel()
    start = np.repeat(np.array(starts), 5)
    place = np.tile(np.arange(5), len(starts))
    is_company = place == 4
    return pa.table(
        {
            "target_id": columns.whole(np.arange(len(start)) + 1),
            "metric": columns.label(("bookings",), np.zeros(len(start), dtype=np.int64)),
            "level": columns.label(("region", "company"), is_company.astype(np.int64)),
            "region": columns.label((*plan.REGIONS, ""), place, ~is_company),
            "period_start": columns.dates(start),
            "period_end": columns.dates(columns.numbers(quarter_end(day) for day in start.tolist())),
            "amount": columns.money(amounts),
        }
    )
