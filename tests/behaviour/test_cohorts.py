"""Saved cohorts: the same rows as their keys written by hand, for each reader their own, and refused where unknown."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from core.errors import ConflictError, ForbiddenError, InvalidError, RefusedError
from metrics import MetricQuery
from metrics.behaviour import Period
from notebooks import AskedPage
from services.behaviour import FunnelQuestion, RetentionQuestion, answer_funnel
from services.behaviour.lifecycle_questions import LifecycleQuestion
from services.behaviour.marks import find_marked
from services.cohorts import list_cohorts, remove_cohort, save_cohort
from services.definitions import require_catalog
from services.organisation import add_member
from services.platform import Platform
from services.policies import apply_policies
from services.query import ask
from tenants.access import Principal, Role
from tenants.documents import DocumentKind, save_documents

POLICY = "{policy: own, roles: [analyst], rows: [{dimension: country, in: member.countries}]}"
Asking = tuple[Platform, Principal]
FUNNEL = FunnelQuestion(steps=("look", "cart", "buy"), window="none")


@pytest.fixture
def saved(asking: Asking) -> Iterator[Asking]:
    """`bought` are persons 1 and 2, `stopped` is 3, who came to a cart, `back` is 3, who came back in week 4."""
    platform, principal = asking
    weekly = RetentionQuestion(period=Period.WEEK, periods=6)
    save_cohort(platform, principal, "Bought", AskedPage.FUNNELS, FUNNEL.to_params(), "at:2")
    save_cohort(platform, principal, "Stopped", AskedPage.FUNNELS, FUNNEL.to_params(), "left:1")
    save_cohort(platform, principal, "Back", AskedPage.RETENTION, weekly.to_params(), "2025-12-29:4")
    yield asking
    for cohort in list_cohorts(platform, principal):
        remove_cohort(platform, principal, cohort.name)


def counted(platform: Platform, reader: Principal, metric: str, where: str) -> object:
    (row,) = ask(platform, reader, MetricQuery(metrics=(metric,), where=where)).rows()
    return row[0]


@pytest.mark.parametrize(
    ("metric", "where", "expected"),
    [
        # Visits of persons 1 and 2, noise among them: four and three rows.
        ("visits", "saved_segment = 'bought'", 7),
        ("visits", "saved_segment = 'bought' AND channel = 'ad'", 3),
        ("visits", "saved_segment IN ('stopped', 'bought')", 10),
        # The row without anybody is neither in it nor out of it.
        ("visits", "saved_segment != 'bought'", 4),
        ("visits", "saved_segment = 'advertised' AND saved_segment = 'back'", 3),
        # Another model whose rows are the same people.
        ("people", "saved_segment = 'bought'", 2),
        ("people", "saved_segment != 'bought' AND country = 'BE'", 1),
    ],
)
def test_a_cohort_filters_metrics_of_every_model_that_knows_the_entity(
    saved: Asking, metric: str, where: str, expected: int
) -> None:
    assert counted(*saved, metric, where) == expected


def test_a_cohort_filters_events_and_is_offered_beside_segments(saved: Asking) -> None:
    found = answer_funnel(
        *saved, FunnelQuestion(steps=("look", "cart"), window="none", where="saved_segment = 'stopped'")
    )
    assert [step.count for step in found.result.steps] == [1, 1]
    catalog = require_catalog(*saved)
    assert catalog.segments_of(["visits"]) == ["back", "bought", "stopped", "advertised"]
    assert catalog.segments_of(["people"]) == ["back", "bought", "stopped"]
    sentence = ask(*saved, MetricQuery(metrics=("visits",), where="saved_segment = 'bought'")).sentence
    assert "in the cohort bought" in sentence


def test_each_reader_filters_by_whom_they_may_see(saved: Asking) -> None:
    platform, principal = saved
    apply_policies(platform, principal, {"own.yaml": POLICY})
    for country, people in (("BE", [0, 1]), ("AT", [2, 0])):
        email = f"{country.casefold()}@acme.example"
        reader = add_member(
            platform, principal, email=email, name="R", role=Role.ANALYST, attributes={"countries": [country]}
        )
        wheres = ("saved_segment = 'bought'", "saved_segment = 'stopped'")
        assert [counted(platform, reader, "people", where) for where in wheres] == people
    assert counted(platform, principal, "people", "saved_segment = 'bought'") == 2


def test_a_name_is_given_once_and_never_that_of_a_segment(saved: Asking) -> None:
    for title in ("BOUGHT!", "Advertised"):
        with pytest.raises(ConflictError, match="choose another name"):
            save_cohort(*saved, title, AskedPage.FUNNELS, FUNNEL.to_params(), "at:1")
    with pytest.raises(InvalidError, match="no mark"):
        save_cohort(*saved, "Other", AskedPage.FUNNELS, FUNNEL.to_params(), "at:9")
    with pytest.raises(InvalidError, match="a letter or digit"):
        save_cohort(*saved, "?!", AskedPage.FUNNELS, FUNNEL.to_params(), "at:1")


def test_a_removed_cohort_is_refused_and_its_name_is_free(saved: Asking) -> None:
    remove_cohort(*saved, "bought")
    with pytest.raises(InvalidError, match="There is no segment bought"):
        counted(*saved, "visits", "saved_segment = 'bought'")
    with pytest.raises(InvalidError, match="There is no cohort bought"):
        remove_cohort(*saved, "bought")
    save_cohort(*saved, "Bought", AskedPage.FUNNELS, FUNNEL.to_params(), "at:0")
    assert counted(*saved, "people", "saved_segment = 'bought'") == 4


def test_a_cohort_that_is_part_of_itself_is_refused_with_the_circle(saved: Asking) -> None:
    platform, principal = saved
    within = LifecycleQuestion(event="any", period=Period.WEEK, where="saved_segment = 'bought'").to_params()
    save_cohort(platform, principal, "Fresh", AskedPage.LIFECYCLE, within, "2025-12-29:new")
    assert counted(platform, principal, "people", "saved_segment = 'fresh'") == 2
    remove_cohort(platform, principal, "bought")
    around = within | {"where": ["saved_segment = 'fresh'"]}
    # What it is of is not there any more, so it cannot be saved; two at the same moment could.
    with pytest.raises(InvalidError, match="There is no segment bought"):
        save_cohort(platform, principal, "Bought", AskedPage.LIFECYCLE, around, "2025-12-29:new")
    text = "{title: B, page: lifecycle, mark: '2025-12-29:new', model: visits, entity: person, question: \"%s\"}"
    with platform.session() as session:
        written = {"bought": text % urlencode(around, doseq=True)}
        save_documents(session, principal, DocumentKind.COHORT, written)
    with pytest.raises(InvalidError, match="filtered by itself: fresh of bought of fresh"):
        counted(platform, principal, "people", "saved_segment = 'fresh'")


def test_who_may_not_write_saves_none(saved: Asking) -> None:
    platform, principal = saved
    boss = add_member(platform, principal, email="eve@acme.example", name="Eve", role=Role.EXECUTIVE)
    with pytest.raises(ForbiddenError):
        save_cohort(platform, boss, "Mine", AskedPage.FUNNELS, FUNNEL.to_params(), "at:1")
    assert counted(platform, boss, "people", "saved_segment = 'bought'") == 2


def test_a_metric_without_the_entity_is_refused(saved: Asking) -> None:
    # Pairs are an entity of the visits alone.
    save_cohort(
        *saved, "Pairs", AskedPage.FUNNELS, FunnelQuestion(entity="pair", steps=("look", "buy")).to_params(), "at:0"
    )
    assert counted(*saved, "visits", "saved_segment = 'pairs'") == 11
    with pytest.raises(RefusedError, match="no such dimension"):
        counted(*saved, "people", "saved_segment = 'pairs'")


@pytest.mark.parametrize(
    ("changed", "mark", "expected"),
    [
        ({"by": "country"}, "at:2:AT", [1, 2]),
        ({"by": "country"}, "left:1:BE", [3]),
        ({"by": "country"}, "at:0:(none)", [4]),
        ({"by": "country", "top": 1}, "at:0:(other)", [3, 4]),
        ({"by": "country"}, "at:0:CH", []),
        ({}, "at:0:AT", "no mark"),
        ({"trend": Period.MONTH}, "trend:2026-01-01", [1, 2]),
        ({"trend": Period.MONTH}, "trend:2026-01-01:left", [3, 4]),
        ({"trend": Period.MONTH}, "trend:2026-02-01", []),
        ({"trend": Period.MONTH}, "trend:2026-13-01", "write a date"),
        # Noise is no event, so person 1 comes from a look right to the cart.
        ({}, "move:0:1", [1, 2, 3]),
        ({}, "move:1:0", [3]),
        ({}, "move:1:7", "no mark"),
    ],
)
def test_marks_of_a_funnel_by_hand(
    asking: Asking, changed: dict[str, object], mark: str, expected: list[int] | str
) -> None:
    params = replace(FUNNEL, **changed).to_params()  # type: ignore[arg-type]
    if isinstance(expected, str):
        with pytest.raises(InvalidError, match=expected):
            find_marked(*asking, AskedPage.FUNNELS, params, mark)
    else:
        assert list(find_marked(*asking, AskedPage.FUNNELS, params, mark).keys) == expected


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ("2025-12-29:3", [2]), ("2025-12-29:3:left", [1, 3]), ("=ad:4:left", []), ("=mail:3", [2]),
        ("=mail:3:left", []), ("=post:1", []), ("2020-01-01:1", []), ("2025-12-29:99", "no mark"),
    ],
)  # fmt: skip
def test_marks_of_a_retention_table_by_hand(asking: Asking, mark: str, expected: list[int] | str) -> None:
    params = RetentionQuestion(period=Period.WEEK, periods=6, by="channel").to_params()
    if isinstance(expected, str):
        with pytest.raises(InvalidError, match=expected):
            find_marked(*asking, AskedPage.RETENTION, params, mark)
    else:
        assert list(find_marked(*asking, AskedPage.RETENTION, params, mark).keys) == expected
