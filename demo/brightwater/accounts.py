"""The companies that Brightwater sells to: some customers before the demo's first day, most of them not yet."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo import columns
from demo.brightwater import plan
from demo.brightwater.owners import Owners
from demo.days import FIRST, LAST, day_number, moments, months, working
from demo.stream import Flags, Floats, Ints, Stream
from demo.words import COMPANY_STEMS, COUNTRIES, INDUSTRY_ENDINGS

OPENING_CUSTOMERS = 640
_OLD_PROSPECTS = 560
_INDUSTRIES = tuple(INDUSTRY_ENDINGS)
_INDUSTRY_SHARE = (0.21, 0.14, 0.16, 0.12, 0.11, 0.10, 0.06, 0.10)
_SEGMENT_SHARE = ((0.50, 0.37, 0.13), (0.60, 0.31, 0.09))
_EMPLOYEES = ((10, 100), (100, 1_000), (1_000, 14_000))


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Accounts by position; id is position + 1, in order of creation.

    `health` in [0, 1] is how well the product fits: it drives usage, expansion and churn, and is in no table.
    `is_offer` marks those brought by the partner marketplace offer.
    """

    names: tuple[str, ...]
    domains: tuple[str, ...]
    industries: Ints
    segments: Ints
    employees: Ints
    regions: Ints
    owners: Ints
    sources: Ints
    created: Ints
    health: Floats
    is_customer: Flags
    is_offer: Flags


def make_accounts(owners: Owners) -> Accounts:
    """All accounts, those of the opening customers included."""
    stream = Stream("brightwater", "accounts")
    count = plan.ACCOUNTS
    created, group = _creation(stream)
    is_customer, is_offer = group == 0, group == 2
    segments = np.where(is_customer, stream.pick(_SEGMENT_SHARE[0], count), stream.pick(_SEGMENT_SHARE[1], count))
    segments[is_offer] = plan.SMB
    industries = stream.pick(_INDUSTRY_SHARE, count)
    regions = stream.pick(plan.REGION_SHARE, count)
    sources = stream.pick(plan.SOURCE_SHARE, count)
    sources[is_offer] = plan.PARTNER
    low, high = np.array(_EMPLOYEES)[segments].T
    health = np.clip(0.62 + 0.19 * stream.normal(count), 0.04, 0.98)
    names, domains = _names(stream, industries)
    return Accounts(
        names=names,
        domains=domains,
        industries=industries,
        segments=segments,
        employees=(low + (high - low) * stream.uniform(count) ** 2.2).astype(np.int64),
        regions=regions,
        owners=_owners(stream, owners, regions),
        sources=sources,
        created=created,
        health=np.where(is_offer, 0.3 * health, health),
        is_customer=is_customer,
        is_offer=is_offer,
    )


def _creation(stream: Stream) -> tuple[Ints, Ints]:
    """The creation day of each account, ascending, and its group: 0 customer, 1 prospect, 2 of the offer."""
    later = plan.ACCOUNTS - OPENING_CUSTOMERS - _OLD_PROSPECTS - plan.OFFER_ACCOUNTS
    window = np.arange(FIRST, LAST - 2)
    demand = np.array(plan.MONTH_DEMAND)[months(window) - 1] * np.where(working(window), 1.0, 0.05)
    days = np.concatenate(
        [
            day_number(dt.date(2020, 3, 2))
            + stream.below(FIRST - 120 - day_number(dt.date(2020, 3, 2)), OPENING_CUSTOMERS),
            day_number(dt.date(2022, 1, 3)) + stream.below(FIRST - day_number(dt.date(2022, 1, 3)), _OLD_PROSPECTS),
            window[stream.pick(demand, later)],
            plan.OFFER_FROM - 7 + stream.below(17, plan.OFFER_ACCOUNTS),
        ]
    )
    group = np.repeat([0, 1, 1, 2], [OPENING_CUSTOMERS, _OLD_PROSPECTS, later, plan.OFFER_ACCOUNTS])
    order = np.argsort(days, kind="stable")
    return days[order], group[order]


def _names(stream: Stream, industries: Ints) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Unique names whose last word fits the industry, and their domains."""
    stems, endings = stream.below(len(COMPANY_STEMS), len(industries)), stream.below(6, len(industries))
    taken: set[str] = set()
    names = []
    for stem, ending, industry in zip(stems.tolist(), endings.tolist(), industries.tolist(), strict=True):
        name = f"{COMPANY_STEMS[stem]} {INDUSTRY_ENDINGS[_INDUSTRIES[industry]][ending]}"
        while name in taken:
            stem = (stem + 1) % len(COMPANY_STEMS)
            name = f"{COMPANY_STEMS[stem]} {INDUSTRY_ENDINGS[_INDUSTRIES[industry]][ending]}"
        taken.add(name)
        names.append(name)
    return tuple(names), tuple(f"{name.lower().replace(' ', '-')}.example" for name in names)


def _owners(stream: Stream, owners: Owners, regions: Ints) -> Ints:
    points = stream.uniform(len(regions))
    teams = owners.by_region()
    return columns.numbers(
        teams[region][int(point * len(teams[region]))] for region, point in zip(regions.tolist(), points, strict=True)
    )


def accounts_table(accounts: Accounts) -> pa.Table:
    """`accounts`: one row per company."""
    stream = Stream("brightwater", "accounts", "table")
    count = len(accounts.names)
    countries = tuple(name for region in plan.REGIONS for name in COUNTRIES[region])
    country = np.zeros(count, dtype=np.int64)
    before = 0
    for position, region in enumerate(plan.REGIONS):
        picked = stream.pick(list(COUNTRIES[region].values()), count)
        country = np.where(accounts.regions == position, before + picked, country)
        before += len(COUNTRIES[region])
    # Accounts are entered first thing in the morning, so that their people and deals of the same day come after.
    opened = moments(accounts.created, np.zeros(count), zone="UTC", opens=5.05, closes=6.0)
    return pa.table(
        {
            "account_id": columns.whole(np.arange(count) + 1),
            "name": columns.text(accounts.names),
            "domain": columns.text(accounts.domains),
            "industry": columns.label(_INDUSTRIES, accounts.industries),
            "employees": columns.whole(accounts.employees),
            "segment": columns.label(plan.SEGMENTS, accounts.segments),
            "country": columns.label(countries, country),
            "region": columns.label(plan.REGIONS, accounts.regions),
            "owner_id": columns.whole(accounts.owners + 1),
            "source": columns.label(plan.SOURCES, accounts.sources),
            "created_at": columns.times(opened + stream.below(900, count) * 1_000_000),
        }
    )
