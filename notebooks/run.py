"""Runs a notebook: each cell by itself, so that one that fails costs no other."""

import time
from dataclasses import dataclass, field

from core.errors import InternalError, UserError
from core.result import Result, Watermark
from metrics import MetricQuery
from notebooks.ask import Ask, MetricFacts
from notebooks.cell import Cell
from notebooks.document import Notebook
from notebooks.output import Output
from notebooks.registry import cell_kinds, kind_name
from notebooks.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class CellProblem:
    """Why a cell has no output. `code` is the error's code; `reference` finds it in the log where it was logged."""

    message: str
    code: str
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question a cell asked, with the sentence and the SQL of its answer."""

    query: MetricQuery
    sentence: str
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRun:
    """One run of a cell: it has either an `output` or a `problem`.

    `asked` has its questions in order. `watermark` is that of the oldest data used, None where none were.
    """

    cell: Cell
    output: Output | None = None
    problem: CellProblem | None = None
    asked: tuple[Asked, ...] = field(default=())
    watermark: Watermark | None = None
    elapsed_s: float = 0.0


def run_notebook(notebook: Notebook, ask: Ask, scope: Scope) -> tuple[CellRun, ...]:
    """All cells of a notebook, in its order."""
    return tuple(run_cell(cell, ask, scope) for cell in notebook.cells)


def run_cell(cell: Cell, ask: Ask, scope: Scope) -> CellRun:
    """One cell. What may be shown of an error becomes a problem in the cell's place.

    An InternalError does too where its data hold the `reference` it was logged under; otherwise it is raised.
    """
    started = time.perf_counter()
    recorder = _Recorder(ask)
    output: Output | None = None
    problem: CellProblem | None = None
    try:
        output = cell_kinds()[kind_name(cell)].run(cell, recorder, scope)
    except UserError as error:
        problem = CellProblem(message=error.message, code=error.code, reference=str(error.data.get("reference", "")))
    except InternalError as error:
        reference = error.data.get("reference")
        if not reference:
            raise
        problem = CellProblem(message="This could not be computed.", code=error.code, reference=str(reference))
    return CellRun(
        cell=cell,
        output=output,
        problem=problem,
        asked=tuple(recorder.asked),
        watermark=min(recorder.watermarks, key=lambda watermark: watermark.version, default=None),
        elapsed_s=time.perf_counter() - started,
    )


class _Recorder:
    """Passes questions on and keeps what was asked."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.asked: list[Asked] = []
        self.watermarks: list[Watermark] = []

    def ask(self, query: MetricQuery) -> Result:
        result = self._ask.ask(query)
        self.asked.append(Asked(query=query, sentence=result.sentence, sql=result.sql))
        self.watermarks.append(result.watermark)
        return result

    def metric(self, name: str) -> MetricFacts:
        return self._ask.metric(name)
