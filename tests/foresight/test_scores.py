"""A tenant's scores: of the reader's own rows, with reasons that add up, versions that are held, and refusals."""

import datetime as dt
import math
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest

from core.errors import ForbiddenError, InvalidError, RefusedError
from core.settings import Settings
from services.audit import AuditFilter, search_events
from services.definitions import apply_definitions
from services.imports import load_tables
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import apply_policies
from services.roles import save_role
from services.scoring import find_scores, open_score, use_version
from tenants.access import Permission, Principal, Role, operator
from tenants.audit import AuditAction

HISTORY = """
model: history
table: history
key: id
time: at
dimensions: {region: {column: region}, at: {type: time, column: at}}
measures: {rows: {agg: count}}
metrics: {changes: {kind: simple, measure: rows}}
pipeline: {entity: deal, amount: amount, close: due, stage: stage, won: Won, lost: Lost}
"""
POLICY = "{policy: own, roles: [manager], rows: [{dimension: region, in: member.regions}]}"
# A Friday; the newest version is of the Monday before.
TODAY, MONDAY = dt.date(2026, 8, 21), dt.date(2026, 8, 17)
CHANCES = {"North": 0.75, "South": 0.15}


def history(deals: int, *, is_told_by_region: bool) -> pa.Table:
    """Deals opened evenly over 500 days that close after 10 to 110 days; half are of the North, which wins more."""
    random = np.random.default_rng(5)
    begin = TODAY - dt.timedelta(days=500)
    rows: list[tuple[str, str, dt.date, str]] = []
    for number in range(deals):
        region = ("North", "South")[number % 2]
        created = begin + dt.timedelta(days=500 * number // deals)
        closed = created + dt.timedelta(days=int(random.integers(10, 110)))
        chance = CHANCES[region] if is_told_by_region else 0.45
        rows.append((f"D-{number:03}", region, created, "Open"))
        if closed <= TODAY:
            rows.append((f"D-{number:03}", region, closed, "Won" if random.random() < chance else "Lost"))
    names, regions, days, stages = zip(*rows, strict=True)
    return pa.table(
        {
            "id": list(range(len(rows))), "deal": names, "region": regions, "at": pa.array(days, pa.date32()),
            "amount": [100.0] * len(rows), "due": pa.array([day + dt.timedelta(60) for day in days], pa.date32()),
            "stage": stages,
        }
    )  # fmt: skip


def make_tenant(platform: Platform, slug: str, rows: pa.Table) -> Principal:
    principal = operator(create_tenant(platform, slug=slug, name=slug.capitalize(), calendar_day=TODAY))
    load_tables(platform, principal, {"history": rows})
    apply_definitions(platform, principal, {"history.yaml": HISTORY})
    return principal


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Platform, Principal]]:
    """A tenant with 240 deals and a policy on managers."""
    platform = Platform(Settings(data=tmp_path_factory.mktemp("scores") / "data"))
    principal = make_tenant(platform, "acme", history(240, is_told_by_region=True))
    apply_policies(platform, principal, {"own.yaml": POLICY})
    yield platform, principal
    platform.close()


def test_open_deals_are_scored_by_what_tells_them_apart(asking: tuple[Platform, Principal]) -> None:
    card = open_score(*asking, "deal_win")
    table = history(240, is_told_by_region=True)
    closed = {deal for deal, stage in zip(*(table[name].to_pylist() for name in ("deal", "stage")), strict=True)
              if stage != "Open"}  # fmt: skip
    regions = dict(zip(table["deal"].to_pylist(), table["region"].to_pylist(), strict=True))
    assert card.refusal == ""
    assert card.version == MONDAY
    assert {one.name for one in card.rows} == set(regions) - closed
    assert card.open == len(card.rows)
    means = {
        region: np.mean([one.score.probability for one in card.rows if regions[one.name] == region])
        for region in CHANCES
    }
    assert means["North"] == pytest.approx(CHANCES["North"], abs=0.2)
    assert means["South"] == pytest.approx(CHANCES["South"], abs=0.2)
    assert card.drivers[0][0] == "region"
    assert card.expected == pytest.approx(sum(one.score.probability for one in card.rows))


def test_reasons_add_up_to_the_log_odds_and_values_are_those_of_the_deal(asking: tuple[Platform, Principal]) -> None:
    card = open_score(*asking, "deal_win")
    table = history(240, is_told_by_region=True)
    for one in card.rows:
        odds = math.log(one.score.probability / (1 - one.score.probability))
        assert sum(part for _, part in one.score.reasons) == pytest.approx(odds)
        assert one.score.low <= one.score.probability <= one.score.high
        place = table["deal"].to_pylist().index(one.name)
        assert one.values["region"] == table["region"][place].as_py()
        assert one.values["age"] == (TODAY - table["at"][place].as_py()).days
        assert one.values["days_to_close"] == (table["due"][place].as_py() - TODAY).days


