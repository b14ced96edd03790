"""One question, three ways to count it: kernels over all events, kernels over partitions, plain SQL. Equal counts."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from sqlglot import exp

from core.errors import InvalidError
from metrics.behaviour import (
    EventSet,
    Exclusion,
    FunnelSpec,
    Mode,
    Order,
    Period,
    RetentionSpec,
    Weekday,
    build_event_set,
    compute_funnel,
    compute_retention,
    count_cells,
    count_part,
    merge_parts,
    period_edges,
    result_of,
    result_of_counts,
)
from metrics.behaviour.plain_sql import EventRelation, funnel_sql, part_of_rows, retention_of_rows, retention_sql
from tests.behaviour.logs import spec
from tests.postgresql import Cluster

LOGS = 3
RELATION = EventRelation(table="log", entity="u", time="at", event="e", ordinal="row")


def drawn_log(seed: int) -> pa.Table:
    """Some hundred entities with a handful of events in few moments, so that ties, repeats and gaps all come."""
    random = np.random.default_rng(seed)
    rows = 1_200
    events = np.array(["a", "b", "c", "x", None], object)[random.choice(5, rows, p=[0.3, 0.25, 0.2, 0.15, 0.1])]
    kinds = np.array(["p", "q", None], object)[random.integers(0, 3, rows)]
    return pa.table(
        {
            "row": np.arange(rows),
            "u": pa.array([None if one == 0 else f"u{one}" for one in random.integers(0, 150, rows)], pa.string()),
            "at": 1_774_700_000_000_000 + random.integers(0, 30, rows) * 14_400_000_000,
            "e": pa.array(events.tolist(), pa.string()),
            "k": pa.array(kinds.tolist(), pa.string()),
        }
    )


TABLES = [drawn_log(seed) for seed in range(LOGS)]


def events_of(table: pa.Table) -> EventSet:
    table = table.append_column("t", table["at"].cast(pa.timestamp("us")))
    return build_event_set(table, entity="u", time="t", event="e", keep=["k"])


def split(table: pa.Table) -> list[pa.Table]:
    """Partitions by entity."""
    names = [None if one is None else int(one[1:]) % 3 for one in table["u"].to_pylist()]
    return [table.filter(pa.array([name == part for name in names], pa.bool_())) for part in (0, 1, 2, None)]


class Engine:
    """Asks statements about a log."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def ask(self, table: pa.Table, tree: exp.Select) -> list[tuple[object, ...]]:
        self._connection.register("log", table)
        return self._connection.execute(tree.sql(dialect="duckdb")).fetchall()


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with duckdb.connect() as connection:
        yield Engine(connection)


H = 3600
FUNNELS = {
    "ordered": spec("a,b,c", 96 * H),
    "no window": spec("a,b,c", None),
    "a window of 0": spec("a,b", 0),
    "repeated": spec("a,b,a", 200 * H),
    "shared": spec("a|b,b,c", 200 * H),
    "strict": spec("a,b,c", 200 * H, order=Order.STRICT),
    "any": spec("c,a|b,x", 96 * H, order=Order.ANY),
    "never": spec("a,never", None),
    "stop": spec("a,b,c", 200 * H, excluded=("x",)),
    "drop": spec("a,b,c", 200 * H, excluded=("x",), exclusion=Exclusion.DROP, breakdown="k"),
    "any stop": spec("a,b,c", 96 * H, order=Order.ANY, excluded=("x",)),
    "any drop": spec("a,b,c", 96 * H, order=Order.ANY, excluded=("x",), exclusion=Exclusion.DROP),
    "strict drop": spec("a,b", 200 * H, order=Order.STRICT, excluded=("x",), exclusion=Exclusion.DROP),
    "by": spec("a,b,c", 200 * H, breakdown="k", top=1),
    "any by": spec("a,b,c", 200 * H, order=Order.ANY, breakdown="k"),
    "held": replace(spec("a,b,c", 200 * H), held=("k",)),
    "held drop": replace(spec("a,b,c", 300 * H, excluded=("x",), exclusion=Exclusion.DROP), held=("k",)),
}


