"""The chart that suits an answer: lines over time, bars over members, nothing for a single number."""

import datetime as dt
from collections.abc import Sequence

import charts
from charts import Chart, ChartKind, Role, Series, X, Y
from charts.bins import histogram_chart
from core.result import Column, Result
from metrics import AnyGrain, Grain, OwnGrain
from metrics.spec import OTHER, PERIOD, TOTAL
from notebooks import member_labels
from services.explore.kinds import NUMBERS, SHAPED, shape_series
from services.explore.question import Question

MAX_SERIES = 8
MAX_BARS = 30
_ROLES = (
    Role.MAIN, Role.SERIES_2, Role.SERIES_3, Role.SERIES_4, Role.SERIES_5, Role.SERIES_6, Role.SERIES_7,
    Role.SERIES_8,
)  # fmt: skip
_GRAINS = {
    Grain.FISCAL_QUARTER: charts.Grain.MONTH,
    Grain.FISCAL_YEAR: charts.Grain.MONTH,
    Grain.RETAIL_MONTH: charts.Grain.DAY,
}
Rows = Sequence[tuple[object, ...]]


def draw_result(question: Question, result: Result, kind: ChartKind) -> Chart:
    """The chart of an answer. Values are as they are: what is left out is said, nothing is added up."""
    columns = _drawn(question, result)
    rows = _plain_rows(result)
    if question.grain is None and kind in SHAPED:
        return _shaped(question, result, kind, rows)
    series, left_out = (
        _over_time(question, result, columns, rows)
        if question.grain
        else _over_members(question, result, columns, rows)
    )
    first = columns[0]
    is_running = question.grain is not None and result.running is not None and result.running in _days(result)
    return Chart(
        kind=kind,
        title=_title(question, result, columns),
        subtitle=left_out,
        description=f"{result.sentence} {_extremes(series)}".strip(),
        series=series,
        x_label=result.columns[0].label,
        grain=_chart_grain(question.grain),
        unit=first.unit,
        incomplete_from=result.running if is_running else None,
        incomplete_note="so far" if is_running else "",
    )


def _shaped(question: Question, result: Result, kind: ChartKind, rows: Rows) -> Chart:
    """The answer as a kind that has room for every member, or for pairs of them."""
    columns = [column for column in result.columns if column.name in question.metrics]
    places = [[column.name for column in result.columns].index(column.name) for column in columns]
    names = _member_names(question, result, rows)
    values = [tuple(_y(row[place]) for place in places) for row in rows]
    title = _title(question, result, columns)
    if kind is ChartKind.HISTOGRAM:
        return histogram_chart([row[0] for row in values], title=title, what="Members", unit=columns[0].unit)
    series = shape_series(kind, question, columns, names, values)
    whole = Series(
        name=columns[0].label, x=tuple(", ".join(name) for name in names), y=tuple(value[0] for value in values)
    )
    return Chart(
        kind=kind, title=title, description=f"{result.sentence} {_extremes((whole,))}".strip(),
        series=series if names else (), x_label=result.columns[0].label, unit=columns[0].unit,
    )  # fmt: skip


def _chart_grain(grain: AnyGrain | None) -> charts.Grain | None:
    if isinstance(grain, OwnGrain):
        return charts.Grain.DAY
    return None if grain is None else _GRAINS.get(grain) or charts.Grain(grain)


def _drawn(question: Question, result: Result) -> list[Column]:
    """The columns on the axis: metrics of the first one's unit; of a single one its comparisons too."""
    numbers = [column for column in result.columns if column.is_metric and column.type in NUMBERS]
    if len(question.metrics) == 1:
        ends = ("_change", "_percent", "_points")
        return [column for column in numbers if not (question.compare and column.name.endswith(ends))]
    return [column for column in numbers if column.name in question.metrics and column.unit == numbers[0].unit]


def _plain_rows(result: Result) -> Rows:
    """The rows that are no totals."""
    names = [column.name for column in result.columns]
    if TOTAL not in names:
        return result.rows()
    place = names.index(TOTAL)
    return [row for row in result.rows() if row[place] == 0]


