"""Random policies and random questions over a small table, and which rows each reader may see, found by loops.

Every row carries a mark of its own and an amount that is a power of two, so that a text tells which rows are in it, and
so does a sum. What a reader may see is judged here by plain loops over the rows, never by the product's own code.
"""

from dataclasses import dataclass
from itertools import product

import pyarrow as pa
from hypothesis import strategies as st

REGIONS, OWNERS = ("AMER", "APAC", "EMEA"), ("ann", "bob")
MODEL = """
model: deals
table: deals
key: id
time: day
dimensions:
  region: {column: region}
  owner: {column: owner}
  mark: {column: mark}
  day: {type: time, column: day}
measures: {worth: {agg: sum, sql: amount}}
metrics: {worth: {kind: simple, measure: worth, unit: USD}}
"""
NOTEBOOK = """
notebook: everything
title: Everything
cells:
  - {name: worth, kind: metric, metric: worth, period: year}
  - {name: each, kind: table, metrics: [worth], by: [mark, region], period: year, limit: 50}
  - {name: deals, kind: sql, sql: "SELECT mark AS deal, secret AS hidden FROM deals ORDER BY mark"}
  - {name: notes, kind: sql, sql: SELECT mark AS note FROM notes ORDER BY mark}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A row of `deals`; it has one row in `notes`."""

    id: int
    region: str
    owner: str

    @property
    def mark(self) -> str:
        """Stands in this row alone."""
        return f"q{self.id:03}x"

    @property
    def note(self) -> str:
        """Stands in this row's note alone."""
        return f"n{self.id:03}x"

    @property
    def secret(self) -> str:
        """Stands in the column that a policy may mask; its last four signs are not such a text."""
        return f"s{self.id:03}-{self.id:03}x"

    @property
    def amount(self) -> int:
        """A power of two: no two sets of rows have the same sum."""
        return 1 << self.id


DEALS = [
    Deal(id=number, region=region, owner=owner)
    for number, (region, owner) in enumerate([*product(REGIONS, OWNERS), *product(REGIONS, OWNERS)])
]


def tables(day: object) -> dict[str, pa.Table]:
    """The rows as tables."""
    days = pa.array([day] * len(DEALS), pa.date32())
    columns = {name: [getattr(deal, name) for deal in DEALS] for name in ("id", "region", "owner", "mark", "secret")}
    notes = {"id": [deal.id for deal in DEALS], "deal_id": [deal.id for deal in DEALS]}
    return {
        "deals": pa.table({**columns, "amount": [deal.amount for deal in DEALS], "day": days}),
        "notes": pa.table({**notes, "mark": [deal.note for deal in DEALS]}),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A column must be one of some values, or of the reader's attribute `seen`; by dimension or by table."""

    column: str
    values: tuple[str, ...] | None
    is_dimension: bool

    def text(self) -> str:
        """The rule in a policy."""
        place = f"dimension: {self.column}" if self.is_dimension else f"table: deals, column: {self.column}"
        return f"{{{place}, in: {'member.seen' if self.values is None else list(self.values)}}}"

    def keeps(self, deal: Deal, seen: tuple[str, ...]) -> bool:
        """Whether a reader with that attribute sees the row."""
        return getattr(deal, self.column) in (seen if self.values is None else self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A policy for analysts, and the attribute of two of them. `notes` says how the second table is bound."""

    rules: tuple[Rule, ...]
    notes: str
    mask: str
    seen: tuple[tuple[str, ...], tuple[str, ...]]

    def policy(self) -> str:
        """The policy as YAML."""
        follows = ["{table: notes, column: deal_id, follows: deals.id}"] if self.notes == "follow" else []
        rows = ", ".join([*(rule.text() for rule in self.rules), *follows])
        lines = ["policy: random", "roles: [analyst]", f"rows: [{rows}]"]
        lines += ["open: [notes]"] if self.notes == "open" else []
        lines += [f"columns: [{{table: deals, column: secret, show: {self.mask}}}]"] if self.mask else []
        return "\n".join(lines)

    def deals(self, reader: int) -> list[Deal]:
        """The rows that a reader may see: those that all rules keep."""
        return [deal for deal in DEALS if all(rule.keeps(deal, self.seen[reader]) for rule in self.rules)]

    def notes_seen(self, reader: int) -> list[Deal]:
        """The deals whose notes a reader may see."""
        return {"open": DEALS, "follow": self.deals(reader), "hidden": []}[self.notes]

    def secrets(self, reader: int) -> set[str]:
        """The values of the masked column that a reader may see as they are."""
        return set() if self.mask else {deal.secret for deal in self.deals(reader)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition as SQL, and the same in Python."""

    sql: str
    rows: frozenset[int]

    def keeps(self, deal: Deal) -> bool:
        """Whether a row fulfils it."""
        return deal.id in self.rows


def cases() -> st.SearchStrategy[Case]:
    """Policies of one to three rules, and what the two readers are given."""
    rules = st.one_of(
        st.builds(_rule, st.just("region"), st.none() | _some(REGIONS), st.booleans()),
        st.builds(_rule, st.just("owner"), st.none() | _some(OWNERS), st.booleans()),
    )
    seen = _some((*REGIONS, *OWNERS)) | st.just(())
    return st.builds(
        lambda rules, notes, mask, seen: Case(rules=tuple(rules), notes=notes, mask=mask, seen=seen),
        st.lists(rules, min_size=1, max_size=3),
        st.sampled_from(("open", "follow", "hidden")),
        st.sampled_from(("", "hash", "last4", "hide")),
        st.tuples(seen, seen),
    )


def conditions() -> st.SearchStrategy[Condition]:
    """Conditions over the columns, joined by AND, OR and NOT."""
    plain = st.one_of(
        st.builds(lambda values: _one_of("region", values), _some(REGIONS)),
        st.builds(lambda values: _one_of("owner", values), _some(OWNERS)),
        st.builds(_mark_below, st.integers(0, len(DEALS))),
    )

    def joined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        return st.builds(_not, inner) | st.builds(_join, inner, inner, st.booleans())

    return st.recursive(plain, joined, max_leaves=4)


def _some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=1, unique=True).map(tuple)


def _rule(column: str, values: tuple[str, ...] | None, is_dimension: bool) -> Rule:  # noqa: FBT001 - drawn by place
    return Rule(column=column, values=values, is_dimension=is_dimension)


def _one_of(column: str, values: tuple[str, ...]) -> Condition:
    rows = frozenset(deal.id for deal in DEALS if getattr(deal, column) in values)
    return Condition(sql=f"{column} IN ({', '.join(repr(value) for value in values)})", rows=rows)


def _mark_below(number: int) -> Condition:
    return Condition(sql=f"mark < 'q{number:03}x'", rows=frozenset(deal.id for deal in DEALS if deal.id < number))


def _not(one: Condition) -> Condition:
    return Condition(sql=f"NOT ({one.sql})", rows=frozenset(deal.id for deal in DEALS) - one.rows)


def _join(one: Condition, other: Condition, is_and: bool) -> Condition:  # noqa: FBT001 - drawn by place
    rows = one.rows & other.rows if is_and else one.rows | other.rows
    return Condition(sql=f"({one.sql}) {'AND' if is_and else 'OR'} ({other.sql})", rows=rows)
