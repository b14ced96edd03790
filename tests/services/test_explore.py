"""Ask: the URL of a question, its answer, the rows behind it under a policy, why it moved, and the notebook."""

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ForbiddenError, InvalidError, RefusedError
from metrics import Grain
from metrics.shift import parse_shift
from notebooks import ChartCell, run_cell
from services.definitions import apply_definitions, require_catalog
from services.explore import (
    Question,
    answer_question,
    explain_change,
    find_rows,
    first_question,
    parse_question,
    save_question,
)
from services.explore.countries import country_of, holiday_countries
from services.imports import load_tables
from services.notebook_asking import PrincipalAsk
from services.notebook_editing import publish_notebook
from services.notebooks import require_notebook, scope_of
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import apply_policies
from tenants.access import Principal, Role, operator

ORDERS = """
model: orders
table: orders
key: id
time: day
dimensions:
  region: {column: region}
  size: {column: size}
  paid_up: {column: is_paid}
  day: {type: time, column: day}
measures:
  value: {agg: sum, sql: amount}
  all: {agg: count}
  paid: {agg: count, where: "is_paid"}
metrics:
  revenue: {kind: simple, measure: value, label: Revenue, unit: EUR}
  paid_rate: {kind: ratio, numerator: paid, denominator: all, label: Paid rate, unit: ratio}
  buyers: {kind: derived, formula: all * all, label: Squares}
segments:
  northern_paid: region = 'North' AND paid_up = TRUE
  small: size = 0
"""
POLICY = "{policy: north, roles: [analyst], rows: [{dimension: region, in: member.regions}]}"


@pytest.fixture
def asking(platform: Platform) -> tuple[Platform, Principal]:
    """A tenant with 60 orders a month from May to August 2026, on 20 August 2026."""
    tenant = create_tenant(platform, slug="acme", name="Acme", calendar_day=dt.date(2026, 8, 20))
    principal = operator(tenant)
    count = 240
    rows = pa.table(
        {
            "id": list(range(count)),
            "day": pa.array([dt.date(2026, 5 + n // 60, 1 + n % 28) for n in range(count)], pa.date32()),
            "amount": [10 + (20 if n >= 180 and n % 3 == 0 else 0) for n in range(count)],
            "region": [("North", "South", None)[n % 3] for n in range(count)],
            "size": [n % 2 for n in range(count)],
            "is_paid": [n % 5 != 0 for n in range(count)],
        }
    )
    load_tables(platform, principal, {"orders": rows})
    apply_definitions(platform, principal, {"orders.yaml": ORDERS})
    return platform, principal


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)
names = st.lists(texts.map(str.strip).filter(bool), max_size=3).map(tuple)


@given(metrics=names, by=names, filters=st.dictionaries(texts, st.lists(texts, min_size=1).map(tuple), max_size=2))
def test_a_question_survives_its_url(
    metrics: tuple[str, ...], by: tuple[str, ...], filters: dict[str, tuple[str, ...]]
) -> None:
    question = Question(
        metrics=metrics, by=by, filters=filters, grain=Grain.WEEK, range="last 3 weeks", compare=("prior_year",),
        top=7, has_totals=True, chart="line", where="a = 'b'", segments=tuple(dict.fromkeys(by)),
    )  # fmt: skip
    assert parse_question(question.to_params()) == question


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"grain": ["full moon"]}, "There is no grain full moon"),
        ({"top": ["0"]}, "from 1 to 1,000"),
        ({"from": ["31.12.2026"]}, "write a date as 2026-03-31"),
    ],
)
def test_an_address_that_means_nothing_is_refused(params: dict[str, list[str]], message: str) -> None:
    with pytest.raises(InvalidError, match=message):
        parse_question(params)


