"""Home under its choices: filters, and data that ended or began in mid-period."""

import datetime as dt

import pyarrow as pa
import pytest

from metrics.period import PeriodKind
from notebooks import TileOutput
from services.definitions import apply_definitions
from services.home import Home, filter_choices, filter_text, open_home
from services.imports import load_tables
from services.notebooks import save_notebooks
from services.organisation import create_tenant
from services.platform import Platform
from tenants.access import Principal, operator

ORDERS = """
model: orders
table: orders
key: id
time: day
dimensions:
  region: {column: region}
  day: {type: time, column: day}
measures: {value: {agg: sum, sql: amount}}
metrics:
  revenue: {kind: simple, measure: value, label: Revenue, unit: EUR}
"""
HOME = "notebook: home\ntitle: Home\ncells:\n  - {name: revenue, kind: metric, metric: revenue, period: quarter}\n"


@pytest.fixture
def asking(platform: Platform) -> tuple[Platform, Principal]:
    """A tenant whose orders run from 10 May to 20 August 2026, ten euros a day, on 1 September 2026."""
    tenant = create_tenant(platform, slug="acme", name="Acme", calendar_day=dt.date(2026, 9, 1))
    principal = operator(tenant)
    days = [dt.date(2026, 5, 10) + dt.timedelta(days=number) for number in range(103)]
    rows = pa.table(
        {
            "id": list(range(103)),
            "day": pa.array(days, pa.date32()),
            "amount": [10] * 103,
            "region": ["North", "South's"] * 51 + ["North"],
        }
    )
    load_tables(platform, principal, {"orders": rows})
    apply_definitions(platform, principal, {"orders.yaml": ORDERS})
    save_notebooks(platform, principal, {"home.yaml": HOME})
    return platform, principal


def tile(home: Home | None) -> TileOutput:
    assert home is not None
    output = home.run("revenue").output
    assert isinstance(output, TileOutput)
    return output


def test_a_period_that_the_data_cover_in_part_is_not_compared_with(asking: tuple[Platform, Principal]) -> None:
    found = tile(open_home(*asking))
    # 1 July to 20 August has 51 days of data; the quarter before begins on 1 April, the data on 10 May.
    assert found.value == 510
    assert found.previous_value is None
    assert found.comparison == "data begin on 10 May 2026"


def test_data_that_ended_before_the_period_are_offered_by_their_last_day(asking: tuple[Platform, Principal]) -> None:
    running = open_home(*asking)
    assert running is not None
    assert running.last_day() is None
    month = open_home(*asking, period=PeriodKind.MONTH)
    assert month is not None
    assert month.last_day() == dt.date(2026, 8, 20)
    assert tile(month).value is None
    assert tile(open_home(*asking, period=PeriodKind.MONTH, as_of=dt.date(2026, 8, 20))).value == 200


def test_a_filter_value_with_a_quote_keeps_its_rows_only(asking: tuple[Platform, Principal]) -> None:
    [choice] = filter_choices(*asking)
    assert (choice.name, choice.values) == ("region", ("North", "South's"))
    parts = [tile(open_home(*asking, where=filter_text({"region": value}))).value for value in choice.values]
    assert sum(int(part or 0) for part in parts) == 510
    assert all(part for part in parts)
