"""Dates and times in text: the forms that are known, and a reading made of those that a column has."""

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from sqlglot import exp

from connectors.inference.expressions import any_of, call, cast, choose, count, count_if, literal, matches, try_cast
from connectors.inference.reading import Proposal, Verdict, kept_as_text
from core.result import ColumnType

_SHORT_MONTHS = "[Jj]an|[Ff]eb|[Mm]ar|[Aa]pr|[Mm]ay|[Jj]un|[Jj]ul|[Aa]ug|[Ss]ep|[Oo]ct|[Nn]ov|[Dd]ec"
_SHORT_MONTHS += "|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
_LONG_MONTHS = "[Jj]anuary|[Ff]ebruary|[Mm]arch|[Aa]pril|[Jj]une|[Jj]uly|[Aa]ugust|[Ss]eptember|[Oo]ctober|[Nn]ovember"
_LONG_MONTHS += "|[Dd]ecember"
_HOUR, _HALF_DAY_HOUR, _SIXTY = "(?:[01]?[0-9]|2[0-3])", "(?:0?[1-9]|1[0-2])", "[0-5][0-9]"
_ISO_CLOCK = rf"{_HOUR}:{_SIXTY}(?::{_SIXTY}(?:\.[0-9]{{1,9}})?)?"
_ZONE = r" ?(?:Z|z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)"
# strptime is slow when it fails, so each pattern goes with the one format that reads it.
_CLOCKS = (
    (rf"{_HOUR}:{_SIXTY}", "%H:%M"),
    (rf"{_HOUR}:{_SIXTY}:{_SIXTY}", "%H:%M:%S"),
    (rf"{_HOUR}:{_SIXTY}:{_SIXTY}\.[0-9]{{1,6}}", "%H:%M:%S.%f"),
    (rf"{_HALF_DAY_HOUR}:{_SIXTY} [AaPp][Mm]", "%I:%M %p"),
    (rf"{_HALF_DAY_HOUR}:{_SIXTY}:{_SIXTY} [AaPp][Mm]", "%I:%M:%S %p"),
    (rf"{_HALF_DAY_HOUR}:{_SIXTY}[AaPp][Mm]", "%I:%M%p"),
    (rf"{_HALF_DAY_HOUR}:{_SIXTY}:{_SIXTY}[AaPp][Mm]", "%I:%M:%S%p"),
)
_HINTS = "date|day|datum|period|created|closed|updated|since|until|start|end|birth|on|at"
_NAME_HINT = re.compile(rf"(?:^|_)(?:{_HINTS})(?:_|$)|date$|day$")
_EARLIEST, _LATEST = 1900, 2100


class Order(StrEnum):
    """Which of two small numbers is the month."""

    MONTH_FIRST = "month first"
    DAY_FIRST = "day first"


class Kind(StrEnum):
    """What a shape holds."""

    DATE = "date"
    TIME = "date and time"
    ZONED = "date, time and zone"


@dataclass(frozen=True, slots=True)
class Shape:
    """One way of writing a date or a time. `format` is strptime's, None where a cast reads it.

    `day_first` is the format for the other order of day and month, where the shape leaves the order open.
    """

    label: str
    pattern: str
    format: str | None
    day_first: str | None = None
    kind: Kind = Kind.DATE
    has_short_year: bool = False

    @property
    def is_ambiguous(self) -> bool:
        """Whether the shape leaves open which number is the month."""
        return self.day_first is not None

    def moment(self, text: exp.Expression, order: Order) -> exp.Expression:
        """The time, null where the text is no possible date."""
        if self.kind is Kind.ZONED:
            # DuckDB wants seconds, no blank before the offset, and a number for UTC.
            utc = call("regexp_replace", text, literal(r" ?(?:Z|z|UTC|GMT)$"), literal("+00"))
            tight = call("regexp_replace", utc, literal(r" ([+-][0-9:]+)$"), literal(r"\1"))
            full = call("regexp_replace", tight, literal(r"([ T][0-9]{1,2}:[0-9]{2})([+-])"), literal(r"\1:00\2"))
            return try_cast(full, "TIMESTAMPTZ")
        if self.format is None:
            return try_cast(text, "TIMESTAMP")
        is_day_first = order is Order.DAY_FIRST and self.day_first is not None
        return call("try_strptime", text, literal((self.day_first if is_day_first else self.format) or ""))

    def timed(self) -> "tuple[Shape, ...]":
        """The same with each way of writing the time of day behind it."""
        return tuple(
            dataclasses.replace(
                self,
                pattern=f"(?:{self.pattern}) {clock}",
                format=f"{self.format} {clock_format}",
                day_first=f"{self.day_first} {clock_format}" if self.day_first else None,
                kind=Kind.TIME,
            )
            for clock, clock_format in _CLOCKS
        )


