"""What the simulation of Brightwater Software is told: vocabulary, sizes, seasons, and the facts planted in it.

`demo/FACTS.md` lists the numbers that come out; the tests compare them with hand-written SQL.
"""

import datetime as dt

from demo.days import day_number

ACCOUNTS = 2_400
CONTACTS = 9_000
DEALS = 14_000
ACTIVITIES = 60_000
EVENTS = 1_000_000

REGIONS = ("North America", "EMEA", "APAC", "LATAM")
NORTH_AMERICA, EMEA, APAC, LATAM = range(4)
REGION_SHARE = (0.45, 0.30, 0.15, 0.10)
# The zone whose working hours a region keeps, and those hours. They are cut so that every moment has the same date
# in UTC and in New York: no number of the demo depends on which of the two an analyst groups by.
REGION_HOURS = (
    ("America/New_York", 8.0, 18.9),
    ("Europe/Berlin", 8.0, 18.5),
    ("Asia/Singapore", 13.2, 19.4),
    ("America/Sao_Paulo", 8.0, 18.5),
)

SEGMENTS = ("SMB", "Mid-market", "Enterprise")
SMB, MID_MARKET, ENTERPRISE = range(3)

SOURCES = ("Organic", "Paid search", "Paid social", "Events", "Partner", "Outbound", "Referral", "Existing customer")
ORGANIC, PAID_SEARCH, PAID_SOCIAL, FAIRS, PARTNER, OUTBOUND, REFERRAL, EXISTING = range(8)
SOURCE_SHARE = (0.24, 0.17, 0.12, 0.10, 0.12, 0.17, 0.08)
# How much likelier than the average a deal of each source is won.
SOURCE_CHANCE = (1.10, 1.00, 0.62, 1.05, 1.12, 0.86, 1.55, 1.00)

DEAL_TYPES = ("new", "expansion", "renewal")
NEW, EXPANSION, RENEWAL = range(3)

STAGES = ("Qualified", "Discovery", "Demo", "Proposal", "Negotiation", "Won", "Lost")
QUALIFIED, DISCOVERY, DEMO, PROPOSAL, NEGOTIATION, WON, LOST = range(7)
FORECAST_CATEGORIES = ("Pipeline", "Pipeline", "Pipeline", "Best case", "Commit", "Closed", "Omitted")

LOST_REASONS = ("No decision", "Budget", "Competitor", "Price", "Timing", "Missing feature")
NO_DECISION, BUDGET, COMPETITOR, PRICE, TIMING, MISSING_FEATURE = range(6)
LOST_REASON_SHARE = (0.30, 0.19, 0.17, 0.12, 0.13, 0.09)

# Deals created, month by month: strong springs and autumns, a summer dip, a quiet December.
MONTH_DEMAND = (0.98, 1.03, 1.10, 1.03, 1.06, 1.02, 0.90, 0.82, 1.06, 1.08, 1.04, 0.70)
YEARLY_GROWTH = 0.2

# Planted: a competitor undercuts in EMEA from the third quarter of 2026 on; late-stage deals there are lost to it.
EMEA_FALL = day_number(dt.date(2026, 7, 1))
EMEA_RECOVERY = day_number(dt.date(2026, 10, 1))
EMEA_KEPT = 0.56
EMEA_KEPT_AFTER = 0.74

# Planted: list prices rise by 12 % on 2 March 2026, for every deal not yet closed and every later one.
PRICE_DAY = day_number(dt.date(2026, 3, 2))
PRICE_RISE = 1.12

# Planted: on 13 October 2026 the tracking script is broken and only a fraction of the events arrives.
BAD_TRACKING_DAY = day_number(dt.date(2026, 10, 13))
BAD_TRACKING_KEPT = 0.07

# Planted: a partner marketplace offer brings small customers in June 2026 who leave within four months.
OFFER_NAME = "Partner marketplace spring offer"
OFFER_ACCOUNTS = 120
OFFER_FROM = day_number(dt.date(2026, 5, 20))
OFFER_TO = day_number(dt.date(2026, 6, 30))
OFFER_CHANCE = 0.36
OFFER_CHURN = (0.0, 0.20, 0.36, 0.40, 0.14)

# Planted: this rep pushes most of the deals due in a quarter into the next one, in its last two weeks.
SLIPPING_REP = "Gareth Pryce"