@pytest.mark.parametrize("name", FUNNELS)
def test_funnels_are_counted_alike(engine: Engine, name: str) -> None:
    asked = replace(FUNNELS[name], has_times=False)
    tree = funnel_sql(asked, RELATION)
    reached = 0
    for table in TABLES:
        whole = compute_funnel(events_of(table), asked)
        parts = merge_parts([count_part(events_of(part), asked) for part in split(table)])
        answered = result_of(part_of_rows(engine.ask(table, tree), asked), asked)
        found = (whole.steps, whole.segments, whole.dropped)
        assert (result_of(parts, asked).steps, result_of(parts, asked).segments, parts.dropped) == found
        assert (answered.steps, answered.segments, answered.dropped) == found
        reached += whole.steps[0].count
    assert reached > 100


RETENTION = RetentionSpec(
    start=("a",), returns=("b", "c"), period=Period.DAY, periods=5, zone=ZoneInfo("Europe/Berlin"),
    week_start=Weekday.SUNDAY,
)  # fmt: skip


@pytest.mark.parametrize("period", [Period.DAY, Period.WEEK, Period.MONTH])
@pytest.mark.parametrize("is_recurring", [False, True])
@pytest.mark.parametrize("mode", list(Mode))
def test_retention_is_counted_alike(engine: Engine, mode: Mode, *, is_recurring: bool, period: Period) -> None:
    asked = replace(RETENTION, mode=mode, is_recurring=is_recurring, period=period)
    for returns in (("b", "c"), ("a",), None):
        asked = replace(asked, returns=returns)
        for table in TABLES[:1]:
            events = events_of(table)
            whole = compute_retention(events, asked)
            edges, latest = period_edges(events, asked), int(events.times.max())
            rows = engine.ask(table, retention_sql(asked, RELATION, edges))
            assert retention_of_rows(rows, asked, edges, latest).cohorts == whole.cohorts
            cells = [count_cells(events_of(part), asked, edges) for part in split(table)]
            sizes, counts = (sum(one[1:], start=one[0]) for one in zip(*cells, strict=True))
            assert result_of_counts(sizes, counts, edges, latest, asked).cohorts == whole.cohorts


def test_the_statement_is_that_of_any_engine(postgresql: Cluster) -> None:
    import psycopg

    table = TABLES[1]
    rows = list(zip(*table.to_pydict().values(), strict=True))
    with psycopg.connect(postgresql.new_database(template="template0")) as connection, connection.cursor() as cursor:
        cursor.execute('CREATE TEMP TABLE log ("row" bigint, u text, at bigint, e text, k text)')
        cursor.executemany("INSERT INTO log VALUES (%s, %s, %s, %s, %s)", rows)
        for asked in FUNNELS.values():
            cursor.execute(funnel_sql(asked, RELATION).sql(dialect="postgres"))
            found = result_of(part_of_rows(cursor.fetchall(), asked), asked)
            expected = compute_funnel(events_of(table), replace(asked, has_times=False))
            assert (found.steps, found.segments, found.dropped) == (expected.steps, expected.segments, expected.dropped)


@pytest.mark.parametrize(
    "asked",
    [
        replace(spec("a,b"), counts_attempts=True),
        replace(spec("a,b"), limits=(None, dt.timedelta(hours=1))),
        spec("a,a,b", order=Order.ANY),
        spec("a,b", order=Order.ANCHORED),
        replace(spec("a,b"), grace=dt.timedelta(1)),
        replace(spec("a,b"), session_gap=dt.timedelta(1)),
    ],
)
def test_what_the_kernels_alone_count_is_refused(asked: FunnelSpec) -> None:
    with pytest.raises(InvalidError, match="let the kernels count"):
        funnel_sql(asked, RELATION)
