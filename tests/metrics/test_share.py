"""Shares of the total: over all rows of the result that share the period."""

import datetime as dt

import pytest

from metrics import DefinitionError, Grain, MetricQuery
from tests.metrics.test_derived import open_with

SHARE = "share: {kind: share, of: amount}"


def ask(query: MetricQuery, *metrics: str) -> list[tuple[object, ...]]:
    store, catalog = open_with(*metrics)
    return store.ask(catalog, query)


def test_shares_of_all_members_add_up_to_one() -> None:
    rows = ask(MetricQuery(metrics=("share",), by=("status",)), SHARE)
    assert rows == [("open", pytest.approx(10 / 160.30)), ("paid", pytest.approx(150.30 / 160.30)), (None, None)]


def test_the_whole_is_that_of_the_same_period() -> None:
    query = MetricQuery(
        metrics=("share",), by=("customer",), grain=Grain.QUARTER, start=dt.date(2024, 1, 1), end=dt.date(2024, 3, 31)
    )
    values = {row[1]: row[2] for row in ask(query, SHARE)}
    whole = 80.30
    assert values == {
        "ada": pytest.approx(30.30 / whole),
        "bob": pytest.approx(10 / whole),
        "eve": pytest.approx(40 / whole),
    }


def test_a_limit_and_a_filter_on_rows_shown_do_not_change_the_whole() -> None:
    query = MetricQuery(metrics=("share",), by=("customer",), order=("-share",), limit=1, where="status = 'paid'")
    assert ask(query, SHARE) == [(None, pytest.approx(80 / 150.30))]


def test_without_a_split_the_share_is_the_whole() -> None:
    assert ask(MetricQuery(metrics=("share",)), SHARE) == [(1.0,)]


def test_a_share_over_nothing_is_null() -> None:
    assert ask(MetricQuery(metrics=("share",), where="customer = 'nobody'"), SHARE) == [(None,)]


def test_a_share_beside_a_metric_of_another_model_counts_its_own_rows_alone() -> None:
    rows = ask(MetricQuery(metrics=("share", "tickets"), by=("customers.sector",)), "share: {kind: share, of: orders}")
    assert rows == [
        ("food", pytest.approx(2 / 7), 1),
        ("tools", pytest.approx(2 / 7), 1),
        (None, pytest.approx(3 / 7), 2),
    ]


def test_a_share_of_a_difference_takes_the_difference_of_the_wholes() -> None:
    metrics = ("net: {kind: derived, formula: orders - with_pieces}", "share: {kind: share, of: net}")
    rows = ask(MetricQuery(metrics=("share",), by=("customer",)), *metrics)
    assert rows == [("ada", 0.0), ("bob", 0.0), ("cyd", 0.0), ("eve", 0.0), (None, 1.0)]


@pytest.mark.parametrize(
    "formula",
    ["mean_amount", "buyers", "middle_pieces", "last_order", "price", "orders + 1", "orders * pieces", "1 / orders"],
)
def test_a_share_of_what_does_not_add_up_is_refused(formula: str) -> None:
    with pytest.raises(DefinitionError, match="do not add up to that of the whole"):
        open_with(
            f"part: {{kind: derived, formula: {formula}}}" if " " in formula else "x: {kind: simple, measure: orders}",
            f"share: {{kind: share, of: {'part' if ' ' in formula else formula}}}",
        )


def test_a_share_of_a_share_is_refused() -> None:
    with pytest.raises(DefinitionError, match="do not add up"):
        open_with(SHARE, "twice: {kind: share, of: share}")