def test_the_record_is_of_earlier_days_and_beats_the_rate_of_each_stage(asking: tuple[Platform, Principal]) -> None:
    card = open_score(*asking, "deal_win")
    assert card.record.is_served
    assert card.record.quality is not None
    assert card.record.quality.brier < card.record.quality.baseline_brier
    epoch = dt.date(1970, 1, 1)
    assert all(epoch + dt.timedelta(days=one.day + 90) <= MONDAY for one in card.record.trials)


def test_a_manager_is_scored_from_their_own_rows(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    south = add_member(
        platform, principal, email="south@acme.example", name="South", role=Role.MANAGER.value,
        attributes={"regions": ["South"]},
    )  # fmt: skip
    card = open_score(platform, south, "deal_win")
    assert "region" not in {name for name, _ in card.drift}
    everybody = open_score(platform, principal, "deal_win")
    assert card.open == sum(one.values["region"] == "South" for one in everybody.rows)
    assert card.learned < everybody.learned


def test_single_rows_are_for_those_who_may_read_data(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    save_role(platform, principal, name="asker", description="", permissions=[Permission.METRIC_QUERY.value])
    asker = add_member(platform, principal, email="asker@acme.example", name="Asker", role="asker")
    card = open_score(platform, asker, "deal_win")
    assert card.rows == ()
    assert card.open > 0
    assert card.expected > 0
    with pytest.raises(ForbiddenError):
        use_version(platform, asker, "deal_win", day=None)


def test_a_version_is_held_on_record_and_let_go(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    earlier = MONDAY - dt.timedelta(days=14)
    newest = open_score(platform, principal, "deal_win")
    use_version(platform, principal, "deal_win", day=earlier)
    try:
        held = open_score(platform, principal, "deal_win")
        assert held.version == earlier
        assert [one.day for one in held.versions if one.is_held] == [earlier]
        assert held.learned < newest.learned
        events = search_events(platform, principal, AuditFilter(actions=(AuditAction.SCORE_VERSION_CHANGED.value,)))
        assert events.events[0].data["version"] == earlier.isoformat()
    finally:
        use_version(platform, principal, "deal_win", day=None)
    again = open_score(platform, principal, "deal_win")
    assert again.version == MONDAY
    assert [one.score for one in again.rows] == [one.score for one in newest.rows]
    with pytest.raises(InvalidError, match=r"There is no version of 2026-08-18\. A score is learned anew each Monday"):
        use_version(platform, principal, "deal_win", day=dt.date(2026, 8, 18))
    with pytest.raises(InvalidError, match="There is no score 'deal_wins'"):
        open_score(platform, principal, "deal_wins")


def test_a_held_version_is_the_tenants_own(platform: Platform) -> None:
    first = make_tenant(platform, "first", history(40, is_told_by_region=True))
    second = make_tenant(platform, "second", history(40, is_told_by_region=True))
    use_version(platform, first, "deal_win", day=MONDAY - dt.timedelta(days=7))
    assert open_score(platform, second, "deal_win").version == MONDAY


def test_what_is_no_better_than_its_baseline_is_not_served(platform: Platform) -> None:
    principal = make_tenant(platform, "noise", history(200, is_told_by_region=False))
    card = open_score(platform, principal, "deal_win")
    assert card.rows == ()
    assert "not served" in card.refusal
    assert card.record.trials


def test_a_young_history_says_what_is_missing(platform: Platform) -> None:
    rows = history(240, is_told_by_region=True)
    kept = [day > TODAY - dt.timedelta(days=60) for day in rows["at"].to_pylist()]
    principal = make_tenant(platform, "young", rows.filter(pa.array(kept)))
    card = open_score(platform, principal, "deal_win")
    assert card.refusal == "No deal has been open for 90 days yet, so nothing can be learned."
    few = make_tenant(platform, "few", history(4, is_told_by_region=True))
    assert "A score needs at least 5 that did" in open_score(platform, few, "deal_win").refusal


def test_a_tenant_without_a_history_of_deals_has_no_score(platform: Platform) -> None:
    principal = operator(create_tenant(platform, slug="plain", name="Plain", calendar_day=TODAY))
    assert find_scores(platform, principal) == {}
    load_tables(platform, principal, {"history": history(12, is_told_by_region=True)})
    apply_definitions(platform, principal, {"history.yaml": HISTORY.split("pipeline")[0]})
    assert find_scores(platform, principal) == {}
    with pytest.raises(RefusedError, match="No model has a `pipeline`"):
        open_score(platform, principal, "deal_win")
