"""Members of many tenants at once: what each tenant is given, what each member asks, and what must come back.

Every tenant's rows add up to a number of its own and bear a mark of its own, so that a member can tell a row of another
tenant wherever it stands. Used by `make bench NAME=members` and, with fewer, by a test.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from services.definitions import apply_definitions
from services.imports import load_tables
from services.notebooks import save_notebooks
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.signin import start_member_session
from tenants.access import operator

MODEL = """
model: orders
table: orders
key: id
time: day
dimensions:
  area: {column: area}
  day: {type: time, column: day}
measures: {amount: {agg: sum, sql: amount}}
metrics: {amount: {kind: simple, measure: amount, unit: USD}}
"""
HOME = """
notebook: home
title: Home
cells:
  - {name: amount, kind: metric, metric: amount, period: year}
  - {name: areas, kind: chart, chart: bar, metrics: [amount], by: [area], period: year}
"""
# What a member asks, in turn; each answer adds up to the tenant's number.
QUESTIONS: Sequence[Mapping[str, object]] = (
    {"metrics": ["amount"]},
    {"metrics": ["amount"], "by": ["area"]},
    {"metrics": ["amount"], "grain": "month"},
    {"metrics": ["amount"], "by": ["area"], "grain": "quarter"},
)
_AREAS, _ROWS = 4, 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A signed-in member: their cookie, their tenant's mark and number, and every other tenant's mark."""

    cookie: str
    mark: str
    number: int
    foreign: tuple[str, ...]


def build_crowd(platform: Platform, *, tenants: int, members: int, day: dt.date) -> list[Visitor]:
    """So many tenants with so many members each, signed in; all rows are of that day's year."""
    marks = [f"crowd{number:03}zq" for number in range(tenants)]
    visitors = []
    for place, mark in enumerate(marks):
        number = 1_000_003 * (place + 1)
        tenant = create_tenant(platform, slug=mark, name=mark.title())
        asking = operator(tenant)
        load_tables(platform, asking, {"orders": _orders(mark, number, day)})
        apply_definitions(platform, asking, {"orders.yaml": MODEL})
        save_notebooks(platform, asking, {"home": HOME})
        others = tuple(other for other in marks if other != mark)
        for person in range(members):
            email = f"person{person}@{mark}.example"
            added = add_member(platform, asking, email=email, name=f"Person {person}", role="analyst")
            cookie = start_member_session(platform, str(added.member_id), "link")
            visitors.append(Visitor(cookie=cookie, mark=mark, number=number, foreign=others))
    return visitors


def check_answer(visitor: Visitor, answer: Mapping[str, object], text: str) -> None:
    """Raises AssertionError for a number that is not the visitor's tenant's, or a mark that is another's."""
    rows = answer["rows"]
    assert isinstance(rows, list)
    total = sum(row[-1] for row in rows)
    if total != visitor.number:
        raise AssertionError(f"{visitor.mark} was told {total:,}, not {visitor.number:,}")
    check_text(visitor, text)


def check_text(visitor: Visitor, text: str) -> None:
    """Raises AssertionError where the mark of another tenant stands in a text."""
    leaked = [mark for mark in visitor.foreign if mark in text]
    if leaked:
        raise AssertionError(f"{visitor.mark} was shown what is {', '.join(leaked)}'s")


def _orders(mark: str, number: int, day: dt.date) -> pa.Table:
    """Rows in four areas over the months of the year so far, which add up to the number."""
    each, rest = divmod(number, _ROWS)
    days = [dt.date(day.year, place % day.month + 1, 1) for place in range(_ROWS)]
    return pa.table(
        {
            "id": list(range(_ROWS)),
            "area": [f"{mark} {place % _AREAS}" for place in range(_ROWS)],
            "amount": [each + (rest if place == 0 else 0) for place in range(_ROWS)],
            "day": pa.array(days, pa.date32()),
        }
    )
