"""The revenue pack on what was synced from each vendor: metrics against hand-written SQL over the vendor's rows."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import ClassVar

import pytest

from core.errors import ConflictError, InvalidError
from metrics import DefinitionError, MetricQuery
from services.catalogue import model_versions, save_model
from services.organisation import create_tenant
from services.pack.pack import apply_pack, draft_pack
from services.platform import Platform
from services.query import ask
from services.sql import run_sql
from services.sync.choice import StreamWish
from services.sync.job import run_sync
from services.sync.runs import RunStatus
from services.sync.sources import save_source
from tenants.access import Principal, operator
from tests.sync.plants import deal
from tests.sync.vendors.hubspot import HubSpotPlant
from tests.sync.vendors.pipedrive import PipedrivePlant
from tests.sync.vendors.plant import Answer, ApiPlant
from tests.sync.vendors.salesforce import SalesforcePlant
from tests.sync.vendors.server import Query
from tests.sync.vendors.stripe import StripePlant

# Five deals: two won (100 and 50 in USD), one lost, one open, and one won in EUR, whose amount is left out.
_WORLD = (
    ("won", "100.25", "USD", "2026-01-10"), ("won", "50", "USD", "2026-02-10"), ("lost", "70", "USD", "2026-02-11"),
    ("open", "30.5", "USD", "2026-03-01"), ("won", "1000", "EUR", "2026-02-12"),
)  # fmt: skip


class HubSpotDeals(HubSpotPlant):
    """With HubSpot's own properties of a deal."""

    def __init__(self) -> None:
        super().__init__()
        self._account.properties |= {
            "hs_is_closed": "bool", "hs_is_closed_won": "bool", "closedate": "datetime",
            "deal_currency_code": "enumeration",
        }  # fmt: skip
        for number, (state, amount, currency, day) in enumerate(_WORLD, start=1):
            self._account.put(
                number, amount=amount, deal_currency_code=currency, closedate=f"{day}T12:00:00Z",
                hs_is_closed=str(state != "open").lower(), hs_is_closed_won=str(state == "won").lower(),
            )  # fmt: skip


class PipedriveDeals(PipedrivePlant):
    """With the status and the currency of a deal."""

    def __init__(self) -> None:
        super().__init__()
        self.put([deal(number, minute=number) for number in range(1, 6)])

    def _deal(self, number: int) -> dict[str, object]:
        state, amount, currency, day = _WORLD[number - 1]
        told = {"status": state, "value": float(amount), "currency": currency, "expected_close_date": day}
        closed = {} if state == "open" else {"close_time": f"{day}T12:00:00Z"}
        return {**super()._deal(number), **told, **closed}


class SalesforceDeals(SalesforcePlant):
    """With the fields of an opportunity that tell how it ended."""

    names: ClassVar = {
        **SalesforcePlant.names, "IsClosed": "IsClosed", "IsWon": "IsWon", "CurrencyIsoCode": "CurrencyIsoCode"
    }  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.fields |= {"IsClosed": "boolean", "IsWon": "boolean", "CurrencyIsoCode": "picklist"}
        for name in ("IsClosed", "IsWon", "CurrencyIsoCode"):
            self._data.execute(f"ALTER TABLE Opportunity ADD COLUMN {name}")
        for number, (state, amount, currency, day) in enumerate(_WORLD, start=1):
            told = {"IsClosed": state != "open", "IsWon": state == "won", "CurrencyIsoCode": currency}
            row = deal(number, minute=number, amount=float(amount), closed_on=dt.date.fromisoformat(day))
            self.put([row | told])

    def _query(self, soql: str) -> Answer:
        status, headers, content = super()._query(soql)
        for record in content["records"] if isinstance(content, dict) else []:
            for name in ("IsClosed", "IsWon"):
                if name in record:
                    record[name] = bool(record[name])
        return status, headers, content


_DEALS = {"hubspot": HubSpotDeals, "pipedrive": PipedriveDeals, "salesforce": SalesforceDeals}
_BY_HAND = {
    "hubspot": (
        "SELECT sum(CAST(amount AS DECIMAL(18, 2))) FROM deals WHERE hs_is_closed_won AND deal_currency_code = 'USD'"
    ),
    "pipedrive": "SELECT sum(value) FROM deals WHERE status = 'won' AND currency = 'USD'",
    "salesforce": "SELECT sum(amount) FROM opportunity WHERE iswon AND currencyisocode = 'USD'",
}


@pytest.fixture(params=sorted(_DEALS))
def plant(request: pytest.FixtureRequest) -> Iterator[ApiPlant]:
    made: ApiPlant = _DEALS[request.param]()
    yield made
    made.close()


