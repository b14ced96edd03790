"""Puts a question into a notebook, as a cell that goes on with the calendar."""

import re
from dataclasses import dataclass

from charts import ChartKind
from core.errors import InvalidError, RefusedError
from metrics import Grain
from metrics.period import PeriodKind
from metrics.spec import PERIOD
from notebooks import AddCell, Cell, ChartCell, Notebook, TableCell
from services.definitions import require_catalog
from services.explore.answer import Exploration
from services.explore.question import Question
from services.notebook_editing import add_notebook, edit_notebook
from services.notebooks import find_notebook
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
    name = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")
    if not name:
        raise InvalidError("Give the notebook a title with at least one letter or digit.")
    known = find_notebook(platform, principal, name)
    where = found.question.filter_text(require_catalog(platform, principal.tenant))
    cell = _cell(found, found.question.metrics[0], where)
    if known is None:
        saved = add_notebook(platform, principal, Notebook(name=name, title=title.strip(), cells=(cell,)))
    else:
        last = known.cells[-1].name if known.cells else None
        saved = edit_notebook(platform, principal, name, AddCell(cell=cell, after=last)).notebook
    left_out = "The comparison stays here: cells have none." if found.question.compare else ""
    if found.question.as_of:
        left_out = f"{left_out} A cell is about the data as they are, not as of a day.".strip()
    return Saved(notebook=saved.name, cell=_added(known, saved), left_out=left_out)


def _added(before: Notebook | None, after: Notebook) -> str:
    """The name that the new cell was given."""
    known = {cell.name for cell in before.cells} if before is not None else set()
    return next(cell.name for cell in reversed(after.cells) if cell.name not in known)


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
    if len(question.by) == 1 and found.kinds and question.chart != "table":
        kind = ChartKind.COLUMN if question.chart == ChartKind.COLUMN else ChartKind.BAR
        return ChartCell(name=name, chart=kind, metrics=question.metrics, by=question.by, period=period, where=where)
    return TableCell(name=name, metrics=question.metrics, by=question.by, period=period, where=where)


def _over_time(found: Exploration, name: str, where: str | None) -> Cell:
    question: Question = found.question
    if question.grain not in _GRAINS:
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
