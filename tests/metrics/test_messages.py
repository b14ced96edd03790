"""What people read when a question cannot be answered: whole sentences."""

import datetime as dt
from collections.abc import Callable

import pytest

from core.errors import UserError
from metrics import Catalog, CompileContext, Grain, MetricQuery, compile_key_check, compile_members, compile_query
from tests.metrics.small_store import SmallStore

QUERIES = (
    MetricQuery(metrics=()),
    MetricQuery(metrics=("revenu",)),
    MetricQuery(metrics=("orders",), by=("statos",)),
    MetricQuery(metrics=("orders",), by=("sector",)),
    MetricQuery(metrics=("orders", "tickets"), by=("status",)),
    MetricQuery(metrics=("orders",), by=("status", "status")),
    MetricQuery(metrics=("orders",), order=("nothing",)),
    MetricQuery(metrics=("orders",), limit=0),
    MetricQuery(metrics=("customers",), grain=Grain.DAY),
    MetricQuery(metrics=("orders",), start=dt.date(2024, 2, 1), end=dt.date(2024, 1, 1)),
    MetricQuery(metrics=("orders",), start=dt.date.max),
)
FILTERS = (
    "status", "status =", "status = paid", "lower(status) = 'a'", "status LIKE 1", "= 'a'", "status = 'a",
    "status = NULL",
    "status = 'a' status", "(status = 'a'", "status = 'a')", "status ~ 'a'", "status = 1x", "pieces = 'many'",
    "is_rush = 1", "ordered = 'soon'", "ordered = '2024-02-30'", "pieces LIKE '1'", "pieces = " + "1" * 50,
    "NOT " * 60 + "status = 'a'", "a" * 100_001, "status = '\0'", "status ! 'a'",
)  # fmt: skip


def is_a_sentence(error: UserError) -> bool:
    return (error.message[0].isupper() or error.message[0] == "`") and error.message.endswith((".", "?"))


@pytest.mark.parametrize("query", QUERIES)
def test_a_question_that_cannot_be_answered_is_told_in_sentences(
    shop: tuple[SmallStore, Catalog], query: MetricQuery
) -> None:
    with pytest.raises(UserError) as caught:
        compile_query(shop[1], query)
    assert is_a_sentence(caught.value), caught.value.message


@pytest.mark.parametrize("where", FILTERS)
def test_a_filter_that_cannot_be_read_is_told_in_sentences(shop: tuple[SmallStore, Catalog], where: str) -> None:
    with pytest.raises(UserError) as caught:
        compile_query(shop[1], MetricQuery(metrics=("orders",), where=where))
    assert is_a_sentence(caught.value), caught.value.message


def test_other_refusals_are_sentences_too(shop: tuple[SmallStore, Catalog]) -> None:
    _, catalog = shop
    asked = MetricQuery(metrics=("orders",))
    refusals: tuple[Callable[[], object], ...] = (
        lambda: compile_members(catalog, "statos"),
        lambda: compile_members(catalog, "status", limit=0),
        lambda: compile_key_check(catalog, "order"),
        lambda: compile_query(catalog, asked, CompileContext(zone="Mars")),
        lambda: compile_query(catalog, asked, CompileContext(week_start=7)),
    )
    for wrong in refusals:
        with pytest.raises(UserError) as caught:
            wrong()
        assert is_a_sentence(caught.value), caught.value.message
