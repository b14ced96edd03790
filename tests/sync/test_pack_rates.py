"""Amounts of several currencies in the organisation's: by the rate of their day, and never without one."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import ConflictError, InvalidError
from metrics import MetricQuery
from services.pack.pack import apply_pack, draft_pack
from services.platform import Platform
from services.query import ask
from services.sync.choice import StreamWish
from services.sync.job import run_sync
from services.sync.runs import RunStatus
from services.sync.sources import save_source
from tenants.access import Principal
from tests.sync.plants import deal
from tests.sync.vendors.pipedrive import PipedrivePlant

# Each won but the last two, which are open: one is expected in the far future, one has no day.
_DEALS = (
    ("100", "USD", "won", "2026-03-02"), ("10", "EUR", "won", "2026-03-02"), ("10", "EUR", "won", "2026-03-04"),
    ("10", "EUR", "won", "2026-03-11"), ("10", "EUR", "won", "2026-03-01"), ("7", "GBP", "won", "2026-03-02"),
    ("3", None, "won", "2026-03-02"), ("1000", "JPY", "won", "2026-03-02"), ("10", "EUR", "open", "2027-01-01"),
    ("10", "EUR", "open", None),
)  # fmt: skip
# EUR for two days, GBP twice for one day and not alike, JPY at nothing.
_RATES = (
    ("2026-03-02", "EUR", "1.10"), ("2026-03-05", "EUR", "1.25"), ("2026-03-02", "GBP", "1.3"),
    ("2026-03-02", "gbp", "1.4"), ("2026-03-02", "JPY", "0"),
)  # fmt: skip


class Deals(PipedrivePlant):
    """Deals in several currencies."""

    def __init__(self) -> None:
        super().__init__()
        self.put([deal(number, minute=number) for number in range(1, len(_DEALS) + 1)])

    def _deal(self, number: int) -> dict[str, object]:
        amount, currency, status, day = _DEALS[number - 1]
        return {
            **super()._deal(number), "value": float(amount), "currency": currency, "status": status,
            "expected_close_date": day,
        }  # fmt: skip


@pytest.fixture
def synced(platform: Platform, asking: Principal) -> Iterator[None]:
    """The deals in the store."""
    plant = Deals()
    try:
        save_source(platform, asking, name="crm", kind="pipedrive", values=plant.values, wishes={"deals": StreamWish()})
        assert run_sync(platform, asking, "crm", wait=lambda _: False).status is RunStatus.DONE
        yield
    finally:
        plant.close()


def load_rates(platform: Platform, asking: Principal, folder: Path, rows: Sequence[Sequence[str]], head: str) -> None:
    """A file of rates, synced as any other."""
    folder.mkdir(exist_ok=True)
    (folder / "currency_rates.csv").write_text("\n".join([head, *(",".join(row) for row in rows)]) + "\n")
    save_source(platform, asking, name="rates", kind="files", values={"path": str(folder)})
    assert run_sync(platform, asking, "rates", wait=lambda _: False).status is RunStatus.DONE


def values(platform: Platform, asking: Principal) -> Callable[[str], object]:
    return lambda metric: ask(platform, asking, MetricQuery(metrics=(metric,))).rows()[0][0]


@pytest.mark.usefixtures("synced")
def test_each_amount_is_converted_at_the_rate_of_its_day_and_what_has_none_is_counted(
    platform: Platform, asking: Principal, tmp_path: Path
) -> None:
    load_rates(platform, asking, tmp_path / "rates", _RATES, "date,currency,rate")
    assert apply_pack(platform, asking, "crm").changed == ("deals",)
    value = values(platform, asking)
    # 100 + 3 as they are, 10 x 1.10 on the day, 10 x 1.10 two days on, 10 x 1.25 six days on.
    assert value("bookings") == Decimal("137.50")
    # A day before the first rate, two rates of one day, and a rate of nothing: three amounts are in no sum.
    assert value("deals_without_rate") == 3
    # What is open is taken at the newest rate.
    assert value("open_pipeline") == Decimal("25.00")
    assert value("won_deals") == 8


@pytest.mark.usefixtures("synced")
def test_a_rate_does_not_hold_longer_than_a_week(platform: Platform, asking: Principal, tmp_path: Path) -> None:
    load_rates(platform, asking, tmp_path / "rates", [("2026-02-23", "EUR", "2")], "date,currency,rate")
    apply_pack(platform, asking, "crm")
    value = values(platform, asking)
    # Of the four deals won in EUR only the one of 1 March is within a week of the rate.
    assert (value("bookings"), value("deals_without_rate")) == (Decimal("123.00"), 5)


@pytest.mark.usefixtures("synced")
def test_rates_that_come_later_are_taken_once_the_mapping_is_replaced(
    platform: Platform, asking: Principal, tmp_path: Path
) -> None:
    apply_pack(platform, asking, "crm")
    value = values(platform, asking)
    # Without rates every other currency is left out, and counted: six in EUR, of which two are open, GBP and JPY.
    assert (value("bookings"), value("deals_without_rate")) == (Decimal("103.00"), 8)
    load_rates(platform, asking, tmp_path / "rates", _RATES, "date,currency,rate")
    with pytest.raises(ConflictError, match="somebody else"):
        apply_pack(platform, asking, "crm")
    apply_pack(platform, asking, "crm", replaces=True)
    assert value("bookings") == Decimal("137.50")


@pytest.mark.usefixtures("synced")
def test_a_table_of_rates_without_its_columns_is_refused(platform: Platform, asking: Principal, tmp_path: Path) -> None:
    load_rates(platform, asking, tmp_path / "rates", [("2026-03-02", "1.1")], "date,eur")
    with pytest.raises(InvalidError, match="currency_rates has no currency, rate; it needs date, currency and rate"):
        draft_pack(platform, asking, "crm")
