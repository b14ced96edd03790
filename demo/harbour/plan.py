"""What the simulation of Harbour Supply is told: vocabulary, sizes, seasons, and the facts planted in it."""

import datetime as dt

from demo.days import day_number

CUSTOMERS = 620
ORDERS = 40_000
LINES = 120_000

REGIONS = ("North", "West", "South", "East", "Benelux")
NORTH, WEST, SOUTH, EAST, BENELUX = range(5)
REGION_SHARE = (0.31, 0.20, 0.19, 0.14, 0.16)

SEGMENTS = ("Shipyard", "Marina", "Industry", "Retail chain", "Workshop")
SEGMENT_SHARE = (0.12, 0.24, 0.20, 0.10, 0.34)

CATEGORIES = (
    "Rope and rigging",
    "Coatings",
    "Fasteners",
    "Safety gear",
    "Electrical",
    "Pumps and valves",
    "Tools",
    "Deck hardware",
)
COATINGS = 1
# How much each category sells in each month: boats are painted in spring and fitted out before summer.
SEASONS = (
    (0.80, 0.95, 1.20, 1.30, 1.25, 1.10, 1.00, 0.95, 0.95, 0.90, 0.85, 0.70),
    (0.55, 0.90, 1.60, 1.75, 1.40, 1.05, 0.85, 0.80, 0.95, 0.90, 0.70, 0.45),
    (0.95, 1.00, 1.08, 1.06, 1.04, 1.00, 0.94, 0.92, 1.03, 1.04, 1.00, 0.80),
    (0.60, 0.80, 1.15, 1.50, 1.60, 1.35, 1.05, 0.90, 0.85, 0.75, 0.70, 0.60),
    (1.00, 0.98, 0.98, 1.00, 0.98, 0.95, 0.90, 0.92, 1.08, 1.16, 1.15, 0.95),
    (0.92, 0.95, 1.08, 1.12, 1.08, 1.02, 0.95, 0.94, 1.02, 1.05, 1.00, 0.80),
    (0.95, 0.98, 1.05, 1.05, 1.00, 0.98, 0.92, 0.92, 1.00, 1.02, 1.12, 1.02),
    (0.65, 0.90, 1.30, 1.50, 1.45, 1.20, 1.00, 0.90, 0.85, 0.80, 0.75, 0.60),
)
YEARLY_GROWTH = 0.07

# Planted: from 6 July 2026 on, the South is delivered from a bad batch of coatings, and much of it comes back.
BATCH_NAME = "B2607"
BATCH_DAY = day_number(dt.date(2026, 7, 6))
BATCH_RETURNED = 0.30

# Planted: the largest customer orders for the last time on 27 March 2026.
LARGEST_CUSTOMER = "Nordkai Werften"
LARGEST_SHARE = 0.055
LARGEST_LEFT = day_number(dt.date(2026, 3, 27))

# Planted: coatings cost 9 % more from 5 January 2026 on.
PRICE_DAY = day_number(dt.date(2026, 1, 5))
PRICE_RISE = 1.09
