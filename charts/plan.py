"""What every renderer of a chart must agree on: scales, ticks, roles, labels, and where a period is incomplete."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from charts.domain import Domain, DomainKind, domain_of
from charts.labels import shorten, value_text
from charts.periods import day_number
from charts.spec import Chart, Event, Role, Series, X, Y
from charts.stack import Piece, Stacking, pile
from charts.theme import assigned_roles
from charts.ticks import Scale, tick_texts, value_scale
from core.numbers import is_undefined

# The longest name and value together that leave a phone room for the line.
LABEL_LIMIT = 20
NAME_LIMIT = 28
LABELLED_SERIES = 8
# Up to this many bars each one carries its value; beyond it only the last does.
LABELLED_COLUMNS = 6
# In a longer line the words left of its last complete point would cover it.
LABELLED_POINTS = 36
# The free share between the slots of neighbouring bars.
GAP = 0.32
# The share of the scale kept free beyond the longest column, for its value.
COLUMN_PADDING = 0.13
CATEGORY_LIMIT = 20
# Above this many horizontal bars the labels would cover each other: some categories are named, no bar has its value.
NAMED_BARS = 24
EVENT_LIMIT = 24
# The words of events that are close to each other stand on as many lines.
EVENT_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A series in drawing order; from index `complete` on its values are of a period still running."""

    name: str
    role: Role
    points: tuple[X, ...]
    positions: tuple[float, ...]
    values: tuple[float | None, ...]
    complete: int
    is_dashed: bool

    @property
    def last(self) -> int | None:
        """The index of the last value there is."""
        return next((index for index in reversed(range(len(self.values))) if self.values[index] is not None), None)

    def alone(self) -> list[int]:
        """The indexes of values without a neighbour to draw a line to."""
        values = self.values
        return [
            index
            for index, value in enumerate(values)
            if value is not None
            and (index == 0 or values[index - 1] is None)
            and (index == len(values) - 1 or values[index + 1] is None)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndLabel:
    """The words beside the end of a line; `name` may be empty. They are bold but for context and unfinished values."""

    role: Role
    name: str
    value_text: str
    value: float
    is_bold: bool

    @property
    def text(self) -> str:
        """Name and value in one line."""
        return f"{self.name} {self.value_text}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeLabel:
    """The last complete value of a single line whose end is unfinished, written left of its point."""

    value_text: str
    period: str
    position: float
    value: float
    is_above: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMark:
    """An event where it is drawn. `is_left` says that its words end at the mark, `line` on which line they stand."""

    event: Event
    position: float
    text: str
    is_left: bool
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A chart made ready for drawing. `band` is the incomplete stretch of the domain."""

    chart: Chart
    domain: Domain
    scale: Scale
    value_ticks: tuple[str, ...]
    runs: tuple[Run, ...]
    band: tuple[float, float] | None
    stacking: Stacking = Stacking.BESIDE

    @property
    def columns(self) -> tuple[Run, ...]:
        """The runs that a column chart draws as columns; all where each of them is dashed, or where shares are."""
        if self.stacking is Stacking.SHARES:
            return self.runs
        return tuple(run for run in self.runs if not run.is_dashed) or self.runs

    @property
    def overlays(self) -> tuple[Run, ...]:
        """The runs that a column chart draws as lines over its columns."""
        return tuple(run for run in self.runs if run not in self.columns)

    def pieces(self) -> tuple[tuple[Piece | None, ...], ...]:
        """Where the values of each of the `columns` lie in piled columns."""
        return _pile(self.columns, self.stacking)

    def totals(self) -> tuple[tuple[float, float, str], ...]:
        """Position, end and words of the sums that stand on piled columns, where there are few and none is below."""
        sums: dict[float, float] = {}
        for run in self.columns:
            for at, value in zip(run.positions, run.values, strict=True):
                if value is not None:
                    sums[at] = sums.get(at, 0.0) + value
        is_clear = all(value is None or value >= 0 for run in self.columns for value in run.values)
        if self.stacking is not Stacking.PILED or not is_clear or len(sums) > LABELLED_COLUMNS:
            return ()
        return tuple((at, total, value_text(total, self.chart.unit)) for at, total in sums.items())

    def event_marks(self, extent: tuple[float, float]) -> tuple[EventMark, ...]:
        """The events within an extent of the time axis, in their order."""
        low, high = extent
        if self.domain.kind is not DomainKind.TIME:
            return ()
        placed = [(day_number(event.day), event) for event in sorted(self.chart.events, key=lambda one: one.day)]
        return tuple(
            EventMark(
                event=event,
                position=position,
                text=shorten(event.label, EVENT_LIMIT),
                is_left=position > (low + high) / 2,
                line=index % EVENT_LINES,
            )
            for index, (position, event) in enumerate((at, one) for at, one in placed if low <= at <= high)
        )

    def labels(self) -> tuple[EndLabel, ...]:
        """One label for each series that has a value, for the first eight."""
        labels = []
        is_named = len(self.runs) > 1
        for run in self.runs[:LABELLED_SERIES]:
            index = run.last
            value = run.values[index] if index is not None else None
            if index is None or value is None:
                continue
            text = value_text(value, self.chart.unit)
            labels.append(
                EndLabel(
                    role=run.role,
                    name=shorten(run.name, max(8, LABEL_LIMIT - len(text))) if is_named else "",
                    value_text=text,
                    value=value,
                    is_bold=run.role is not Role.CONTEXT and (is_named or index < run.complete),
                )
            )
        return tuple(labels)

    def label_position(self) -> float:
        """Where the end labels stand: at the right edge, but beside the dot where a single point is all there is."""
        return self.domain.positions[0] if len(self.domain.points) == 1 else line_extent(self)[1]

    def whole_label(self) -> WholeLabel | None:
        """The label of the last complete value, where the end of the only line is not complete."""
        run = self.runs[0]
        if len(self.runs) != 1 or len(run.values) > LABELLED_POINTS or run.complete in {0, len(run.values)}:
            return None
        index = run.complete - 1
        value = run.values[index]
        if value is None:
            return None
        # The words reach over about two points to the left; they go to the side where the line leaves more room.
        before = [one for one in run.values[max(index - 2, 0) : index] if one is not None]
        return WholeLabel(
            value_text=value_text(value, self.chart.unit),
            period=self.domain.short_text(run.points[index]),
            position=run.positions[index],
            value=value,
            is_above=not before or value - max(before) >= min(before) - value,
        )

    def labelled(self, run: Run) -> frozenset[int]:
        """Which columns of a series carry their value: all of a few, else the last complete one of a single series."""
        known = [index for index, value in enumerate(run.values) if value is not None]
        if len(self.domain.points) * len(self.columns) <= LABELLED_COLUMNS:
            return frozenset(known)
        whole = [index for index in known if index < run.complete]
        return frozenset(whole[-1:] if len(self.columns) == 1 else ())


def make_plan(
    chart: Chart,
    *,
    is_from_zero: bool,
    is_category: bool = False,
    padding: float = 0.07,
    stacking: Stacking = Stacking.BESIDE,
) -> Plan:
    """The plan of a chart; `is_category` as in `charts.domain.domain_of`, the others as in `charts.ticks`."""
    domain = domain_of(chart, is_category=is_category)
    start = _incomplete_position(chart, domain)
    roles = assigned_roles(chart)
    runs = tuple(_run(series, role, domain, start) for series, role in zip(chart.series, roles, strict=True))
    values = [value for run in runs for value in run.values if value is not None]
    # The last complete value of a single unfinished line is written above its point, below the note of the band.
    is_labelled_above = start is not None and len(runs) == 1
    if stacking is not Stacking.BESIDE:
        piled = [run for run in runs if not run.is_dashed or stacking is Stacking.SHARES] or runs
        ends = [piece.end for pieces in _pile(piled, stacking) for piece in pieces if piece is not None]
        values = ends if stacking is Stacking.SHARES else [*values, *ends]
    scale = value_scale(values, is_from_zero=is_from_zero, padding=max(padding, 0.2) if is_labelled_above else padding)
    return Plan(
        chart=chart,
        domain=domain,
        scale=scale,
        value_ticks=tick_texts(scale, "ratio" if stacking is Stacking.SHARES else chart.unit),
        runs=runs,
        band=_band(domain, start),
        stacking=stacking,
    )


def _pile(runs: Sequence[Run], stacking: Stacking) -> tuple[tuple[Piece | None, ...], ...]:
    return pile([run.positions for run in runs], [run.values for run in runs], stacking)


def has_value_labels(plan: Plan) -> bool:
    """Whether there is room for a value beside each horizontal bar."""
    return len(plan.domain.points) * len(plan.runs) <= NAMED_BARS


def line_extent(plan: Plan) -> tuple[float, float]:
    """Lines run from edge to edge, but a hatched band must fit."""
    low, high = plan.domain.extent(0)
    return (low, high) if plan.band is None else (min(low, plan.band[0]), max(high, plan.band[1]))


def interval_outline(plan: Plan) -> list[tuple[float, float]]:
    """The closed outline of the room between the two series of `Chart.between`; empty where nothing is to be shaded."""
    if plan.chart.between is None:
        return []
    low, high = (plan.runs[place] for place in plan.chart.between)
    below = [(at, value) for at, value in zip(low.positions, low.values, strict=True) if value is not None]
    above = [(at, value) for at, value in zip(high.positions, high.values, strict=True) if value is not None]
    return [*below, *reversed(above), *below[:1]]


def finite(value: Y) -> float | None:
    """A value that can be drawn, else None: not a number and infinity are gaps."""
    return None if value is None or is_undefined(value) else float(value)


def _run(series: Series, role: Role, domain: Domain, start: float | None) -> Run:
    order = sorted(range(len(series.x)), key=lambda index: domain.position(series.x[index]))
    positions = tuple(domain.position(series.x[index]) for index in order)
    complete = len(positions)
    if start is not None:
        complete = next((index for index, position in enumerate(positions) if position >= start), complete)
    return Run(
        name=series.name,
        role=role,
        points=tuple(series.x[index] for index in order),
        positions=positions,
        values=tuple(finite(series.y[index]) for index in order),
        complete=complete,
        is_dashed=series.is_dashed,
    )


def _incomplete_position(chart: Chart, domain: Domain) -> float | None:
    start = chart.incomplete_from
    if start is None or not domain.points:
        return None
    match domain.kind:
        case DomainKind.CATEGORY:
            return domain.position(start) if start in domain.points else None
        case DomainKind.TIME:
            return day_number(start) if isinstance(start, dt.date) else None
        case DomainKind.NUMBER:
            return float(start) if isinstance(start, int | float) else None


def _band(domain: Domain, start: float | None) -> tuple[float, float] | None:
    if start is None or start > domain.positions[-1]:
        return None
    return start - domain.step / 2, domain.positions[-1] + domain.step / 2