_ISO_DATE = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
_ISO = (
    Shape("year-month-day", _ISO_DATE, None),
    Shape("year-month-day", rf"{_ISO_DATE}[ T]{_ISO_CLOCK}", None, kind=Kind.TIME),
    Shape("year-month-day", rf"{_ISO_DATE}[ T]{_ISO_CLOCK}{_ZONE}", None, kind=Kind.ZONED),
)
_COMPACT = Shape("yearmonthday", r"(?:19|20)[0-9]{6}", "%Y%m%d")
_DATES = (
    Shape("year/month/day", r"[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}", "%Y/%m/%d"),
    Shape("month/day/year", r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", "%m/%d/%Y", "%d/%m/%Y"),
    Shape("month/day/year", r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}", "%m/%d/%y", "%d/%m/%y", has_short_year=True),
    Shape("month-day-year", r"[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}", "%m-%d-%Y", "%d-%m-%Y"),
    Shape("day.month.year", r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}", "%d.%m.%Y"),
    Shape("day month year", rf"[0-9]{{1,2}} (?:{_SHORT_MONTHS}) [0-9]{{4}}", "%d %b %Y"),
    Shape("day month year", rf"[0-9]{{1,2}} (?:{_LONG_MONTHS}) [0-9]{{4}}", "%d %B %Y"),
    Shape("day-month-year", rf"[0-9]{{1,2}}-(?:{_SHORT_MONTHS})-[0-9]{{4}}", "%d-%b-%Y"),
    Shape("day-month-year", rf"[0-9]{{1,2}}-(?:{_SHORT_MONTHS})-[0-9]{{2}}", "%d-%b-%y", has_short_year=True),
    Shape("month day, year", rf"(?:{_SHORT_MONTHS}) [0-9]{{1,2}}, [0-9]{{4}}", "%b %d, %Y"),
    Shape("month day, year", rf"(?:{_LONG_MONTHS}) [0-9]{{1,2}}, [0-9]{{4}}", "%B %d, %Y"),
    Shape("month day year", rf"(?:{_SHORT_MONTHS}) [0-9]{{1,2}} [0-9]{{4}}", "%b %d %Y"),
)
_SHAPES = (*_ISO, *_DATES, *(timed for shape in _DATES for timed in shape.timed()))
# What all shapes begin with; most texts that are no dates are ruled out by it at once.
_SKELETON = re.compile(
    r"[0-9]{1,4}[-/. ][0-9A-Za-z]{1,9}[-/. ][0-9]{1,4}|[A-Za-z]{3,9} [0-9]{1,2}|[0-9]{8}$",
)
_LONGEST = 40


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when a column is first looked at: all together they would hold up the first page."""
    return re.compile(pattern)


@dataclass(frozen=True, slots=True)
class DateReading:
    """Dates and times in the given shapes, which exclude each other."""

    shapes: tuple[Shape, ...]
    order: Order = Order.MONTH_FIRST

    @property
    def is_ambiguous(self) -> bool:
        """Whether the order matters to some of the shapes."""
        return any(shape.is_ambiguous for shape in self.shapes)

    @property
    def label(self) -> str:
        """What it reads."""
        return f"dates as {' or '.join(dict.fromkeys(self._shape_label(shape) for shape in self.shapes))}"

    def _shape_label(self, shape: Shape) -> str:
        if shape.is_ambiguous and self.order is Order.DAY_FIRST:
            return shape.label.replace("month", "*").replace("day", "month").replace("*", "day")
        return shape.label

    def readable(self, text: exp.Expression) -> exp.Expression:
        """The time, with a zone when any of the shapes has one."""
        return choose([(matches(text, shape.pattern), shape.moment(text, self.order)) for shape in self.shapes])

    def parts(self, read: exp.Expression) -> Mapping[str, exp.Expression]:
        """Nothing is shared."""
        del read
        return {}

    def evidence(
        self, text: exp.Expression, read: exp.Expression, parts: Mapping[str, exp.Expression]
    ) -> Mapping[str, exp.Expression]:
        """How many values have each shape, how many a time other than midnight, how many a doubtful year."""
        del parts
        year = call("year", read)
        odd = any_of(
            exp.LT(this=year, expression=exp.Literal.number(_EARLIEST)),
            exp.GT(this=year, expression=exp.Literal.number(_LATEST)),
        )
        found = {f"shape_{at}": count_if(matches(text, shape.pattern)) for at, shape in enumerate(self.shapes)}
        if len(self.shapes) == 1:
            found = {"shape_0": count(read)}
        found["odd_years"] = count_if(odd)
        if any(shape.kind is not Kind.DATE for shape in self.shapes):
            midnight = call("date_trunc", literal("day"), read)
            found["timed"] = count_if(exp.NEQ(this=midnight, expression=read))
        return found

    def settle(self, text: exp.Expression, evidence: Mapping[str, int], values: int) -> Verdict:
        """DATE when no value has a time of day, TIMESTAMPTZ when all have a zone, TIMESTAMP otherwise."""
        counts = [(shape, evidence[f"shape_{at}"]) for at, shape in enumerate(self.shapes)]
        used = [(shape, count) for shape, count in counts if count]
        zoned = sum(count for shape, count in used if shape.kind is Kind.ZONED)
        if 0 < zoned < values:
            return kept_as_text(
                warnings=[f"Kept as text, because only {zoned:,} of {values:,} times have a time zone."]
            )
        notes, warnings = self._notes(used), _warnings(used, evidence)
        value = self.readable(text)
        if zoned:
            return Verdict(type=ColumnType.DATETIME, storage="TIMESTAMPTZ", value=value, notes=notes, warnings=warnings)
        if not evidence.get("timed"):
            if any(shape.kind is Kind.TIME for shape, _ in used):
                notes = (*notes, "Every time of day is midnight; they were read as dates.")
            return Verdict(
                type=ColumnType.DATE, storage="DATE", value=cast(value, "DATE"), notes=notes, warnings=warnings
            )
        if any(shape.kind is Kind.DATE for shape, _ in used):
            notes = (*notes, "Dates without a time of day were read as midnight.")
        return Verdict(type=ColumnType.DATETIME, storage="TIMESTAMP", value=value, notes=notes, warnings=warnings)

    def _notes(self, used: Sequence[tuple[Shape, int]]) -> tuple[str, ...]:
        by_label: dict[str, int] = {}
        for shape, found in used:
            label = self._shape_label(shape)
            by_label[label] = by_label.get(label, 0) + found
        if len(by_label) == 1:
            return (f"Dates as {next(iter(by_label))}.",)
        return ("Dates in several forms: " + ", ".join(f"{n:,} as {label}" for label, n in by_label.items()) + ".",)


def _warnings(used: Sequence[tuple[Shape, int]], evidence: Mapping[str, int]) -> tuple[str, ...]:
    warnings = []
    if any(shape.has_short_year for shape, _ in used):
        warnings.append("Years of two digits were read as 1969 to 2068.")
    if evidence.get("odd_years"):
        warnings.append(f"Dates before {_EARLIEST} or after {_LATEST}: {evidence['odd_years']:,}.")
    return tuple(warnings)


def propose_dates(values: Mapping[str, int], name: str) -> Proposal:
    """Date readings for a sample of trimmed, not empty texts; both orders where the forms leave it open.

    Eight digits are taken for a date only when the column's name says so, because they are more often a number.
    """
    known = (*_SHAPES, _COMPACT) if _NAME_HINT.search(name) else _SHAPES
    shapes: dict[Shape, int] = {}
    for value, times in values.items():
        shape = _find_shape(value, known, shapes)
        if shape is not None:
            shapes[shape] = shapes.get(shape, 0) + times
    if not shapes:
        return Proposal()
    used = tuple(shape for shape in known if shape in shapes)
    share = sum(shapes.values()) / sum(values.values())
    readings = [DateReading(used)]
    if readings[0].is_ambiguous:
        readings.append(DateReading(used, Order.DAY_FIRST))
    return Proposal(readings=tuple(readings), share=share)


def _find_shape(value: str, known: Sequence[Shape], seen: Iterable[Shape]) -> Shape | None:
    """The shape of a text; those that the column has shown before are tried first."""
    if len(value) > _LONGEST or not _SKELETON.match(value):
        return None
    return next((shape for shape in (*seen, *known) if _compiled(shape.pattern).fullmatch(value)), None)
