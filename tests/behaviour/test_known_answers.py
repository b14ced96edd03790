"""Published figures of public data sets (`known_answers.csv` beside them)."""

import csv
import datetime as dt
from ast import literal_eval
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet
import pytest

from metrics.behaviour import (
    Period,
    RetentionSpec,
    build_event_set,
    compute_funnel,
    compute_retention,
    load_events,
)
from tests.behaviour.logs import counts, spec

PAGES = ("home_page", "search_page", "payment_page", "payment_confirmation_page")


def known(shared_data: Path, dataset: str, beginning: str) -> Any:
    with (shared_data / "known_answers.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["dataset"] == dataset and row["quantity"].startswith(beginning):
                return literal_eval(row["value"])
    raise LookupError(f"no answer for {dataset}: {beginning}")


def cohort_rows(events: Any, periods: int = 4) -> dict[str, list[int | None]]:
    asked = RetentionSpec(start=None, returns=None, period=Period.MONTH, periods=periods)
    return {cohort.label: [cohort.size, *cohort.counts[1:]] for cohort in compute_retention(events, asked).cohorts}


@pytest.fixture(scope="module")
def shop(shared_data: Path) -> pa.Table:
    """The pages each user saw; the data gives one date for each user, so all are of the same moment."""
    folder = shared_data / "funnel_ecommerce"
    users = arrow_csv.read_csv(folder / "user_table.csv").select(["user_id", "date", "device"])
    tables = {"home_page": "home_page", "search_page": "search_page", "payment_page": "payment_page"}
    tables["payment_confirmation_page"] = "payment_confirmation"
    seen = [
        arrow_csv.read_csv(folder / f"{tables[page]}_table.csv").rename_columns(["user_id", "page"]) for page in PAGES
    ]
    # Deepest page first: the order of the file must not matter.
    return pa.concat_tables(reversed(seen)).join(users, "user_id")


def test_ecommerce_funnel_and_its_devices(shared_data: Path, shop: pa.Table) -> None:
    events = build_event_set(shop, entity="user_id", time="date", event="page", keep=["device"])
    result = compute_funnel(events, spec(",".join(PAGES), 0, breakdown="device"))
    assert counts(result) == known(shared_data, "funnel_ecommerce", "users home")
    for segment in result.segments:
        published = known(shared_data, "funnel_ecommerce", f"{segment.label} funnel")
        assert [step.count for step in segment.steps] == published


def test_cdnow_monthly_cohorts(shared_data: Path) -> None:
    lines = (shared_data / "cdnow" / "CDNOW_master.txt").read_text().splitlines()[1:]
    rows = [line.split()[:2] for line in lines if line.strip()]
    table = pa.table({"customer": [row[0] for row in rows], "day": [row[1] for row in rows]})
    found = cohort_rows(build_event_set(table, entity="customer", time="day"))
    published = known(shared_data, "cdnow", "monthly cohorts")
    for month, (size, *shares) in published.items():
        assert found[month][0] == size
        assert [round(100 * (count or 0) / size, 2) for count in found[month][1:]] == shares
    assert list(found) == list(published)


def test_online_retail_monthly_cohorts(shared_data: Path) -> None:
    table = parquet.read_table(
        shared_data / "online_retail" / "online_retail_2010_2011.parquet",
        columns=["CustomerID", "InvoiceDate", "Quantity", "UnitPrice"],
    )
    table = table.filter((pc.field("Quantity") > 0) & (pc.field("UnitPrice") > 0))
    events = build_event_set(table, entity="CustomerID", time="InvoiceDate")
    assert events.dropped_entities > 0
    assert cohort_rows(events) == known(shared_data, "online_retail", "monthly acquisition cohorts")


def test_relay_foods_monthly_cohorts(shared_data: Path) -> None:
    events = load_events(shared_data / "cohort_relayfoods" / "relayfoods.csv", entity="UserId", time="OrderDate")
    published = known(shared_data, "cohort_relayfoods", "rows/users")
    assert (events.row_count, events.entity_count) == (published.pop("rows"), published.pop("users"))
    assert cohort_rows(events) == published


def test_relay_foods_cohorts_do_not_move_with_the_zone_of_the_reader(shared_data: Path) -> None:
    events = load_events(shared_data / "cohort_relayfoods" / "relayfoods.csv", entity="UserId", time="OrderDate")
    assert events.is_dated
    first = compute_retention(events, RetentionSpec(start=None, returns=None, period=Period.MONTH)).cohorts[0]
    assert first.begins == dt.date(2009, 1, 1)