def test_the_page_opens_on_an_answer(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    found = answer_question(platform, principal, first_question(platform, principal))
    assert found.chart is not None
    assert found.metrics[0].name == "revenue"
    # Whole months before August, at ten euros an order.
    assert found.whole.row(0)["revenue"] == 3 * 60 * 10


def test_rows_behind_a_row_are_those_it_counts(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    question = Question(metrics=("revenue",), by=("region", "size"), grain=Grain.MONTH, range="last 2 months")
    answer = answer_question(platform, principal, question)
    for values in answer.result.rows():
        row = dict(zip((column.name for column in answer.result.columns), values, strict=True))
        behind = find_rows(platform, principal, question, "revenue", row)
        assert sum(int(str(one)) for one in behind.result.values("amount")) == row["revenue"]
        assert set(behind.result.values("region")) == {row["region"]}


def test_rows_behind_are_those_the_reader_may_see(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    apply_policies(platform, principal, {"north.yaml": POLICY})
    reader = add_member(
        platform, principal, email="ada@acme.example", name="Ada", role=Role.ANALYST, attributes={"regions": ["North"]}
    )
    question = Question(metrics=("revenue",), range="last month")
    behind = find_rows(platform, reader, question, "revenue", {})
    assert behind.result.values("region") == ["North"] * 20
    stranger = add_member(platform, principal, email="bob@acme.example", name="Bob", role=Role.EXECUTIVE)
    with pytest.raises(ForbiddenError):
        find_rows(platform, stranger, question, "revenue", {})


def test_why_it_moved_adds_up_and_names_the_member(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    question = Question(
        metrics=("revenue",), start=dt.date(2026, 8, 1), end=dt.date(2026, 8, 20), compare=("prior_period",)
    )
    why = explain_change(platform, principal, question)
    dimension, movement = why.movements[0]
    whole = answer_question(platform, principal, question).whole.row(0)
    assert movement.after == whole["revenue"]
    assert movement.before == whole["revenue_prior_period"]
    assert sum(part.amount for part in movement.contributions) == movement.change
    assert (dimension.name, movement.contributions[0].member) == ("region", "North")


def test_a_ratio_is_explained_by_its_parts(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    question = Question(metrics=("paid_rate",), range="last month", compare=("prior_period",))
    why = explain_change(platform, principal, question)
    whole = answer_question(platform, principal, question).whole.row(0)
    assert float(why.movements[0][1].after) == pytest.approx(whole["paid_rate"])
    with pytest.raises(RefusedError, match="cannot be told by members"):
        explain_change(platform, principal, Question(metrics=("buyers",), range="last month", compare=("1 month",)))
    with pytest.raises(RefusedError, match="Choose a comparison"):
        explain_change(platform, principal, Question(metrics=("revenue",), range="last month"))


def test_a_saved_question_is_a_cell_with_the_same_numbers(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    question = Question(
        metrics=("revenue",), by=("region",), range="month to date", filters={"size": ("1",)}, compare=("prior_year",)
    )
    found = answer_question(platform, principal, question)
    saved = save_question(platform, principal, found, "My questions!")
    again = save_question(platform, principal, found, "My questions!")
    assert (saved.notebook, saved.cell, again.cell) == ("my-questions", "revenue", "revenue_2")
    assert "comparison" in saved.left_out
    notebook = require_notebook(platform, principal, "my-questions")
    cell = notebook.cells[0]
    assert isinstance(cell, ChartCell)
    run = run_cell(cell, PrincipalAsk(platform, principal), scope_of(platform, principal))
    assert run.problem is None
    answer = run.output.result  # type: ignore[union-attr]
    assert sorted(map(str, answer.rows())) == sorted(str(row[:2]) for row in found.result.rows())
    publish_notebook(platform, principal, "my-questions", 2)
    save_question(platform, principal, found, "My questions!")
    # Readers see what was published until somebody publishes the rest.
    assert len(require_notebook(platform, principal, "my-questions").cells) == 2
    assert len(require_notebook(platform, principal, "my-questions", is_draft=True).cells) == 3
    fixed = Question(metrics=("revenue",), by=("region",), start=dt.date(2026, 8, 1))
    with pytest.raises(RefusedError, match="goes on with the calendar"):
        save_question(platform, principal, answer_question(platform, principal, fixed), "Other")


def test_a_saved_segment_is_chosen_by_name_and_counts_its_rows(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    assert require_catalog(platform, principal).segments_of(["buyers"]) == ["northern_paid", "small"]
    question = parse_question({"metric": ["revenue"], "segment": ["northern_paid", "small"]})
    expected = sum(
        10 + (20 if n >= 180 and n % 3 == 0 else 0) for n in range(240) if n % 3 == 0 and n % 5 and n % 2 == 0
    )
    assert answer_question(platform, principal, question).whole.row(0)["revenue"] == expected
    with pytest.raises(InvalidError, match="There is no segment large"):
        answer_question(platform, principal, parse_question({"metric": ["revenue"], "segment": ["large"]}))


def test_every_country_offered_has_holidays_and_a_zone_has_its_country() -> None:
    offered = holiday_countries()
    assert offered["DE"] == "Germany"
    assert len(offered) > 100
    assert all(parse_shift(f"holiday:{code}").country == code for code in offered)
    zones = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "UTC")
    assert [country_of(zone) for zone in zones] == ["DE", "US", "JP", "US"]