@pytest.fixture
def synced(platform: Platform, asking: Principal, plant: ApiPlant) -> Callable[[str], object]:
    """The plant's deals in the store; answers a metric over everything."""
    save_source(platform, asking, name="crm", kind=plant.kind, values=plant.values, wishes={plant.stream: StreamWish()})
    run = run_sync(platform, asking, "crm", wait=lambda _: False)
    assert run.status is RunStatus.DONE, run.message
    return lambda metric: ask(platform, asking, MetricQuery(metrics=(metric,))).rows()[0][0]


def test_the_metrics_of_deals_are_those_of_the_vendors_rows(
    platform: Platform, asking: Principal, plant: ApiPlant, synced: Callable[[str], object]
) -> None:
    assert apply_pack(platform, asking, "crm").changed == ("deals",)
    by_hand = run_sql(platform, asking, _BY_HAND[plant.kind]).rows()[0][0]
    assert (synced("bookings"), Decimal(str(by_hand))) == (Decimal("150.25"), Decimal("150.25"))
    counts = ("won_deals", "lost_deals", "closed_deals", "open_deals", "open_pipeline", "win_rate")
    assert [synced(name) for name in counts] == [3, 1, 4, 1, Decimal("30.5"), 0.75]
    # Of the two whose amount counts.
    assert synced("average_deal") == pytest.approx(75.125)
    with pytest.raises(ConflictError, match="somebody else"):
        apply_pack(platform, asking, "crm")


@pytest.mark.parametrize("plant", ["pipedrive"], indirect=True)
def test_a_mapping_is_a_select_that_is_edited_under_the_guard(
    platform: Platform, asking: Principal, plant: ApiPlant, synced: Callable[[str], object]
) -> None:
    apply_pack(platform, asking, "crm")
    text = model_versions(platform, asking, "deals")[0].text
    assert "status = 'won'" in text
    save_model(platform, asking, "deals", text.replace("status = 'won'", "status IN ('won', 'lost')"), based_on=1)
    assert synced("won_deals") == 4
    with pytest.raises(DefinitionError):
        save_model(platform, asking, "deals", text.replace('FROM "deals"', "FROM read_csv('/etc/passwd')"), based_on=2)
    assert plant.kind == "pipedrive"


@pytest.mark.parametrize("plant", ["hubspot"], indirect=True)
def test_a_field_that_metrics_need_is_asked_for(platform: Platform, asking: Principal, plant: HubSpotDeals) -> None:
    del plant._account.properties["hs_is_closed_won"]
    save_source(platform, asking, name="crm", kind="hubspot", values=plant.values, wishes={"deals": StreamWish()})
    with pytest.raises(InvalidError, match=r"deals of crm was not synced yet\. Sync it first"):
        draft_pack(platform, asking, "crm")
    run_sync(platform, asking, "crm", wait=lambda _: False)
    with pytest.raises(InvalidError, match=r"deals has no hs_is_closed_won, which deals\.is_won is made of"):
        draft_pack(platform, asking, "crm")


class StripeInvoices(StripePlant):
    """Four invoices in the smallest unit of their currency."""

    INVOICES = (
        ("paid", "usd", 1999, 1999), ("open", "usd", 500, 100), ("void", "usd", 900, 0), ("paid", "jpy", 700, 700),
    )  # fmt: skip

    def answer(self, method: str, path: str, query: Query, body: object) -> Answer:
        if path != "/v1/invoices":
            return super().answer(method, path, query, body)
        return self._page([self._invoice(number) for number in range(len(self.INVOICES))], query)

    def _invoice(self, number: int) -> dict[str, object]:
        status, currency, total, paid = self.INVOICES[number]
        return {
            "id": f"in_{number}", "object": "invoice", "created": 1_767_225_600, "customer": "cus_1", "status": status,
            "currency": currency, "total": total, "amount_paid": paid, "amount_remaining": total - paid,
        }  # fmt: skip


@pytest.mark.parametrize(("currency", "expected"), [("USD", ("24.99", "20.99", "4")), ("JPY", ("700", "700", None))])
def test_the_metrics_of_invoices_are_in_whole_units_of_the_organisations_currency(
    platform: Platform, currency: str, expected: tuple[str | None, ...]
) -> None:
    plant = StripeInvoices()
    asking = operator(create_tenant(platform, slug="shop", name="Shop", currency=currency))
    save_source(platform, asking, name="billing", kind="stripe", values=plant.values, wishes={"invoices": StreamWish()})
    run_sync(platform, asking, "billing", wait=lambda _: False)
    plant.close()
    apply_pack(platform, asking, "billing")
    row = ask(platform, asking, MetricQuery(metrics=("billed", "collected", "outstanding"))).rows()[0]
    assert row == tuple(None if value is None else Decimal(value) for value in expected)
