"""Puts a question into a notebook, as a cell that goes on with the calendar."""

from dataclasses import dataclass

from charts import ChartKind
from core.errors import RefusedError
from metrics import Grain
from metrics.period import PeriodKind
from metrics.spec import PERIOD
from notebooks import Cell, ChartCell, TableCell
from services.cell_saving import append_cell
from services.definitions import require_catalog
from services.explore.answer import Exploration
from services.explore.question import Question
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal

_RANGES = {
    "this week": PeriodKind.WEEK,
    "week to date": PeriodKind.WEEK,
    "this month": PeriodKind.MONTH,
    "month to date": PeriodKind.MONTH,
    "this quarter": PeriodKind.QUARTER,
    "quarter to date": PeriodKind.QUARTER,
    "this year": PeriodKind.YEAR,
    "year to date": PeriodKind.YEAR,
    "last 12 months": PeriodKind.LAST_12_MONTHS,
}
_GRAINS = frozenset({Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR})
_MAX_LAST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """Where a question went, as a draft; `left_out` says what a cell cannot hold, empty where it holds everything."""

    notebook: str
    cell: str
    left_out: str


@permitted(Permission.NOTEBOOK_WRITE)
def save_question(platform: Platform, principal: Principal, found: Exploration, title: str) -> Saved:
    """Add a cell to the notebook of a title, which is made where there is none; readers see it once it is published.

    Raises UserError.
    """
    where = found.question.filter_text(require_catalog(platform, principal))
    notebook, cell = append_cell(platform, principal, title, _cell(found, found.question.metrics[0], where))
    left_out = "The comparison stays here: cells have none." if found.question.compare else ""
    if found.question.as_of:
        left_out = f"{left_out} A cell is about the data as they are, not as of a day.".strip()
    return Saved(notebook=notebook, cell=cell, left_out=left_out)


def _cell(found: Exploration, name: str, where: str | None) -> Cell:
    question = found.question
    if question.grain is not None:
        return _over_time(found, name, where)
    period = _RANGES.get(" ".join(question.range.casefold().split()))
    if period is None:
        raise RefusedError(
            f"A cell goes on with the calendar, and {question.range or 'a range of dates'!r} does not; choose one of "
            f"{', '.join(sorted(_RANGES))}."
        )
    kind = next((kind for kind in found.kinds if kind == question.chart), found.kinds[0] if found.kinds else None)
    if kind is not None and question.chart != "table" and (len(question.by) == 1 or kind is ChartKind.SANKEY):
        return ChartCell(name=name, chart=kind, metrics=question.metrics, by=question.by, period=period, where=where)
    return TableCell(name=name, metrics=question.metrics, by=question.by, period=period, where=where)


def _over_time(found: Exploration, name: str, where: str | None) -> Cell:
    question: Question = found.question
    if not isinstance(question.grain, Grain) or question.grain not in _GRAINS:
        raise RefusedError(f"A cell over time is by day, week, month, quarter or year, not by {question.grain}.")
    if len(question.by) > 1 or (question.by and len(question.metrics) > 1):
        raise RefusedError("A cell over time shows one metric by one dimension, or several metrics without any.")
    kind = next((kind for kind in found.kinds if kind == question.chart), found.kinds[0])
    periods = len(set(found.result.values(PERIOD)))
    return ChartCell(
        name=name,
        chart=kind,
        metrics=question.metrics,
        by=question.by,
        grain=question.grain,
        last=max(1, min(periods, _MAX_LAST)),
        where=where,
    )
