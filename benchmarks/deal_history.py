"""A dashboard of 12 tiles over 10 M changes of deals: the data, the questions, and the same tiles as SQL by hand."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import duckdb

from core.settings import Settings
from metrics import Grain, MetricQuery
from services.definitions import apply_definitions
from services.organisation import create_tenant
from services.platform import Platform
from services.results import ResultCache
from services.rollup_shelf import RollupShelf
from tenants.access import Principal, operator
from tenants.store import LoadTable
from tenants.store.store import Store

ROWS = 10_000_000
_TODAY = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)
_MAKE = """
COPY (
    SELECT
        i AS id,
        DATE '2023-07-01' + CAST(i * 1080 // {rows} AS INTEGER) AS changed,
        ['new', 'qualified', 'proposal', 'contract', 'won', 'lost', 'stalled', 'reopened'][
            1 + CAST(hash(i) % 8 AS INTEGER)] AS stage,
        ['EMEA', 'Americas', 'APAC', 'DACH', 'Nordics'][1 + CAST(hash(i, 1) % 5 AS INTEGER)] AS region,
        ['Small', 'Middle', 'Large'][1 + CAST(hash(i, 2) % 3 AS INTEGER)] AS segment,
        'product ' || hash(i, 3) % 12 AS product,
        'owner ' || hash(i, 4) % 200 AS owner,
        CAST(hash(i, 5) % 9000000 / 100 AS DECIMAL(12, 2)) AS amount
    FROM range({rows}) AS rows(i)
) TO '{file}' (FORMAT parquet)
"""
_MODEL = """
model: changes
table: changes
key: id
time: changed
dimensions: {stage: {}, region: {}, segment: {}, product: {}, owner: {}, changed: {type: time}}
measures:
  amount: {agg: sum, sql: amount}
  won_amount: {agg: sum, sql: amount, where: "stage = 'won'"}
  changes: {agg: count}
  won: {agg: count, where: "stage = 'won'"}
  closed: {agg: count, where: "stage IN ('won', 'lost')"}
metrics:
  amount: {kind: simple, measure: amount}
  bookings: {kind: simple, measure: won_amount}
  changes: {kind: simple, measure: changes}
  win_rate: {kind: ratio, numerator: won, denominator: closed}
  average_deal: {kind: ratio, numerator: won_amount, denominator: won}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A tile: what is asked, and how somebody would write it by hand."""

    query: MetricQuery
    sql: str


_WON = "sum(amount) FILTER (WHERE stage = 'won')"
_RATE = "count(*) FILTER (WHERE stage = 'won') / count(*) FILTER (WHERE stage IN ('won', 'lost'))"
_MEAN = f"CAST({_WON} AS DOUBLE) / count(*) FILTER (WHERE stage = 'won')"
_MONTH = "CAST(date_trunc('month', changed) AS DATE) AS period"


def _tile(metric: str, value: str, *, by: tuple[str, ...] = (), is_trend: bool = False, **more: object) -> Tile:
    """A tile of this year, or a trend of two."""
    start = dt.date(2024, 7, 1) if is_trend else dt.date(2026, 1, 1)
    grain = Grain.MONTH if is_trend else None
    query = MetricQuery(
        metrics=(metric,),
        by=by,
        grain=grain,
        start=start,
        end=dt.date(2026, 6, 14),
        **more,  # type: ignore[arg-type]
    )
    keys = [_MONTH] if is_trend else []
    keys += by
    columns = ", ".join([*keys, f"{value} AS {metric}"])
    places = ", ".join(str(place + 1) for place in range(len(keys)))
    sql = f"SELECT {columns} FROM changes WHERE changed >= DATE '{start}' AND changed < DATE '2026-06-15'"  # noqa: S608
    order = f" ORDER BY {metric} DESC, owner LIMIT 10" if query.limit else f" ORDER BY {places}" if places else ""
    return Tile(query=query, sql=sql + (f" GROUP BY {places}" if places else "") + order)


TILES = (
    _tile("bookings", _WON),
    _tile("changes", "count(*)"),
    _tile("win_rate", _RATE),
    _tile("bookings", _WON, is_trend=True),
    _tile("win_rate", _RATE, is_trend=True),
    _tile("average_deal", _MEAN, is_trend=True),
    _tile("bookings", _WON, by=("region",)),
    _tile("changes", "count(*)", by=("stage",)),
    _tile("win_rate", _RATE, by=("segment",)),
    _tile("amount", "sum(amount)", by=("product",)),
    _tile("bookings", _WON, by=("region",), is_trend=True),
    _tile("amount", "sum(amount)", by=("owner",), order=("-amount",), limit=10),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """The tenant with the data, and the store they are in."""

    platform: Platform
    principal: Principal

    @property
    def store(self) -> Store:
        """The open store."""
        return self.platform.store(self.principal.tenant)

    def forget(self) -> None:
        """Nothing is known any more: no answer, no rollup; the store is opened anew by the next use."""
        self.platform.results = ResultCache(self.platform.settings.result_cache_mb * 1024 * 1024)
        self.platform.rollups = RollupShelf()
        self.store.rest()
        self.store.schema()

    def forget_answers(self) -> None:
        """No answer is known any more; rollups are."""
        self.platform.results = ResultCache(self.platform.settings.result_cache_mb * 1024 * 1024)


@contextmanager
def open_dashboard(rows: int = ROWS) -> Iterator[Dashboard]:
    """A tenant of its own with the data loaded, in a folder that is removed in the end."""
    with TemporaryDirectory() as folder:
        platform = Platform(Settings(data=Path(folder)), clock=lambda: _TODAY)
        try:
            tenant = create_tenant(platform, slug="bench", name="Bench", currency="EUR", zone="Europe/Berlin")
            principal = operator(tenant)
            store = platform.store(tenant)
            file = store.staging / "changes.parquet"
            with duckdb.connect(config={"memory_limit": "1GB", "threads": 2}) as maker:
                maker.execute(_MAKE.format(rows=rows, file=file))
            store.load([LoadTable(name="changes", parquet=file)])
            file.unlink()
            apply_definitions(platform, principal, {"changes.yaml": dedent(_MODEL)})
            yield Dashboard(platform=platform, principal=principal)
        finally:
            platform.close()
