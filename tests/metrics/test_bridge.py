"""The pipeline bridge: every step counted by hand, the sum to the cent, and SQL of one date after the other."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RefusedError
from metrics import Catalog, DefinitionError
from metrics.bridge import Bridge, Step, Window, build_bridge, compile_states, split_bridge
from tests.metrics.small_store import SmallStore

HISTORY = """
    model: history
    table: history
    key: id
    time: at
    dimensions: {region: {}, at: {type: time}}
    measures: {rows: {agg: count}}
    metrics: {rows: {kind: simple, measure: rows}}
    segments: {east: "region = 'E'"}
    pipeline: {entity: deal, amount: amount, close: due, stage: stage, won: Won, lost: [Lost, Dropped]}
"""
# Of each deal: id, deal, region, when, amount, due, stage. The window is the second quarter, the dates 31 March and
# 31 May 2024.
ROWS = """(1, 'stays', 'W', '2024-01-01 10:00', 10.10, '2024-05-01', 'Open'),
    (2, 'stays', 'W', '2024-04-01 10:00', 12.30, '2024-05-01', 'Open'),
    (3, 'shrinks', 'W', '2024-01-01 10:00', 8.00, '2024-05-01', 'Open'),
    (4, 'shrinks', 'W', '2024-04-01 10:00', 7.75, '2024-06-30', 'Open'),
    (5, 'new', 'E', '2024-04-02 10:00', 3.00, '2024-06-01', 'Open'),
    (6, 'won', 'E', '2024-02-01 10:00', 20.00, '2024-04-30', 'Open'),
    (7, 'won', 'E', '2024-04-30 10:00', 25.00, '2024-04-30', 'Won'),
    (8, 'dropped', 'E', '2024-02-01 10:00', 4.00, '2024-04-30', 'Open'),
    (9, 'dropped', 'E', '2024-05-31 23:59', 4.00, '2024-04-30', 'Dropped'),
    (10, 'slips', 'W', '2024-02-01 10:00', 6.00, '2024-06-30', 'Open'),
    (11, 'slips', 'W', '2024-05-01 10:00', 6.00, '2024-07-01', 'Open'),
    (12, 'early', 'W', '2024-02-01 10:00', 5.00, '2024-04-01', 'Open'),
    (13, 'early', 'W', '2024-05-01 10:00', 5.00, '2024-03-31', 'Open'),
    (14, 'pulled', NULL, '2024-02-01 10:00', 1.00, '2024-08-01', 'Open'),
    (15, 'pulled', NULL, '2024-05-01 10:00', 1.50, '2024-06-01', 'Open'),
    (16, 'late', NULL, '2024-02-01 10:00', 2.00, '2024-03-01', 'Open'),
    (17, 'late', NULL, '2024-05-01 10:00', 2.00, '2024-04-01', 'Open'),
    (18, 'again', 'W', '2024-02-01 10:00', 9.00, '2024-03-01', 'Lost'),
    (19, 'again', 'W', '2024-05-01 10:00', 9.00, '2024-06-01', 'Open'),
    (20, 'twice', 'W', '2024-05-01 10:00', 100.00, '2024-06-01', 'Open'),
    (21, 'twice', 'W', '2024-05-01 10:00', 40.00, '2024-06-01', 'Open'),
    (22, 'later', 'W', '2024-06-01 00:00', 99.00, '2024-06-01', 'Open')"""
DAYS = dt.date(2024, 3, 31), dt.date(2024, 5, 31)
WINDOW = Window(first=dt.date(2024, 4, 1), last=dt.date(2024, 6, 30))
Store = tuple[SmallStore, Catalog]


@pytest.fixture(scope="module")
def store() -> Store:
    found = SmallStore(
        "CREATE TABLE history (id INTEGER, deal VARCHAR, region VARCHAR, at TIMESTAMP, amount DECIMAL(10, 2), due DATE,"
        " stage VARCHAR)".replace(" at ", ' "at" '),
        f"INSERT INTO history VALUES {ROWS}",
    )
    return found, found.catalog(HISTORY)


def states(store: Store, by: str | None = None, where: str | None = None) -> list[dict[str, object]]:
    small, catalog = store
    compiled = compile_states(catalog, catalog.models["history"], DAYS, by=by, where=where)
    rows = small.connection.execute(compiled.sql, compiled.parameters).to_arrow_table().to_pylist()
    return list(rows)


def bridge(store: Store, window: Window = WINDOW, where: str | None = None) -> Bridge:
    pipeline = store[1].models["history"].pipeline
    assert pipeline is not None
    return build_bridge(states(store, where=where), pipeline, window)


def test_every_step_is_counted_by_hand(store: Store) -> None:
    found = bridge(store)
    assert found.opening == Decimal("53.10")
    assert found.steps() == {
        Step.CREATED: Decimal("43.00"), Step.REOPENED: Decimal("9.00"), Step.PULLED_IN: Decimal("1.50"),
        Step.MOVED_IN: Decimal("2.00"), Step.AMOUNT_UP: Decimal("2.20"), Step.AMOUNT_DOWN: Decimal("-0.25"),
        Step.WON: Decimal("-20.00"), Step.LOST: Decimal("-4.00"), Step.SLIPPED: Decimal("-6.00"),
        Step.MOVED_OUT: Decimal("-5.00"),
    }  # fmt: skip
    assert found.closing == Decimal("75.55")
    assert found.opening + sum(found.steps().values()) == found.closing


def test_each_step_has_its_deals(store: Store) -> None:
    deals = {step: [move.entity for move in bridge(store).moves if move.step is step] for step in Step}
    assert deals[Step.CREATED] == ["twice", "new"]
    assert (deals[Step.WON], deals[Step.SLIPPED], deals[Step.REOPENED]) == (["won"], ["slips"], ["again"])


def test_without_a_window_deals_neither_slip_nor_are_pulled_in(store: Store) -> None:
    found = bridge(store, Window())
    assert not {Step.SLIPPED, Step.PULLED_IN, Step.MOVED_IN, Step.MOVED_OUT} & set(found.steps())
    assert found.opening + sum(found.steps().values()) == found.closing == Decimal("86.55")


def test_bridges_of_all_members_add_up_and_a_filter_keeps_its_rows(store: Store) -> None:
    pipeline = store[1].models["history"].pipeline
    assert pipeline is not None
    members = split_bridge(states(store, by="region"), pipeline, WINDOW)
    whole = bridge(store)
    assert set(members) == {"W", "E", None}
    assert sum(one.closing for one in members.values()) == whole.closing
    for where in ("region = 'E'", "saved_segment = 'east'"):
        assert members["E"] == split_bridge(states(store, by="region", where=where), pipeline, WINDOW)["E"]


def test_both_ends_equal_sql_of_the_dates_one_by_one(store: Store) -> None:
    ends = [
        store[0].sql(f"""SELECT sum(amount) FILTER (stage = 'Open' AND due BETWEEN '2024-04-01' AND '2024-06-30')
            FROM (SELECT * FROM history WHERE "at" < TIMESTAMP '{day} 00:00' QUALIFY row_number() OVER (
            PARTITION BY deal ORDER BY "at" DESC, id DESC) = 1)""")[0][0]
        for day in ("2024-04-01", "2024-06-01")
    ]
    found = bridge(store)
    assert [found.opening, found.closing] == ends


amounts = st.decimals(0, 1000, places=2)
days = st.dates(dt.date(2024, 1, 1), dt.date(2024, 9, 30)) | st.none()
deals = st.fixed_dictionaries({"amount": amounts, "close": days, "stage": st.sampled_from(["Open", "Won", "Lost"])})


@given(st.lists(st.tuples(st.none() | deals, deals)))
def test_the_parts_add_up_whatever_happened(pairs: list[tuple[object, object]]) -> None:
    rows = [
        {"entity": number, "member": None, "before": before, "after": after}
        for number, (before, after) in enumerate(pairs)
    ]
    small = SmallStore(
        'CREATE TABLE history (id INTEGER, deal VARCHAR, region VARCHAR, "at" DATE, amount INTEGER, due'
        " DATE, stage VARCHAR)"
    )
    pipeline = small.catalog(HISTORY).models["history"].pipeline
    assert pipeline is not None
    found = build_bridge(rows, pipeline, WINDOW)
    assert found.opening + sum(found.steps().values()) == found.closing


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("entity: deal", "entity: deel"),
        ("amount: amount", "amount: amuont"),
        ("won: Won, ", ""),
    ],
)
def test_a_pipeline_of_what_is_not_there_is_refused(store: Store, change: str, message: str) -> None:
    with pytest.raises(DefinitionError, match="pipeline"):
        store[0].catalog(HISTORY.replace(change, message))


def test_a_model_without_a_pipeline_has_no_bridge(store: Store) -> None:
    small, _ = store
    catalog = small.catalog("\n".join(line for line in HISTORY.splitlines() if "pipeline" not in line))
    with pytest.raises(RefusedError, match="has no `pipeline`"):
        compile_states(catalog, catalog.models["history"], DAYS)
