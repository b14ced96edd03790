"""Public data sets, synced twice with planted changes between: history and as-of answers against a hand-counted table.

The changes are few and chosen by hand, so that what must come out was counted with DuckDB over the original files.
"""

import csv
import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from core.settings import Settings
from metrics import MetricQuery
from services.definitions import apply_definitions
from services.explore import Question, answer_question, find_rows, parse_question
from services.organisation import create_tenant
from services.platform import Platform
from services.query import ask as ask_metrics
from services.sql import run_sql
from services.sync.choice import StreamWish
from services.sync.job import run_sync
from services.sync.sources import save_source
from tenants.access import Principal, operator

DEALS = """
model: deals
table: deals
dimensions: {stage: {column: deal_stage}}
measures:
  won: {agg: count, where: "deal_stage = 'Won'"}
  value: {agg: sum, sql: close_value, where: "deal_stage = 'Won'"}
metrics:
  won_deals: {kind: simple, measure: won}
  revenue: {kind: simple, measure: value}
"""


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """With room for half a million rows."""
    made = Platform(Settings(data=tmp_path / "data", query_timeout_s=60, store_memory_mb=768))
    yield made
    made.close()


@pytest.fixture
def asking(platform: Platform) -> Principal:
    return operator(create_tenant(platform, slug="acme", name="Acme"))


def between(platform: Platform) -> str:
    """A moment behind everything that is stored."""
    return (dt.datetime.now(dt.UTC) + dt.timedelta(microseconds=1)).isoformat()


def test_the_crm_as_of_before_and_after_planted_changes(
    platform: Platform, asking: Principal, shared_data: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "crm"
    folder.mkdir()
    with (shared_data / "crm_maven" / "sales_pipeline.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))

    def write() -> None:
        with (folder / "deals.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    write()
    wishes = {"deals": StreamWish(key=("opportunity_id",))}
    save_source(platform, asking, name="crm", kind="files", values={"path": str(folder)}, wishes=wishes)
    first = run_sync(platform, asking, "crm")
    before = between(platform)
    # The first won deal is worth 1,054, the second 4,514: one is lost after all, the other is worth 4,614, and the
    # third, worth 50, is gone. A new one is won for 1,000.
    by_id = {row["opportunity_id"]: row for row in rows}
    by_id["1C1I7A6R"]["deal_stage"], by_id["1C1I7A6R"]["close_value"] = "Lost", "0"
    by_id["Z063OYW0"]["close_value"] = "4614"
    rows.remove(by_id["EC4QE1BX"])
    rows.append({**by_id["Z063OYW0"], "opportunity_id": "NEW00001", "close_value": "1000"})
    write()
    second = run_sync(platform, asking, "crm")

    assert (first.counts.added, first.counts.quarantined) == (8_800, 0)
    assert (second.counts.added, second.counts.updated, second.counts.deleted) == (1, 2, 1)
    assert platform.store(asking.tenant).history_rows() == {"deals": 3}
    ask = "SELECT count(*), sum(close_value) FROM deals WHERE deal_stage = 'Won'"
    # known_answers.csv: 4,238 won for 10,005,534. Now one is lost, one gone and one new: 4,237,
    # and 10,005,534 - 1,054 + 100 - 50 + 1,000 = 10,005,530.
    assert run_sql(platform, asking, ask, as_of=before).rows() == [(4_238, 10_005_534)]
    assert run_sql(platform, asking, ask).rows() == [(4_237, 10_005_530)]
    one = "SELECT deal_stage, close_value FROM deals WHERE opportunity_id = '1C1I7A6R'"
    assert run_sql(platform, asking, one, as_of=before).rows() == [("Won", 1_054)]
    assert run_sql(platform, asking, one).rows() == [("Lost", 0)]

    apply_definitions(platform, asking, {"deals.yaml": DEALS})
    won = MetricQuery(metrics=("won_deals", "revenue"))
    then = ask_metrics(platform, asking, won, as_of=before)
    assert then.rows() == [(4_238, 10_005_534)]
    assert then.sentence == f"Won deals and revenue, as of {before}."
    assert ask_metrics(platform, asking, won).rows() == [(4_237, 10_005_530)]
    asked = Question(metrics=("won_deals",), by=("stage",), as_of=before)
    assert parse_question(asked.to_params()) == asked
    found = answer_question(platform, asking, asked)
    assert (found.whole.rows(), found.result.rows()[-1]) == ([(4_238,)], ("Won", 4_238))
    assert found.result.sentence.endswith(f", as of {before}.")
    behind = find_rows(platform, asking, asked, "won_deals", {"stage": "Won"})
    assert "EC4QE1BX" in behind.result.values("opportunity_id") or behind.has_more


def test_order_lines_without_a_key_as_of_before_and_after_planted_changes(
    platform: Platform, asking: Principal, shared_data: Path, tmp_path: Path
) -> None:
    table = pq.read_table(shared_data / "online_retail" / "online_retail_2010_2011.parquet")
    path = tmp_path / "lines.parquet"
    pq.write_table(table, path)
    wishes = {"lines": StreamWish(key=())}
    save_source(platform, asking, name="shop", kind="files", values={"path": str(path)}, wishes=wishes)
    first = run_sync(platform, asking, "shop")
    before = between(platform)
    # All lines of invoice 536365 go (7 lines, 139.12), and the line 536367/84879 is there a second time (32 at 1.69).
    doubled = table.filter(pc.and_(pc.equal(table["InvoiceNo"], "536367"), pc.equal(table["StockCode"], "84879")))
    kept = table.filter(pc.not_equal(table["InvoiceNo"], "536365"))
    assert (table.num_rows - kept.num_rows, doubled.num_rows) == (7, 1)
    pq.write_table(pa.concat_tables([kept, doubled]), path)
    second = run_sync(platform, asking, "shop")

    assert first.counts.added == 541_909
    assert (second.counts.added, second.counts.updated, second.counts.deleted) == (1, 0, 7)
    assert platform.store(asking.tenant).history_rows() == {"lines": 7}
    ask = "SELECT count(*), sum(quantity * round(unitprice * 1000)::BIGINT) / 1000 FROM lines"
    (count, revenue), (count_now, revenue_now) = (
        run_sql(platform, asking, ask, as_of=moment).rows()[0] for moment in (before, None)
    )
    # known_answers.csv: 9,747,747.93 net.
    assert (count, round(Decimal(str(revenue)), 2)) == (541_909, Decimal("9747747.93"))
    change = Decimal("32") * Decimal("1.69") - Decimal("139.12")
    assert (count_now, round(Decimal(str(revenue_now)), 2)) == (541_903, Decimal("9747747.93") + change)
