"""Public event data counted by ClickHouse 26.9, `windowFunnel` and `retention` (recorded through chdb), and by ours."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet
import pytest

from metrics.behaviour import EventSet, Order, Period, RetentionSpec, build_event_set, compute_funnel, compute_retention
from tests.behaviour.logs import counts, spec

RECORDED: dict[str, Any] = json.loads(Path(__file__).with_name("clickhouse_data.json").read_text())
DAY = 86_400


def built(table: pa.Table) -> EventSet:
    return build_event_set(table, entity="u", time="t", event="e")


@pytest.fixture(scope="module")
def invoices(shared_data: Path) -> EventSet:
    """A purchase or a cancellation of each invoice at each of its moments."""
    path = shared_data / "online_retail" / "online_retail_2010_2011.parquet"
    table = parquet.read_table(path, columns=["CustomerID", "InvoiceDate", "InvoiceNo"])
    invoice = table["InvoiceNo"].cast(pa.string())
    kind = pc.if_else(pc.starts_with(invoice, "C"), "cancel", "buy")
    table = pa.table({"u": table["CustomerID"], "t": table["InvoiceDate"], "e": kind, "i": invoice})
    return built(table.group_by(["u", "t", "e", "i"]).aggregate([]))


@pytest.fixture(scope="module")
def usage(shared_data: Path) -> pa.Table:
    """Which feature a subscription used on which day."""
    names = ["subscription_id", "usage_date", "feature_name"]
    path = shared_data / "saas_ravenstack" / "ravenstack_feature_usage.csv"
    options = arrow_csv.ConvertOptions(include_columns=names, column_types={"usage_date": pa.date32()})
    return arrow_csv.read_csv(path, convert_options=options).rename_columns(["u", "t", "e"])


@pytest.mark.parametrize("steps", ["buy,cancel", "cancel,buy"])
def test_purchases_and_cancellations(invoices: EventSet, steps: str) -> None:
    for days, expected in RECORDED["online_retail"][steps].items():
        assert counts(compute_funnel(invoices, spec(steps, int(days) * DAY))) == expected


@pytest.mark.parametrize("month", ["2010-12", "2011-05"])
def test_customers_of_a_month_in_the_months_after(invoices: EventSet, month: str) -> None:
    expected = RECORDED["online_retail"][f"retention of {month}"]
    # ClickHouse asks who bought in the first month at all, not for the first time.
    asked = RetentionSpec(start=("buy",), returns=("buy",), period=Period.MONTH, periods=8, is_recurring=True)
    cohort = next(one for one in compute_retention(invoices, asked).cohorts if one.label == month)
    assert [cohort.size, *cohort.counts[1:]] == expected


@pytest.mark.parametrize("question", list(RECORDED["saas_ravenstack"]))
def test_features_used_one_after_another(usage: pa.Table, question: str) -> None:
    steps, days = question.split(" ")
    found = compute_funnel(built(usage), spec(steps, int(days) * DAY))
    assert counts(found) == RECORDED["saas_ravenstack"][question]


@pytest.mark.parametrize("steps", list(RECORDED["saas_ravenstack_first_uses_strict"]))
def test_first_uses_with_nothing_between(usage: pa.Table, steps: str) -> None:
    # Every event once, and no two on one day: there the meanings of strict agree.
    first = usage.group_by(["u", "e"]).aggregate([("t", "min")]).rename_columns(["u", "e", "t"])
    day = first.group_by(["u", "t"]).aggregate([("e", "count")])
    alone = day.filter(pc.field("e_count") == 1).select(["u", "t"])
    table = first.join(alone, ["u", "t"], join_type="inner")
    found = compute_funnel(built(table), spec(steps, 730 * DAY, order=Order.STRICT))
    assert counts(found) == RECORDED["saas_ravenstack_first_uses_strict"][steps]
    assert np.diff(built(table).starts).max() > 2
