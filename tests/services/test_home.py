"""Home under its choices: filters, and data that ended or began in mid-period."""

import datetime as dt

import pyarrow as pa
import pytest

from metrics.period import PeriodKind
from notebooks import TextOutput, TileOutput
from services.audit import AuditFilter, search_events
from services.definitions import apply_definitions
from services.home import STANDARD_PERIOD, Home, filter_choices, filter_text, open_home, prepare_home
from services.imports import load_tables
from services.notebooks import save_notebooks
from services.organisation import create_tenant
from services.platform import Platform
from tenants.access import Principal, operator
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
    output = home.start().futures["revenue"].result().output
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


def test_a_prepared_home_is_taken_up_and_nothing_is_read_twice(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    prepare_home(platform, principal)
    home = open_home(platform, principal, period=STANDARD_PERIOD)
    assert home is not None
    prepared = home.start()
    output = prepared.futures["revenue"].result().output
    read = accesses(platform, principal)
    again = home.start()
    assert again is not prepared
    asked_anew = again.futures["revenue"].result().output
    assert isinstance(output, TileOutput)
    assert isinstance(asked_anew, TileOutput)
    assert output.value == asked_anew.value
    # What was taken up had been put on record when it was prepared; what is asked anew is on record anew.
    assert accesses(platform, principal) > read


def test_a_home_prepared_before_new_data_is_left_alone(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    prepare_home(platform, principal)
    rows = pa.table({"id": [1], "day": pa.array([dt.date(2026, 8, 1)]), "amount": [7], "region": ["North"]})
    load_tables(platform, principal, {"orders": rows})
    home = open_home(platform, principal, period=STANDARD_PERIOD)
    assert home is not None
    output = home.start().futures["revenue"].result().output
    assert isinstance(output, TileOutput)
    assert output.value == 7


def test_cells_of_home_see_what_they_refer_to(asking: tuple[Platform, Principal]) -> None:
    platform, principal = asking
    cells = """\
  - {name: words, kind: text, text: "It is {{ revenue.value }}, {{ best.region }} first, {{ size }} chosen."}
  - {name: best, kind: sql, sql: "SELECT region FROM every ORDER BY value DESC LIMIT 1"}
  - {name: every, kind: sql, sql: "SELECT region, sum(amount) AS value FROM orders GROUP BY region"}
  - {name: size, kind: input, type: text, default: small}
"""
    save_notebooks(platform, principal, {"home.yaml": HOME + cells})
    home = open_home(platform, principal, given={"size": "large"})
    assert home is not None
    runs = home.start().futures
    assert [runs[name].result().problem for name in runs] == [None] * 5
    # North has 52 of the 103 days; the figure is the third quarter's 51 days of ten euros.
    assert runs["words"].result().output == TextOutput(markdown="It is €510, North first, large chosen.")


def test_charts_run_when_they_are_asked_for_and_what_they_read_is_not_run_again(
    asking: tuple[Platform, Principal],
) -> None:
    platform, principal = asking
    cells = """\
  - {name: since, kind: input, type: text, default: North}
  - {name: trend, kind: chart, chart: line, metrics: [revenue], grain: month, last: 3, where: "region = {{ since }}"}
"""
    save_notebooks(platform, principal, {"home.yaml": HOME + cells})
    home = open_home(platform, principal)
    assert home is not None
    running = home.start()
    assert set(running.futures) == {"revenue", "since"}
    first = running.futures["since"]
    running.start_charts()
    assert running.futures["trend"].result().problem is None
    assert running.futures["since"] is first


def test_a_tenant_without_metrics_has_nothing_to_prepare(platform: Platform) -> None:
    tenant = create_tenant(platform, slug="empty", name="Empty")
    prepare_home(platform, operator(tenant))
    assert open_home(platform, operator(tenant)) is None


def accesses(platform: Platform, principal: Principal) -> int:
    """How many reads are on record."""
    return search_events(platform, principal, AuditFilter(actions=(AuditAction.DATA_ACCESSED.value,))).total
