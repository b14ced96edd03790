"""Runs a notebook: each cell by itself, so that one that fails costs no other, and only where something changed."""

import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

from core.errors import InternalError, UserError
from core.result import Result, Watermark
from metrics import MetricQuery
from notebooks.ask import Ask, MetricFacts, SqlQuestion
from notebooks.cell import Cell
from notebooks.document import Notebook
from notebooks.graph import build_graph
from notebooks.memory import RunMemory, cell_key
from notebooks.output import Output
from notebooks.paged import PageAnswer, PageQuestion
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
    """A question a cell asked, with the sentence and the SQL of its answer; `query` is None for SQL of a member."""

    query: MetricQuery | None
    sentence: str
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRun:
    """One run of a cell: it has either an `output` or a `problem`.

    `asked` has its questions in order, `rows` counts the rows of their answers, `size` is their size in bytes.
    `watermark` is that of the oldest data used, None where none were. `is_kept` says that it was not run this time.
    `doubt` is why the data may be wrong, empty where nothing says so.
    """

    cell: Cell
    output: Output | None = None
    problem: CellProblem | None = None
    asked: tuple[Asked, ...] = field(default=())
    watermark: Watermark | None = None
    elapsed_s: float = 0.0
    rows: int = 0
    size: int = 0
    is_kept: bool = False
    doubt: str = ""


class Running:
    """A notebook being run. Cells run as soon as those they read have; each is taken when it is needed.

    `data` names the version of the data and definitions and whose rows they are. `submit` begins a task, in a thread
    or at once. `only` names the cells that are wanted: they run, and what they read.
    """

    def __init__(
        self,
        notebook: Notebook,
        ask: Ask,
        scope: Scope,
        *,
        memory: RunMemory | None = None,
        data: str = "",
        submit: "Callable[[Callable[[], CellRun]], Future[CellRun]] | None" = None,
        only: Collection[str] | None = None,
    ) -> None:
        self._ask = ask
        self._scope = scope
        self._memory = memory or RunMemory()
        self._cells = {cell.name: cell for cell in notebook.cells}
        self._lock = threading.Lock()
        self.graph = build_graph(notebook)
        self.executed: list[str] = []
        self.keys: dict[str, str] = {}
        self.futures: dict[str, Future[CellRun]] = {}
        order = self.graph.order if only is None else self.graph.needed(only)
        for name in order:
            known = [self.keys[parent] for parent in self.graph.parents[name] if parent in self.keys]
            self.keys[name] = cell_key(self._cells[name], scope, data, known)
        # In this order a task that waits has those it waits for before it in the queue, so there is always one to do.
        for name in order:
            self.futures[name] = (submit or _at_once)(lambda name=name: self._run(name))  # type: ignore[misc]

    def run_of(self, name: str) -> CellRun:
        """What a cell has come to, waited for."""
        return self.futures[name].result()

    def is_ready(self, name: str) -> bool:
        """Whether a cell has come to something."""
        return self.futures[name].done()

    def _run(self, name: str) -> CellRun:
        cell = self._cells[name]
        if problem := self.graph.problems.get(name):
            return CellRun(cell=cell, problem=CellProblem(message=problem, code="invalid"))
        results: dict[str, Result] = {}
        for parent in self.graph.parents[name]:
            if parent in self.graph.problems:
                return _waiting(cell, parent)
            run = self.futures[parent].result()
            if run.output is None:
                return _waiting(cell, parent)
            if run.output.rows is not None:
                results[parent] = run.output.rows
        if (kept := self._memory.find(self.keys[name])) is not None:
            return replace(kept, cell=cell, is_kept=True)
        with self._lock:
            self.executed.append(name)
        run = run_cell(cell, self._ask, replace(self._scope, results=results))
        self._memory.keep(self.keys[name], run)
        return run


def run_notebook(
    notebook: Notebook, ask: Ask, scope: Scope, *, memory: RunMemory | None = None, data: str = ""
) -> tuple[CellRun, ...]:
    """All cells of a notebook, in its order."""
    running = Running(notebook, ask, scope, memory=memory, data=data)
    return tuple(running.run_of(cell.name) for cell in notebook.cells)


def _at_once(task: Callable[[], CellRun]) -> "Future[CellRun]":
    future: Future[CellRun] = Future()
    try:
        future.set_result(task())
    except Exception as error:
        future.set_exception(error)
    return future


def _waiting(cell: Cell, parent: str) -> CellRun:
    message = f"It refers to the cell {parent}, which could not be shown. Put that one right first."
    return CellRun(cell=cell, problem=CellProblem(message=message, code="invalid"))


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
        rows=recorder.rows,
        size=recorder.size,
    )


class _Recorder:
    """Passes questions on and keeps what was asked."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.asked: list[Asked] = []
        self.watermarks: list[Watermark] = []
        self.rows = 0
        self.size = 0

    def ask(self, query: MetricQuery) -> Result:
        return self._record(query, self._ask.ask(query))

    def select(self, question: SqlQuestion) -> Result:
        return self._record(None, self._ask.select(question))

    def page(self, question: PageQuestion) -> PageAnswer:
        answer = self._ask.page(question)
        self._record(None, answer.result)
        return answer

    def members(self, dimension: str) -> tuple[str, ...]:
        return self._ask.members(dimension)

    def metric(self, name: str) -> MetricFacts:
        return self._ask.metric(name)

    def _record(self, query: MetricQuery | None, result: Result) -> Result:
        self.asked.append(Asked(query=query, sentence=result.sentence, sql=result.sql))
        self.watermarks.append(result.watermark)
        self.rows += int(result.table.num_rows)
        self.size += int(result.table.nbytes)
        return result
