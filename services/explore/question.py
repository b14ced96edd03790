"""A question as a URL has it: every choice a reader made, and nothing else."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.errors import InvalidError
from core.names import suggestion
from core.result import ColumnType
from metrics import AnyGrain, Catalog, Dimension, Grain, MetricQuery, parse_grain
from metrics.filter import write_value
from metrics.segments import SEGMENT
from services.as_of import parse_as_of

FILTER = "f."
MAX_ROWS = 1_000
# How a URL names the member that has no value.
NOT_SET = "\u2205"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked.

    `filters` are members by dimension, of which a row must have one (an empty one is still to be chosen); `where` is
    filter text beside them, and a row must be in each of `segments`. `chart` is the kind the reader chose, empty for
    the one suggested. With `as_of` every table is what it was at the end of that day, or at that moment.
    """

    metrics: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    grain: AnyGrain | None = None
    range: str = ""
    start: dt.date | None = None
    end: dt.date | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    segments: tuple[str, ...] = ()
    where: str = ""
    compare: tuple[str, ...] = ()
    top: int | None = None
    has_totals: bool = False
    chart: str = ""
    as_of: str = ""

    def moment(self, zone: str) -> dt.datetime | None:
        """The moment that tables are read as of, None for now. Raises InvalidError for what is no date."""
        return parse_as_of(self.as_of, zone) if self.as_of else None

    def to_params(self) -> dict[str, list[str]]:
        """The choices for a URL; what is at its default is left out."""
        found = {
            "metric": list(self.metrics),
            "by": list(self.by),
            "grain": [str(self.grain)] if self.grain else [],
            "range": [self.range] if self.range else [],
            "from": [self.start.isoformat()] if self.start else [],
            "to": [self.end.isoformat()] if self.end else [],
            "segment": list(self.segments),
            "where": [self.where] if self.where else [],
            "compare": list(self.compare),
            "top": [str(self.top)] if self.top else [],
            "totals": ["yes"] if self.has_totals else [],
            "chart": [self.chart] if self.chart else [],
            "as_of": [self.as_of] if self.as_of else [],
        }
        found |= {f"{FILTER}{name}": list(values) or [""] for name, values in self.filters.items()}
        return {name: values for name, values in found.items() if values}

    def to_query(self, catalog: Catalog) -> MetricQuery:
        """The question to the metrics layer. Raises InvalidError for names that are unknown."""
        has_start = bool(self.range) or self.start is not None
        return MetricQuery(
            metrics=self.metrics,
            by=self.by,
            grain=self.grain,
            start=self.start,
            end=self.end,
            range=self.range or None,
            where=self.filter_text(catalog),
            compare=self.compare,
            top=self.top if self.by else None,
            has_totals=self.has_totals and bool(self.by),
            is_filled=self.grain not in {None, Grain.HOUR} and has_start,
        )

    def filter_text(self, catalog: Catalog) -> str | None:
        """All filters as text of the filter language."""
        dimensions = {found.name: found for found in catalog.dimensions_of(self.metrics)}
        given = {name: tuple(value for value in values if value) for name, values in self.filters.items()}
        parts = [_one_of(name, values, dimensions) for name, values in given.items() if values]
        parts += [f"{SEGMENT} = {write_value(segment)}" for segment in self.segments]
        parts += [self.where] if self.where.strip() else []
        return " AND ".join(f"({part})" for part in parts) or None


def parse_question(params: Mapping[str, Sequence[str]]) -> Question:
    """The question of a URL's parameters. Raises InvalidError for what no choice is."""
    grain, top = _last(params, "grain"), _last(params, "top")
    if top and not (top.isascii() and top.isdigit() and 0 < int(top) <= MAX_ROWS):
        raise InvalidError(f"`top` is {top!r}; it must be a number of members from 1 to {MAX_ROWS:,}.")
    return Question(
        metrics=tuple(params.get("metric", ())),
        by=tuple(params.get("by", ())),
        grain=parse_grain(grain) if grain else None,
        range=_last(params, "range"),
        start=_day(params, "from"),
        end=_day(params, "to"),
        filters={
            name.removeprefix(FILTER): tuple(values) for name, values in params.items() if name.startswith(FILTER)
        },
        segments=tuple(dict.fromkeys(params.get("segment", ()))),
        where=_last(params, "where"),
        compare=tuple(params.get("compare", ())),
        top=int(top) if top else None,
        has_totals=_last(params, "totals") == "yes",
        chart=_last(params, "chart"),
        as_of=_last(params, "as_of"),
    )


def member_text(dimension: Dimension, member: object) -> str:
    """The condition that a dimension is this member, in the filter language."""
    if member is None:
        return f"{dimension.name} IS NULL"
    if isinstance(member, bool) or dimension.type in {ColumnType.INTEGER, ColumnType.NUMBER}:
        return f"{dimension.name} = {str(member).upper()}"
    if isinstance(member, dt.datetime):
        return f"{dimension.name} = '{member:%Y-%m-%d %H:%M:%S}'"
    return f"{dimension.name} = {write_value(str(member))}"


def _one_of(name: str, values: tuple[str, ...], dimensions: Mapping[str, Dimension]) -> str:
    dimension = dimensions.get(name)
    if dimension is None:
        raise InvalidError(f"There is no dimension {name} to filter by. {suggestion(name, dimensions)}")
    return " OR ".join(member_text(dimension, None if value == NOT_SET else value) for value in values)


def _last(params: Mapping[str, Sequence[str]], name: str) -> str:
    values = params.get(name) or [""]
    return values[-1].strip()


def _day(params: Mapping[str, Sequence[str]], name: str) -> dt.date | None:
    text = _last(params, name)
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidError(f"`{name}` is {text!r}; write a date as 2026-03-31.") from None
