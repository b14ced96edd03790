"""Paths and attribution of a tenant's events: by hand, under a row policy, and into a notebook."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pyarrow as pa
import pytest

from core.errors import InvalidError, RefusedError
from core.settings import Settings
from metrics.behaviour import Period
from metrics.behaviour.attribution import Model
from metrics.behaviour.paths import Side
from notebooks import AskedPage, BehaviourCell, Cell, ChartOutput, FunnelCell, RetentionCell, run_cell
from services.behaviour import FunnelQuestion, RetentionQuestion, answer_funnel
from services.behaviour.attribution import (
    AttributionQuestion,
    answer_attribution,
    entities_of,
    parse_attribution,
)
from services.behaviour.cells import cell_of_funnel, cell_of_page, cell_of_retention
from services.behaviour.marks import find_marked
from services.behaviour.paths import PathQuestion, answer_paths, entities_on, parse_paths
from services.cell_saving import append_cell
from services.definitions import apply_definitions
from services.imports import load_tables
from services.notebook_asking import PrincipalAsk
from services.notebooks import require_notebook, scope_of
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import apply_policies
from tenants.access import Principal, Role, operator

TOUCHES = """
model: touches
table: touches
time: at
events: {event: what, entities: {firm: {}}, channel: channel, cost: spend, start: ad}
dimensions: {what: {}, channel: {}, area: {}, at: {type: time}}
measures: {n: {agg: count}}
metrics: {touches: {kind: simple, measure: n}}
"""
SALES = """
model: sales
table: sales
time: day
events: {event: state, entities: {firm: {}}, value: amount, converts: won, steps: [open, won], ends: lost}
dimensions: {state: {}, area: {}, day: {type: time}}
"""
SPEND = """
model: spend
table: spend
time: day
dimensions: {channel: {}, day: {type: time}}
measures: {amount: {agg: sum, sql: amount}}
metrics: {spend: {kind: simple, measure: amount, unit: EUR}}
"""
POLICY = "{policy: own, roles: [analyst], open: [spend], rows: [{dimension: area, in: member.areas}]}"
# firm, day of March 2026, event, channel: a met search, mail, search; b mail; c nothing; d search and never bought.
MET = [(1, 1, "ad", "search"), (1, 2, "open", "mail"), (1, 5, "ad", "search"), (2, 3, "open", "mail"),
       (4, 4, "ad", "search"), (1, 9, "ad", None)]  # fmt: skip
# Firm 1 buys for 90.00 on the 6th, firm 2 for 10.01 on the 3rd, firm 3 for 5.00; firm 5 is lost.
SOLD = [(1, 1, "open", "0"), (1, 6, "won", "90.00"), (2, 2, "open", "0"), (2, 3, "won", "10.01"), (3, 3, "open", "0"),
        (3, 8, "won", "5.00"), (5, 1, "open", "0"), (5, 4, "lost", "0"), (6, 9, "open", "0")]  # fmt: skip


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Platform, Principal]]:
    """Six firms; 1 and 3 are of the north."""
    platform = Platform(Settings(data=tmp_path_factory.mktemp("touches") / "data"))
    tenant = create_tenant(platform, slug="acme", name="Acme", calendar_day=dt.date(2026, 3, 20))
    principal = operator(tenant)
    area = {1: "north", 3: "north"}
    touches = pa.table(
        {
            "firm": [row[0] for row in MET],
            "at": pa.array([dt.datetime(2026, 3, row[1], 9, tzinfo=dt.UTC) for row in MET], pa.timestamp("us", "UTC")),
            "what": [row[2] for row in MET],
            "channel": [row[3] for row in MET],
            "area": [area.get(row[0], "south") for row in MET],
        }
    )
    sales = pa.table(
        {
            "firm": [row[0] for row in SOLD],
            "day": pa.array([dt.date(2026, 3, row[1]) for row in SOLD], pa.date32()),
            "state": [row[2] for row in SOLD],
            "amount": pa.array([Decimal(row[3]) for row in SOLD], pa.decimal128(10, 2)),
            "area": [area.get(row[0], "south") for row in SOLD],
        }
    )
    days = pa.array([dt.date(2026, 3, 2)] * 2, pa.date32())
    spend = pa.table({"channel": ["search", "mail"], "day": days, "amount": [45.0, 10.0]})
    load_tables(platform, principal, {"touches": touches, "sales": sales, "spend": spend})
    models = {"touches.yaml": TOUCHES, "sales.yaml": SALES, "spend.yaml": SPEND}
    apply_definitions(platform, principal, models)
    yield platform, principal
    platform.close()


def test_each_conversion_is_credited_to_the_touches_before_it(asking: tuple[Platform, Principal]) -> None:
    found = answer_attribution(*asking, AttributionQuestion())
    parts = {
        model: {one.channel: (round(one.conversions, 3), one.value) for one in given}
        for model, given in found.credits.items()
    }
    nobody = (1.0, Decimal("5.00"))
    # Firm 1: search, mail, search. Firm 2: mail, on the very day it bought. Firm 3: nothing.
    assert parts[Model.FIRST] == {"search": (1.0, Decimal("90.00")), "mail": (1.0, Decimal("10.01")), "(none)": nobody}
    assert parts[Model.LINEAR] == {
        "mail": (1.333, Decimal("40.01")), "search": (0.667, Decimal("60.00")), "(none)": nobody,
    }  # fmt: skip
    assert found.value == Decimal("105.01")
    for given in found.credits.values():
        assert sum(one.value for one in given) == found.value
        assert sum(one.conversions for one in given) == pytest.approx(3)
    by_cost = {one.channel: (one.cost, one.return_on_cost) for one in found.credits[Model.FIRST]}
    assert by_cost == {"search": (45, 2.0), "mail": (10, 1.001), "(none)": (None, None)}


def test_a_window_leaves_out_what_is_too_long_ago(asking: tuple[Platform, Principal]) -> None:
    found = answer_attribution(*asking, AttributionQuestion(window="2d", model=Model.LINEAR))
    counts = {one.channel: one.conversions for one in found.credits[Model.LINEAR]}
    assert counts == {"search": 1, "mail": 1, "(none)": 1}
    assert entities_of(found, "search") == [1]
    assert entities_of(found, "mail") == [2]


def test_paths_after_and_before_an_event_by_hand(asking: tuple[Platform, Principal]) -> None:
    found = answer_paths(*asking, PathQuestion(model="touches", anchor="ad", range="all", least=1))
    flows = {(flow.step, flow.source, flow.target): flow.count for flow in found.flows}
    # Firm 1: ad, open, ad and again ad, which is one step. Firm 4: ad alone.
    assert flows == {(0, "ad", "open"): 1, (0, "ad", "(end)"): 1, (1, "open", "ad"): 1, (2, "ad", "(end)"): 1}
    assert found.followed == 2
    assert entities_on(found, 1, "open") == [1]
    assert entities_on(found, 0, "ad") == [1, 4]
    assert found.transitions == {("ad", "open"): 1, ("open", "ad"): 1, ("ad", "ad"): 1}
    back = answer_paths(*asking, PathQuestion(model="touches", anchor="open", side=Side.BEFORE, range="all", least=1))
    assert {(flow.source, flow.target): flow.count for flow in back.flows if flow.step == 0} == {
        ("open", "ad"): 1, ("open", "(end)"): 1,
    }  # fmt: skip


def test_groups_share_a_name_and_bad_ones_are_refused(asking: tuple[Platform, Principal]) -> None:
    question = PathQuestion(model="touches", anchor="ad", range="all", groups=("contact = ad | open",), least=1)
    found = answer_paths(*asking, question)
    assert {(flow.source, flow.target): flow.count for flow in found.flows} == {("contact", "(end)"): 3}
    with pytest.raises(InvalidError, match="is no group"):
        answer_paths(*asking, PathQuestion(model="touches", groups=("contact",)))


def test_a_reader_has_the_credit_and_the_paths_of_their_own_rows(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    apply_policies(platform, principal, {"own.yaml": POLICY})
    reader = add_member(
        platform, principal, email="ada@acme.example", name="Ada", role=Role.ANALYST, attributes={"areas": ["north"]}
    )
    found = answer_attribution(platform, reader, AttributionQuestion())
    assert found.value == Decimal("95.00")
    assert {one.channel for one in found.credits[Model.LAST] if one.conversions} == {"search", "(none)"}
    assert answer_paths(platform, reader, PathQuestion(model="touches", range="all")).followed == 1


def test_a_lost_deal_is_settled_and_an_open_one_is_not(asking: tuple[Platform, Principal]) -> None:
    found = answer_funnel(*asking, FunnelQuestion(model="sales"))
    assert [step.count for step in found.result.steps] == [5, 3]
    assert found.conversion is not None
    # Firm 5 is lost, firm 6 opened on the last day.
    assert (found.conversion.entered, found.conversion.still_open) == (5, 1)


def test_questions_survive_their_urls_and_nonsense_is_refused() -> None:
    paths = PathQuestion(
        model="m", anchor="a", side=Side.BEFORE, until="b", depth=6, least=10, keeps_repeats=True,
        groups=("g = a | b",), range="last month", where="c = 'd'",
    )  # fmt: skip
    assert parse_paths(paths.to_params()) == paths
    credit = AttributionQuestion(
        touches="t", by="c", conversions="s", converts="won", entity="firm", model=Model.MARKOV, window="none",
        half_life="3d", weights=(1.0, 0.0, 2.0), milestone="ad", first=dt.date(2026, 3, 1), where="x = 1",
    )  # fmt: skip
    assert parse_attribution(credit.to_params()) == credit
    with pytest.raises(InvalidError, match="first, all between and the last"):
        parse_attribution({"weights": ["1"]})


def test_no_conversion_in_the_range_is_said(asking: tuple[Platform, Principal]) -> None:
    with pytest.raises(RefusedError, match="no conversion in this range"):
        answer_attribution(*asking, AttributionQuestion(first=dt.date(2026, 4, 1)))


def test_a_page_becomes_a_cell_that_says_the_same(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    question = answer_funnel(platform, principal, FunnelQuestion(model="sales")).question
    for _ in range(2):
        append_cell(platform, principal, "Events", cell_of_funnel(question, "funnel"))
    table = RetentionQuestion(model="sales", entity="firm", start="open", returns="won", period=Period.WEEK)
    append_cell(platform, principal, "Events", cell_of_retention(table, "retention"))
    notebook = require_notebook(platform, principal, "events", is_draft=True)
    assert [cell.name for cell in notebook.cells] == ["funnel", "funnel_2", "retention"]
    assert isinstance(notebook.cells[0], FunnelCell)
    assert isinstance(notebook.cells[2], RetentionCell)
    scope = scope_of(platform, principal)
    outputs = [run_cell(cell, PrincipalAsk(platform, principal), scope).output for cell in notebook.cells]
    assert isinstance(outputs[0], ChartOutput)
    assert outputs[0].result.values("count") == [5, 3]
    assert isinstance(outputs[2], ChartOutput)
    # Weeks from Monday 23 February, 2 and 9 March; firm 1 bought in the week after it was open, 2 and 3 in the same.
    firsts = [row for row in outputs[2].result.rows() if row[2] in (0, 1)]
    assert [(row[1], row[2], row[3]) for row in firsts] == [(2, 0, 0), (2, 1, 1), (2, 0, 2), (2, 1, 0), (1, 0, 0)]


def test_what_the_cells_of_funnels_and_retention_do_not_hold_goes_into_a_cell_of_the_page(
    asking: tuple[Platform, Principal],
) -> None:
    platform, principal = asking
    scope = scope_of(platform, principal)

    def run(cell: Cell) -> ChartOutput:
        assert isinstance(cell, BehaviourCell)
        output = run_cell(cell, PrincipalAsk(platform, principal), scope).output
        assert isinstance(output, ChartOutput)
        return output

    funnel = FunnelQuestion(model="sales", steps=("open", "won"), window="none", by="area")
    split = run(cell_of_funnel(funnel, "x")).result
    whole = answer_funnel(platform, principal, replace(funnel, by="")).result.steps
    for step in whole:
        assert sum(int(str(row[2])) for row in split.rows() if row[1] == step.name) == step.count
    table = RetentionQuestion(model="sales", entity="firm", start="open", returns="won", period=Period.WEEK, by="area")
    cohorts = run(cell_of_retention(table, "x")).result
    # Five firms open; the week of the last one is not over.
    assert sum(int(str(row[1])) for row in cohorts.rows() if row[2] == 0) == 4
    with pytest.raises(RefusedError, match="choose a range"):
        cell_of_funnel(FunnelQuestion(steps=("a", "b"), first=dt.date(2026, 1, 1)), "x")


def test_paths_and_attribution_become_cells_that_say_the_same(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    scope = scope_of(platform, principal)
    paths = answer_paths(platform, principal, PathQuestion(model="touches", range="all"))
    credit = answer_attribution(platform, principal, AttributionQuestion())
    outputs = []
    for page, question in ((AskedPage.PATHS, paths.question), (AskedPage.ATTRIBUTION, credit.question)):
        output = run_cell(cell_of_page(page, question.to_params()), PrincipalAsk(platform, principal), scope).output
        assert isinstance(output, ChartOutput)
        outputs.append(output.result.rows())
    assert outputs[0] == [(flow.step, flow.source, flow.target, flow.count) for flow in paths.flows]
    given = credit.credits[credit.question.model]
    assert [row[:2] for row in outputs[1]] == [(one.channel, one.conversions) for one in given]


@pytest.mark.parametrize(
    ("page", "mark", "expected"),
    [
        (AskedPage.PATHS, "0:ad", [1, 4]),
        (AskedPage.PATHS, "1:open", [1]),
        (AskedPage.PATHS, "1:nothing", []),
        (AskedPage.PATHS, "next:ad>open", [1]),
        (AskedPage.PATHS, "next:open>open", []),
        (AskedPage.PATHS, "x", "no mark"),
        (AskedPage.ATTRIBUTION, "search", [1]),
        (AskedPage.ATTRIBUTION, "(none)", [3]),
        (AskedPage.ATTRIBUTION, "radio", []),
    ],
)
def test_marks_of_paths_and_attribution_by_hand(
    asking: tuple[Platform, Principal], page: AskedPage, mark: str, expected: list[int] | str
) -> None:
    params = {"model": ["touches"]} if page is AskedPage.PATHS else {}
    if isinstance(expected, str):
        with pytest.raises(InvalidError, match=expected):
            find_marked(*asking, page, params, mark)
    else:
        assert list(find_marked(*asking, page, params, mark).keys) == expected