def _over_time(question: Question, result: Result, columns: list[Column], rows: Rows) -> tuple[tuple[Series, ...], str]:
    names = [column.name for column in result.columns]
    periods: list[X] = sorted({row[0] for row in rows if isinstance(row[0], dt.date)})
    if not question.by:
        known = {row[0]: row for row in rows}
        lines = [
            (column.label, tuple(_y(known[period][names.index(column.name)]) for period in periods))
            for column in columns
        ]
        return _series(lines, periods, is_compared=len(question.metrics) == 1), ""
    members = _members(question, result, rows)
    place = names.index(columns[0].name)
    known_values = {(row[0], label): _y(row[place]) for row, label in zip(rows, members, strict=True)}
    labels = sorted(dict.fromkeys(members), key=lambda label: -_size(known_values, periods, label))
    lines = [(label, tuple(known_values.get((period, label)) for period in periods)) for label in labels[:MAX_SERIES]]
    left_out = f"{MAX_SERIES} of {len(labels)} shown" if len(labels) > MAX_SERIES else ""
    return _series(lines, periods, is_compared=False), left_out


def _over_members(
    question: Question, result: Result, columns: list[Column], rows: Rows
) -> tuple[tuple[Series, ...], str]:
    names = [column.name for column in result.columns]
    places = [names.index(column.name) for column in columns]
    bars = list(zip(_members(question, result, rows), rows, strict=True))
    if not question.top:
        bars.sort(key=lambda bar: -(_y(bar[1][places[0]]) or float("-inf")))
    shown: list[X] = [label for label, _ in bars[:MAX_BARS]]
    lines = [
        (column.label, tuple(_y(row[place]) for _, row in bars[:MAX_BARS]))
        for column, place in zip(columns, places, strict=True)
    ]
    left_out = f"{MAX_BARS} of {len(bars)} shown" if len(bars) > MAX_BARS else ""
    return _series(lines, shown, is_compared=len(question.metrics) == 1), left_out


def _members(question: Question, result: Result, rows: Rows) -> list[str]:
    """A name for each row's members, those of one dimension after the other."""
    return [", ".join(parts) for parts in _member_names(question, result, rows)]


def _member_names(question: Question, result: Result, rows: Rows) -> list[tuple[str, ...]]:
    """The names of each row's members, a name for each dimension."""
    names = [column.name for column in result.columns]
    others = names.index(OTHER) if OTHER in names else None
    found: list[list[str]] = []
    for dimension in question.by:
        place = names.index(dimension)
        members = list(dict.fromkeys(row[place] for row in rows))
        labels = dict(zip(members, member_labels(members), strict=True))
        found.append([labels[row[place]] for row in rows])
    parts = list(zip(*found, strict=True))
    if others is None:
        return parts
    return [
        (*names[:-1], f"{names[-1]} (all others)") if row[others] else names
        for names, row in zip(parts, rows, strict=True)
    ]


def _series(lines: Sequence[tuple[str, tuple[Y, ...]]], x: Sequence[X], *, is_compared: bool) -> tuple[Series, ...]:
    return tuple(
        Series(
            name=label,
            x=tuple(x),
            y=values,
            role=Role.CONTEXT if is_compared and number else _ROLES[number % len(_ROLES)],
            is_dashed=is_compared and number > 0,
        )
        for number, (label, values) in enumerate(lines)
    )


def _title(question: Question, result: Result, columns: Sequence[Column]) -> str:
    labels = [column.label for column in columns if column.name in question.metrics]
    splits = [result.column(name).label.lower() for name in question.by]
    splits += [str(question.grain).replace("_", " ")] if question.grain else []
    return f"{' and '.join(labels)} by {' and '.join(splits)}"


def _extremes(series: Sequence[Series]) -> str:
    known = [(value, x) for x, value in zip(series[0].x, series[0].y, strict=True) if value is not None]
    if not known:
        return "There are no values."
    low, high = min(known, key=lambda pair: pair[0]), max(known, key=lambda pair: pair[0])
    return f"{series[0].name}: highest {high[0]:,.4g} at {high[1]}, lowest {low[0]:,.4g} at {low[1]}."


def _size(values: dict[tuple[object, str], Y], periods: Sequence[X], label: str) -> float:
    return sum(abs(value) for period in periods if (value := values.get((period, label))) is not None)


def _days(result: Result) -> set[object]:
    return {value.date() if isinstance(value, dt.datetime) else value for value in result.values(PERIOD)}


def _y(value: object) -> Y:
    return None if value is None or isinstance(value, bool | str) else float(str(value))
