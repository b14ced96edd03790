"""Which kinds of chart can show an answer, and the answer as those that are more than lines and bars."""

from collections.abc import Sequence

from charts import ChartKind, Series, X, Y
from charts.geography import find_country
from core.result import Column, ColumnType, Result
from metrics import Grain
from metrics.spec import PERIOD
from services.explore.question import Question

NUMBERS = frozenset({ColumnType.INTEGER, ColumnType.NUMBER})
# Over members these have a shape of their own.
SHAPED = frozenset({ChartKind.HISTOGRAM, ChartKind.MAP, ChartKind.SANKEY, ChartKind.SCATTER, ChartKind.TREEMAP})
# Fewer members are read one by one, and fewer days as a line.
MANY_MEMBERS = 12
MANY_DAYS = 60
# The share of members that must be countries for a map to be the first choice.
MOSTLY = 0.6


def suggest_kinds(question: Question, result: Result, *, is_additive: bool = False) -> tuple[ChartKind, ...]:
    """The kinds that can show an answer, the best one first; `is_additive` says that its values add up."""
    if not any(column.type in NUMBERS and column.is_metric for column in result.columns):
        return ()
    if question.grain is not None:
        return _over_time(question, result)
    return _over_members(question, result, is_additive=is_additive) if question.by else ()


def _over_time(question: Question, result: Result) -> tuple[ChartKind, ...]:
    count = len(set(result.values(PERIOD)))
    plain = (ChartKind.COLUMN, ChartKind.LINE) if count <= 3 else (ChartKind.LINE, ChartKind.COLUMN, ChartKind.AREA)
    is_calendar = question.grain is Grain.DAY and count >= MANY_DAYS and not question.by and len(question.metrics) == 1
    return (*plain, ChartKind.CALENDAR) if is_calendar and not question.compare else plain


def _over_members(question: Question, result: Result, *, is_additive: bool) -> tuple[ChartKind, ...]:
    plain = (ChartKind.BAR, ChartKind.COLUMN)
    if question.compare or question.has_totals:
        return plain
    if len(question.by) == 2 and len(question.metrics) == 1 and is_additive:
        return (*plain, ChartKind.SANKEY)
    if len(question.by) > 1 or len(question.metrics) > 2:
        return plain
    if len(question.metrics) == 2:
        units = {column.unit for column in result.columns if column.name in question.metrics}
        # Bars of two units share no axis, so only the first metric would be drawn.
        return (ChartKind.SCATTER, *plain) if len(units) > 1 else (*plain, ChartKind.SCATTER)
    kinds: tuple[ChartKind, ...] = (*plain, ChartKind.TREEMAP) if is_additive else plain
    members = set(result.values(question.by[0]))
    if len(members) >= MANY_MEMBERS:
        kinds = (*kinds, ChartKind.HISTOGRAM)
    found = [find_country(str(member)) for member in members if member is not None]
    codes = [country.code for country in found if country is not None]
    # Two names of one country have no place on a map.
    is_map = bool(codes) and len(codes) >= MOSTLY * len(members) and len(set(codes)) == len(codes)
    return (ChartKind.MAP, *kinds) if is_map else kinds


def shape_series(
    kind: ChartKind,
    question: Question,
    columns: Sequence[Column],
    names: Sequence[tuple[str, ...]],
    values: Sequence[tuple[Y, ...]],
) -> tuple[Series, ...]:
    """The series of a kind over members; `names` are those of each row's dimensions, `values` those of `columns`."""
    if kind is ChartKind.SANKEY:
        sources = list(dict.fromkeys(name[0] for name in names))
        targets = {name[1] for name in names}
        made = []
        for source in sources:
            rows = [(name[1], value[0]) for name, value in zip(names, values, strict=True) if name[0] == source]
            # A member of both dimensions would be one node, and its flow a circle.
            flows: tuple[X, ...] = tuple(f"{name} ({question.by[1]})" if name in sources else name for name, _ in rows)
            made.append(Series(name=source, x=flows, y=tuple(value for _, value in rows)))
        return tuple(made) if targets else ()
    x: tuple[X, ...] = tuple(", ".join(name) for name in names)
    return tuple(
        Series(name=column.label, x=x, y=tuple(value[place] for value in values), unit=column.unit)
        for place, column in enumerate(columns)
    )
