"""Only what depends on a change runs again; what cannot run is named, and costs no other."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest

from charts import ChartKind
from metrics import Grain
from metrics.period import PeriodKind
from notebooks import (
    Cell,
    CellRun,
    ChartCell,
    InputCell,
    InputType,
    MetricCell,
    Notebook,
    RunMemory,
    Running,
    SqlCell,
    TableOutput,
    TextCell,
    TextOutput,
    TileOutput,
    build_graph,
)
from notebooks.scope import Scope
from tests.notebooks.deals import SCOPE, DealsAsk

REGION = InputCell(name="region", type=InputType.CHOICE, dimension="region", default="EMEA")
TOP = SqlCell(name="top", sql="SELECT owner, count(*) AS deals FROM deals WHERE region IN ({{ region }}) GROUP BY 1")
OVER = SqlCell(name="over", sql="SELECT max(deals) AS most FROM top")
TILE = MetricCell(name="bookings", metric="bookings", period=PeriodKind.QUARTER, where="region = {{ region }}")
ALL = MetricCell(name="everything", metric="bookings", period=PeriodKind.QUARTER)
WORDS = TextCell(name="words", text="The most is **{{ over.most }}** in {{ region }}; {{ bookings.value }}.")
TREND = ChartCell(name="trend", chart=ChartKind.LINE, metrics=("bookings",), grain=Grain.MONTH, last=3)


def book(*cells: Cell) -> Notebook:
    return Notebook(name="n", title="N", cells=cells)


BOOK = book(WORDS, OVER, REGION, TOP, TILE, ALL, TREND)


def run(
    memory: RunMemory, notebook: Notebook = BOOK, scope: Scope = SCOPE, data: str = "1", ask: DealsAsk | None = None
) -> Running:
    return Running(notebook, ask or DealsAsk(), scope, memory=memory, data=data)


def test_cells_see_what_those_they_read_came_to_wherever_they_stand() -> None:
    running = run(RunMemory())
    words = running.run_of("words").output
    # EMEA: Ana has 80, 20, 500, 100, 60, 50 and 1000, seven deals; this quarter she won 100 and 50.
    assert words == TextOutput(markdown="The most is **7** in EMEA; $150.")
    over = running.run_of("over").output
    assert isinstance(over, TableOutput)
    assert over.result.rows() == [(7,)]


def test_nothing_runs_again_where_nothing_changed() -> None:
    memory = RunMemory()
    assert sorted(run(memory).executed) == sorted(cell.name for cell in BOOK.cells)
    again = run(memory)
    assert again.executed == []
    assert all(again.run_of(cell.name).is_kept for cell in BOOK.cells)


def test_a_tab_runs_its_own_cells_and_what_they_read() -> None:
    memory = RunMemory()
    first = Running(BOOK, DealsAsk(), SCOPE, memory=memory, data="1", only=("over", "everything"))
    assert sorted(first.executed) == ["everything", "over", "region", "top"]
    second = Running(BOOK, DealsAsk(), SCOPE, memory=memory, data="1", only=("over", "bookings"))
    assert second.executed == ["bookings"]


def test_a_choice_runs_what_depends_on_it_alone() -> None:
    memory = RunMemory()
    run(memory)
    chosen = run(memory, scope=replace(SCOPE, given={"region": "AMER"}))
    assert sorted(chosen.executed) == ["bookings", "over", "region", "top", "words"]
    tile = chosen.run_of("bookings").output
    assert isinstance(tile, TileOutput)
    assert tile.value == 200


def test_a_changed_cell_runs_with_those_that_read_it() -> None:
    memory = RunMemory()
    run(memory)
    cells = tuple(
        replace(OVER, sql="SELECT min(deals) AS most FROM top") if cell is OVER else cell for cell in BOOK.cells
    )
    assert sorted(run(memory, book(*cells)).executed) == ["over", "words"]


def test_a_filter_of_the_reader_runs_metrics_and_leaves_sql_alone() -> None:
    memory = RunMemory()
    run(memory)
    filtered = run(memory, scope=replace(SCOPE, where="owner = 'Ana'"))
    assert sorted(filtered.executed) == ["bookings", "everything", "trend", "words"]


def test_new_data_or_other_rows_run_everything() -> None:
    memory = RunMemory()
    run(memory)
    assert len(run(memory, data="2").executed) == len(BOOK.cells)


def test_a_circle_is_named_and_the_rest_is_shown() -> None:
    circle = (SqlCell(name="a", sql="SELECT * FROM c"), SqlCell(name="b", sql="SELECT {{ a.x }}"))
    running = run(
        RunMemory(), book(*circle, SqlCell(name="c", sql="SELECT {{ b.y }}"), TextCell(name="d", text="{{ a.x }}"), ALL)
    )
    problem = running.run_of("a").problem
    assert problem is not None
    assert "a → c → b → a" in problem.message
    below = running.run_of("d").problem
    assert below is not None
    assert below.message == "It refers to the cell a, which could not be shown. Put that one right first."
    assert running.run_of("everything").problem is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ regoin }}", "refers to 'regoin', which is no cell of this notebook. Did you mean region?"),
        ("{{ top.ownr }}", "top has no column 'ownr'. Did you mean owner?"),
        ("{{ top }}", "top has several columns; write one of them as top.owner."),
        ("{{ words.x }}", "read each other in a circle: words → words"),
    ],
)
def test_a_reference_that_leads_nowhere_is_named(text: str, message: str) -> None:
    running = run(RunMemory(), book(REGION, TOP, TextCell(name="words", text=text)))
    problem = running.run_of("words").problem
    assert problem is not None
    assert message in problem.message


def test_a_value_in_prose_stays_text() -> None:
    cells = (SqlCell(name="a", sql="SELECT '**x** <b>' AS t"), TextCell(name="t", text="{{ a.t }}"))
    assert run(RunMemory(), book(*cells)).run_of("t").output == TextOutput(markdown=r"\*\*x\*\* <b>")


def test_a_chain_of_a_thousand_cells_runs_in_order() -> None:
    cells = [SqlCell(name="c0", sql="SELECT 1 AS n")]
    cells += [SqlCell(name=f"c{index}", sql=f"SELECT n + 1 AS n FROM c{index - 1}") for index in range(1, 300)]
    last = run(RunMemory(), book(*reversed(cells))).run_of("c299").output
    assert isinstance(last, TableOutput)
    assert last.result.rows() == [(300,)]


def test_threads_do_not_wait_for_each_other_for_ever() -> None:
    def submit(task: Callable[[], CellRun]) -> "Future[CellRun]":
        return pool.submit(task)

    with ThreadPoolExecutor(max_workers=2) as pool:
        running = Running(BOOK, DealsAsk(), SCOPE, memory=RunMemory(), submit=submit)
        assert all(running.run_of(cell.name).problem is None for cell in BOOK.cells)


def test_memory_lets_the_longest_unused_go() -> None:
    memory = RunMemory(max_runs=2)
    for name in ("a", "b", "c"):
        memory.keep(name, CellRun(cell=ALL))
        memory.find("a")
    assert [memory.find(name) is not None for name in ("a", "b", "c")] == [True, False, True]
    small = RunMemory(max_bytes=10)
    small.keep("a", CellRun(cell=ALL, size=8))
    small.keep("b", CellRun(cell=ALL, size=8))
    assert small.find("a") is None
    assert small.find("b") is not None


def test_children_of_a_cell_are_those_that_read_it_however_far() -> None:
    assert build_graph(BOOK).children("top") == {"over", "words"}
