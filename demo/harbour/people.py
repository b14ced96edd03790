"""The customers of Harbour Supply and the reps who look after them."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo import columns
from demo.days import FIRST, LAST, day_number, next_working
from demo.harbour import plan
from demo.stream import Floats, Ints, Stream
from demo.words import FAMILY_NAMES, GIVEN_NAMES

_REPS_BY_REGION = (5, 4, 3, 3, 3)
_OPENING = 500
_CITIES = (
    ("Hamburg", "Kiel", "Bremen", "Rostock", "Flensburg", "Wilhelmshaven", "Cuxhaven", "Lübeck"),
    ("Duisburg", "Köln", "Düsseldorf", "Münster", "Emden", "Dortmund"),
    ("Konstanz", "Friedrichshafen", "Regensburg", "Passau", "Mannheim", "Ulm"),
    ("Berlin", "Stralsund", "Magdeburg", "Dresden", "Potsdam"),
    ("Rotterdam", "Antwerpen", "Amsterdam", "Gent", "Vlissingen"),
)
_KINDS = (
    ("Werft", "Schiffbau", "Bootswerft", "Shipyard"),
    ("Marina", "Yachthafen", "Bootsservice", "Segelzentrum"),
    ("Maschinenbau", "Anlagenbau", "Hydraulik", "Stahlbau"),
    ("Fachmarkt", "Baumarkt", "Handel", "Bootsshop"),
    ("Werkstatt", "Metallbau", "Bootsbau", "Tischlerei"),
)
# How often a customer of each segment orders, relative to a workshop.
_RATE = (3.4, 1.3, 1.9, 3.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Customers:
    """Customers by position; id is position + 1. `rate` is how often one orders, `left` the last day one may."""

    names: tuple[str, ...]
    segments: Ints
    regions: Ints
    cities: tuple[str, ...]
    reps: Ints
    since: Ints
    left: Ints
    rate: Floats
    largest: int


def make_customers() -> Customers:
    """All customers; the first is the largest."""
    stream = Stream("harbour", "customers")
    count = plan.CUSTOMERS
    regions = stream.pick(plan.REGION_SHARE, count)
    segments = stream.pick(plan.SEGMENT_SHARE, count)
    regions[0], segments[0] = plan.NORTH, 0
    old = day_number(dt.date(2015, 3, 2)) + stream.below(FIRST - day_number(dt.date(2015, 3, 2)), count)
    recent = next_working(FIRST + stream.below(LAST - FIRST - 20, count))
    since = np.where(np.arange(count) < _OPENING, old, recent)
    order = np.append(0, 1 + np.argsort(since[1:], kind="stable"))
    # A few customers stop ordering every year.
    quits = (stream.uniform(count) < 0.12) & (np.arange(count) > 0)
    left = np.where(quits, np.minimum(LAST, since + 200 + stream.below(700, count)), LAST)[order]
    left[0] = plan.LARGEST_LEFT
    spread = np.exp(0.75 * stream.normal(count))
    rate = np.array(_RATE)[segments] * np.rint(spread * 1000) / 1000
    rate[0] = rate[1:].sum() * plan.LARGEST_SHARE
    cities = [
        _CITIES[region][int(point * len(_CITIES[region]))]
        for region, point in zip(regions, stream.uniform(count), strict=True)
    ]
    first_rep = np.cumsum(_REPS_BY_REGION) - np.array(_REPS_BY_REGION)
    return Customers(
        names=_names(stream, segments, cities),
        segments=segments,
        regions=regions,
        cities=tuple(cities),
        reps=first_rep[regions] + (stream.uniform(count) * np.array(_REPS_BY_REGION)[regions]).astype(np.int64),
        since=since[order],
        left=left,
        rate=rate,
        largest=0,
    )


def _names(stream: Stream, segments: Ints, cities: list[str]) -> tuple[str, ...]:
    """A family or a city and what the company does; unique."""
    taken = {plan.LARGEST_CUSTOMER}
    names = [plan.LARGEST_CUSTOMER]
    family, kind = stream.below(len(FAMILY_NAMES), len(cities)), stream.below(4, len(cities))
    for place in range(1, len(cities)):
        ending = _KINDS[int(segments[place])][int(kind[place])]
        start = int(family[place])
        name = f"{FAMILY_NAMES[start]} {ending}"
        while name in taken:
            start = (start + 1) % len(FAMILY_NAMES)
            name = f"{FAMILY_NAMES[start]} {ending} {cities[place]}"
        taken.add(name)
        names.append(name)
    return tuple(names)


def customers_table(customers: Customers) -> pa.Table:
    """`customers`: one row per company that buys."""
    stream = Stream("harbour", "customers", "table")
    count = len(customers.names)
    country = np.where(customers.regions == plan.BENELUX, 1, 0)
    cities = np.array([city in ("Antwerpen", "Gent") for city in customers.cities])
    return pa.table(
        {
            "customer_id": columns.whole(np.arange(count) + 1),
            "name": columns.text(customers.names),
            "segment": columns.label(plan.SEGMENTS, customers.segments),
            "region": columns.label(plan.REGIONS, customers.regions),
            "country": columns.label(("Germany", "Netherlands", "Belgium"), country + cities),
            "city": columns.text(customers.cities),
            "rep_id": columns.whole(customers.reps + 1),
            "customer_since": columns.dates(customers.since),
            "payment_days": columns.whole(np.array([14, 30, 45, 60])[stream.pick((0.25, 0.5, 0.15, 0.1), count)]),
        }
    )


def reps_table() -> pa.Table:
    """`reps`: one row per sales rep."""
    stream = Stream("harbour", "reps")
    count = sum(_REPS_BY_REGION)
    regions = np.repeat(np.arange(5), _REPS_BY_REGION)
    given, family = stream.shuffle(len(GIVEN_NAMES))[:count], stream.shuffle(len(FAMILY_NAMES))[:count]
    names = [f"{GIVEN_NAMES[first]} {FAMILY_NAMES[last]}" for first, last in zip(given, family, strict=True)]
    start = day_number(dt.date(2014, 1, 6))
    return pa.table(
        {
            "rep_id": columns.whole(np.arange(count) + 1),
            "name": columns.text(names),
            "email": columns.text(f"{name.lower().replace(' ', '.')}@harbour.example" for name in names),
            "region": columns.label(plan.REGIONS, regions),
            "hired_on": columns.dates(next_working(start + stream.below(FIRST - start - 30, count))),
        }
    )
