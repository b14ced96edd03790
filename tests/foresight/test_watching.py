"""A tenant's anomalies: under the reader's policy, with verdicts that stay and a budget that is the tenant's."""

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest

from core.errors import ForbiddenError, InvalidError
from core.settings import Settings
from services.audit import AuditFilter, search_events
from services.definitions import apply_definitions
from services.foresight import Verdict, find_causes, judge_alert, set_budget
from services.foresight.verdicts import find_decisions
from services.imports import load_tables
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import apply_policies
from tenants.access import Principal, Role, operator
from tenants.audit import AuditAction

ORDERS = """
model: orders
table: orders
key: id
time: day
dimensions:
  region: {column: region}
  day: {type: time, column: day}
measures: {value: {agg: sum, sql: amount}}
metrics: {revenue: {kind: simple, measure: value, label: Revenue, unit: EUR}}
"""
POLICY = "{policy: own, roles: [manager], rows: [{dimension: region, in: member.regions}]}"
BEGIN, DAYS, BAD = dt.date(2025, 9, 1), 300, dt.date(2026, 6, 10)


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Platform, Principal]]:
    """Two regions with about 1,000 euros a day; on 10 June 2026 the North has 10."""
    platform = Platform(Settings(data=tmp_path_factory.mktemp("watching") / "data"))
    principal = operator(create_tenant(platform, slug="acme", name="Acme", calendar_day=BEGIN + dt.timedelta(DAYS)))
    random = np.random.default_rng(3)
    days = [BEGIN + dt.timedelta(days=number // 2) for number in range(2 * DAYS)]
    amounts = [1000 + int(value) for value in random.normal(0, 30, 2 * DAYS)]
    amounts[2 * (BAD - BEGIN).days] = 10
    rows = {
        "id": list(range(2 * DAYS)), "day": pa.array(days, pa.date32()), "amount": amounts,
        "region": ["North", "South"] * DAYS,
    }  # fmt: skip
    load_tables(platform, principal, {"orders": pa.table(rows)})
    apply_definitions(platform, principal, {"orders.yaml": ORDERS})
    apply_policies(platform, principal, {"own.yaml": POLICY})
    yield platform, principal
    platform.close()


def test_the_bad_day_is_found_with_the_region_it_is_of(asking: tuple[Platform, Principal]) -> None:
    found = find_causes(*asking)
    assert found.series == 3
    (bad,) = [one for one in found.found if one.day == BAD]
    assert bad.metric.name == "revenue"
    assert bad.cause.shares[0].member == "North"
    assert bad.cause.shares[0].share == pytest.approx(1, abs=0.1)
    assert [row[0] for row in found.simulated] == [1, 2, 4, 10, 30]
    assert found.simulated[-1][1] >= found.simulated[0][1]


def test_a_manager_sees_what_their_own_rows_show(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    south = add_member(
        platform, principal, email="south@acme.example", name="South", role=Role.MANAGER.value,
        attributes={"regions": ["South"]},
    )  # fmt: skip
    assert BAD not in {one.day for one in find_causes(platform, south).found}
    with pytest.raises(ForbiddenError):
        judge_alert(platform, south, day=BAD, key="revenue//", verdict="expected")


def test_a_verdict_stays_with_its_note_is_on_record_and_is_replaced_by_the_next(
    asking: tuple[Platform, Principal],
) -> None:
    platform, principal = asking
    judge_alert(platform, principal, day=BAD, key="revenue//", verdict="real", note="shop was down")
    judge_alert(platform, principal, day=BAD, key="revenue//", verdict="known event", note="a strike")
    (bad,) = [one for one in find_causes(platform, principal).found if one.day == BAD]
    assert bad.judgement is not None
    assert (bad.judgement.verdict, bad.judgement.note) == (Verdict.KNOWN_EVENT, "a strike")
    events = search_events(platform, principal, AuditFilter(actions=(AuditAction.ANOMALY_JUDGED.value,))).events
    assert [event.data["verdict"] for event in events][:2] == ["known event", "real"]
    assert set_budget(platform, principal, budget=10).budget == 10
    assert find_decisions(platform, principal).judgements[0].note == "a strike"


def test_what_no_verdict_or_budget_is_is_refused(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    with pytest.raises(InvalidError, match="There is no verdict 'maybe'; there are expected, known event, real"):
        judge_alert(platform, principal, day=BAD, key="revenue//", verdict="maybe")
    with pytest.raises(InvalidError, match="at most 500 are kept"):
        judge_alert(platform, principal, day=BAD, key="revenue//", verdict="real", note="x" * 501)
    with pytest.raises(InvalidError, match="A budget of 5 is not offered; choose 1, 2, 4, 10, 30"):
        set_budget(platform, principal, budget=5)
