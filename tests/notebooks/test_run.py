"""The run: each cell by itself, with its questions, the age of its data, and its problem if it has one."""

from dataclasses import replace

import pytest

from core.errors import InternalError, RefusedError
from core.result import Result, Watermark
from metrics import MetricQuery
from metrics.period import PeriodKind
from notebooks import (
    Cell,
    MetricCell,
    MetricFacts,
    Notebook,
    PageAnswer,
    PageQuestion,
    Scope,
    SqlQuestion,
    TextCell,
    TextOutput,
    TileOutput,
    cell_kinds,
    dump_notebook,
    kind_name,
    parse_notebook,
    run_cell,
    run_notebook,
)
from tests.notebooks.deals import BOOKINGS, SCOPE, TODAY, DealsAsk

TILE = MetricCell(name="bookings", metric="bookings", period=PeriodKind.QUARTER)


class FailingAsk:
    """Fails as the service behind a notebook does."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def metric(self, name: str) -> MetricFacts:
        return replace(BOOKINGS, name=name)

    def ask(self, query: MetricQuery) -> Result:
        assert query.metrics == ("bookings",)
        raise self.error

    def select(self, question: SqlQuestion) -> Result:
        assert question.text
        raise self.error

    def page(self, question: PageQuestion) -> PageAnswer:
        assert question.choices
        raise self.error

    def members(self, dimension: str) -> tuple[str, ...]:
        assert dimension
        raise self.error


def test_a_cell_that_fails_costs_no_other() -> None:
    cells = (MetricCell(name="wrong", metric="bookngs", period=PeriodKind.QUARTER), TextCell(name="t", text="x"), TILE)
    runs = run_notebook(Notebook(name="n", title="N", cells=cells), DealsAsk(), SCOPE)
    assert [run.cell.name for run in runs] == ["wrong", "t", "bookings"]
    assert [type(run.output) for run in runs] == [type(None), TextOutput, TileOutput]
    assert [run.problem is None for run in runs] == [False, True, True]


def test_run_keeps_questions_and_watermark() -> None:
    ask = DealsAsk()
    run = run_cell(TILE, ask, SCOPE)
    assert [asked.query for asked in run.asked] == ask.queries
    assert run.asked[0].sentence == "bookings of deals"
    assert run.asked[0].sql.startswith("SELECT")
    assert run.watermark == Watermark(version=3, loaded_at=None)
    assert run.elapsed_s > 0


def test_text_asks_nothing() -> None:
    run = run_cell(TextCell(name="t", text="# Head"), DealsAsk(), SCOPE)
    assert (run.output, run.asked, run.watermark) == (TextOutput(markdown="# Head"), (), None)


def test_refusal_stands_in_the_cells_place() -> None:
    run = run_cell(TILE, FailingAsk(RefusedError("this would count twice")), SCOPE)
    assert run.problem is not None
    assert (run.output, run.problem.message, run.problem.code) == (None, "this would count twice", "refused")


def test_logged_fault_shows_its_reference_only() -> None:
    run = run_cell(TILE, FailingAsk(InternalError("secret", data={"reference": "7F3K-21Q9"})), SCOPE)
    assert run.problem is not None
    assert (run.problem.reference, run.problem.message) == ("7F3K-21Q9", "This could not be computed.")


def test_fault_that_nobody_logged_is_raised() -> None:
    with pytest.raises(InternalError, match="secret"):
        run_cell(TILE, FailingAsk(InternalError("secret")), SCOPE)


def test_scope_joins_filters_so_that_both_hold() -> None:
    scope = Scope(today=TODAY, where="region = 'EMEA'")
    assert scope.filter("a = 1 OR b = 2") == "(a = 1 OR b = 2) AND (region = 'EMEA')"
    assert scope.filter(None) == "region = 'EMEA'"
    assert Scope(today=TODAY, where=" ").filter(None) is None


@pytest.mark.parametrize("kind", sorted(cell_kinds()))
def test_every_kind_runs_its_example_and_writes_it_back(kind: str) -> None:
    example: Cell = cell_kinds()[kind].example
    assert kind_name(example) == kind
    run = run_cell(example, DealsAsk(), SCOPE)
    assert run.problem is None
    notebook = Notebook(name="n", title="N", cells=(example,))
    assert parse_notebook(dump_notebook(notebook)) == notebook


def test_kinds_are_the_folders() -> None:
    names = "behaviour chart forecast funnel input metric pivot retention sql table text"
    assert list(cell_kinds()) == names.split()
