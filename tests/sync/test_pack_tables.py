"""The canonical tables beside deals and invoices: each metric against a count by hand of what the vendor has."""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import pytest

from connectors.contract import SyncMode
from core.errors import InvalidError
from metrics import MetricQuery
from services.events.keys import create_write_key
from services.events.receive import receive_events
from services.pack.pack import apply_pack, draft_pack
from services.platform import Platform
from services.query import ask
from services.sync.choice import StreamWish
from services.sync.job import run_sync
from services.sync.runs import RunStatus
from services.sync.sources import save_source
from tenants.access import Principal
from tests.sync.vendors.hubspot import TOKEN, HubSpot
from tests.sync.vendors.pipedrive import PipedrivePlant
from tests.sync.vendors.plant import Answer
from tests.sync.vendors.salesforce import SalesforcePlant
from tests.sync.vendors.server import Query, serving
from tests.sync.vendors.stripe import StripePlant

Value = Callable[[str], object]
Split = Callable[[str, str], dict[object, object]]


@pytest.fixture
def value(platform: Platform, asking: Principal) -> Value:
    """A metric over everything."""
    return lambda metric: ask(platform, asking, MetricQuery(metrics=(metric,))).rows()[0][0]


@pytest.fixture
def split(platform: Platform, asking: Principal) -> Split:
    """A metric by the members of a dimension."""

    def ask_by(metric: str, by: str) -> dict[object, object]:
        rows = ask(platform, asking, MetricQuery(metrics=(metric,), by=(by,))).rows()
        return {row[0]: row[1] for row in rows}

    return ask_by


def bring(
    platform: Platform, asking: Principal, kind: str, values: Mapping[str, object], streams: Sequence[str]
) -> None:
    """Connect the streams as `crm`, sync them and put the pack on them."""
    wishes = {name: StreamWish(mode=SyncMode.FULL) for name in streams}
    save_source(platform, asking, name="crm", kind=kind, values=values, wishes=wishes)
    run = run_sync(platform, asking, "crm", wait=lambda _: False)
    assert run.status is RunStatus.DONE, run.message
    apply_pack(platform, asking, "crm")


def hubspot_world() -> HubSpot:
    """Two companies, three people, two deals with their history, and seven activities of which six were done."""
    world = HubSpot()
    activity = {"hs_timestamp": "datetime", "hubspot_owner_id": "string", "hs_object_id": "number"}
    world.other_properties = {
        "companies": {"name": "string", "domain": "string", "industry": "string", "createdate": "datetime"},
        "contacts": {
            "firstname": "string", "lastname": "string", "email": "string", "createdate": "datetime",
            "hs_lifecyclestage_salesqualifiedlead_date": "datetime", "hs_analytics_source": "string",
            "hs_analytics_first_timestamp": "datetime", "hs_analytics_first_touch_converting_campaign": "string",
        },
        "calls": {**activity, "hs_call_disposition": "string"},
        "meetings": {**activity, "hs_meeting_outcome": "string"},
        "tasks": {**activity, "hs_task_status": "string"},
        "products": {"name": "string", "hs_sku": "string", "createdate": "datetime"},
    }  # fmt: skip
    began, at = {"createdate": "2026-01-05T10:00:00Z"}, {"hs_timestamp": "2026-02-01T09:00:00Z"}
    connected = "f240bbac-87c9-4f6e-bf70-924b57d47db7"
    qualified = {"hs_lifecyclestage_salesqualifiedlead_date": "2026-01-09T10:00:00Z"}
    search = {"hs_analytics_source": "PAID_SEARCH", "hs_analytics_first_timestamp": "2026-01-04T08:00:00Z"}
    world.others = {
        "companies": {1: {"name": "Acme", "industry": "Mining", **began}, 2: {"name": "Globex", **began}},
        "contacts": {
            11: {"firstname": "Ann", "lastname": "Lee", **began, **search},
            12: {"firstname": "Bo", **began, **search, **qualified},
            13: {"firstname": "Cy", **began},
        },
        "calls": {
            21: {**at, "hs_call_disposition": connected}, 22: {**at, "hs_call_disposition": connected},
            23: {**at, "hs_call_disposition": "73a0d17f-1163-4015-bdd5-ec830791da20"},
        },
        "meetings": {31: {**at, "hs_meeting_outcome": "COMPLETED"}, 32: {**at, "hs_meeting_outcome": "NO_SHOW"}},
        "tasks": {41: {**at, "hs_task_status": "COMPLETED"}, 42: {**at, "hs_task_status": "NOT_STARTED"}},
        "products": {51: {"name": "Basic"}, 52: {"name": "Pro"}},
    }  # fmt: skip
    world.companies_of = {("contacts", 11): [1], ("contacts", 12): [1], ("calls", 21): [1], ("meetings", 31): [2]}
    world.owners = [{"id": "9", "email": "ann@example.com", "firstName": "Ann", "lastName": "Ray"}, {"id": "8"}]
    world.properties |= {"hs_is_closed_won": "bool", "hubspot_owner_id": "string", "dealstage": "string"}
    won = {"hs_is_closed": "true", "hs_is_closed_won": "true", "closedate": "2026-02-01T00:00:00Z"}
    world.put(1, amount="100", hubspot_owner_id="9", dealstage="won", **won)
    world.put(2, amount="40", hubspot_owner_id="8", dealstage="won", **won)
    world.histories = {
        # Put off once within the quarter, then into the next one; it entered two stages after its first.
        1: {
            "dealstage": [("new", "2026-01-05T00:00:00Z"), ("demo", "2026-01-10T00:00:00Z"),
                          ("won", "2026-02-01T00:00:00Z")],
            "closedate": [("2026-01-20T00:00:00Z", "2026-01-05T00:00:00Z"),
                          ("2026-03-20T00:00:00Z", "2026-01-10T00:00:00Z"),
                          ("2026-04-02T00:00:00Z", "2026-01-15T00:00:00Z"),
                          ("2026-02-01T00:00:00Z", "2026-02-01T00:00:00Z")],
        },
        2: {"dealstage": [("new", "2026-01-05T00:00:00Z"), ("new", "2026-01-06T00:00:00Z")]},
    }  # fmt: skip
    return world


def test_hubspot_gives_accounts_people_activities_touches_and_changes_of_deals(
    platform: Platform, asking: Principal, value: Value, split: Split
) -> None:
    world = hubspot_world()
    with serving(world.answer) as server:
        values = {"token": TOKEN, "base_url": server.address}
        streams = ("deals", "contacts", "companies", "calls", "meetings", "tasks", "products", "owners", "deal_stages",
                   "deal_changes")  # fmt: skip
        bring(platform, asking, "hubspot", values, streams)
    counts = {
        "accounts_created": 2, "leads": 3, "qualified_leads": 1, "activities": 6, "meetings_held": 1,
        "accounts_worked": 2, "touches": 2, "people_reached": 2, "products": 2, "owners": 2, "bookings": Decimal(140),
        "stage_changes": 2, "slips": 2, "slips_past_quarter": 1,
    }  # fmt: skip
    assert {name: value(name) for name in counts} == counts
    assert (value("lead_qualification_rate"), value("connect_rate")) == pytest.approx((1 / 3, 2 / 3))
    # Across the joins: deals by the name of their owner, people by the industry of their company.
    assert split("bookings", "owner") == {"Ann Ray": Decimal(100), "": Decimal(40)}
    assert split("leads", "industry") == {"Mining": 2, None: 1}
    assert split("touches", "channel") == {"PAID_SEARCH": 2}
    # Stages have the names that people gave them.
    assert split("won_deals", "stage") == {"Won": 2}
    assert split("stage_changes", "stage_entered") == {"demo": 1, "new": 0, "Won": 1, None: 0}


def test_hubspot_is_connected_with_a_token_that_may_not_read_everything(platform: Platform, asking: Principal) -> None:
    world = hubspot_world()
    world.refuses = {"emails", "products"}
    with serving(world.answer) as server:
        values = {"token": TOKEN, "base_url": server.address}
        found = save_source(platform, asking, name="crm", kind="hubspot", values=values)
    assert {"deals", "calls", "tasks"} <= set(found.streams)
    assert not {"emails", "products"} & set(found.streams)


class SalesforceWorld(SalesforcePlant):
    """An organisation with other objects than opportunities, each a table of text but for what is declared."""

    OBJECTS: Mapping[str, tuple[Mapping[str, str], Sequence[Sequence[object]]]] = {
        "Account": ({"Id": "id", "Name": "string", "Industry": "picklist", "CreatedDate": "datetime"}, [
            ("001", "Acme", "Mining", "2026-01-05T10:00:00.000Z"), ("002", "Globex", None, "2026-01-06T10:00:00.000Z"),
        ]),
        "Contact": ({"Id": "id", "Name": "string", "AccountId": "reference", "CreatedDate": "datetime"}, [
            ("003", "Ann", "001", "2026-01-05T10:00:00.000Z"),
        ]),
        "User": ({"Id": "id", "Name": "string", "Email": "email"}, [("005", "Ann Ray", "ann@example.com")]),
        "OpportunityHistory": (
            {"Id": "id", "OpportunityId": "reference", "StageName": "picklist", "CloseDate": "date",
             "Amount": "currency", "CreatedDate": "datetime"},
            [
                ("h1", "006a", "New", "2026-01-20", None, "2026-01-05T10:00:00.000Z"),
                # The stage and the day change at once, and then the day alone, into the next quarter.
                ("h2", "006a", "Demo", "2026-03-20", 10, "2026-01-10T10:00:00.000Z"),
                ("h3", "006a", "Demo", "2026-04-02", 10, "2026-01-15T10:00:00.000Z"),
                ("h4", "006b", "New", "2026-01-20", 10, "2026-01-16T10:00:00.000Z"),
            ],
        ),
        "Task": (
            {"Id": "id", "TaskSubtype": "picklist", "AccountId": "reference", "ActivityDate": "date",
             "IsClosed": "boolean", "OwnerId": "reference"},
            [("00t1", "Call", "001", "2026-02-01", True, "005"), ("00t2", "Email", "001", "2026-02-01", False, "005")],
        ),
        "Event": ({"Id": "id", "AccountId": "reference", "ActivityDate": "date"}, [("00u1", "002", "2026-02-02")]),
        "Campaign": ({"Id": "id", "Name": "string", "Type": "picklist"}, [("701", "Spring", "Webinar")]),
        "CampaignMember": (
            {"Id": "id", "CampaignId": "reference", "ContactId": "reference", "LeadId": "reference",
             "AccountId": "reference", "Status": "picklist", "CreatedDate": "datetime"},
            [("m1", "701", "003", None, "001", "Responded", "2026-01-07T10:00:00.000Z"),
             ("m2", "701", None, "00Q1", None, "Sent", "2026-01-08T10:00:00.000Z")],
        ),
        "Product2": ({"Id": "id", "Name": "string", "ProductCode": "string"}, [("01t1", "Basic", "B1")]),
    }  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        for name, (fields, rows) in self.OBJECTS.items():
            self._data.execute(f"CREATE TABLE {name} ({', '.join(fields)})")
            marks = ", ".join("?" * len(fields))
            self._data.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)

    @property
    def values(self) -> dict[str, object]:
        return super().values | {"objects": ", ".join(self.OBJECTS)}

    def answer(self, method: str, path: str, query: Query, body: object) -> Answer:
        name = path.split("/")[-2]
        if path.endswith("/describe") and name in self.OBJECTS:
            fields = [{"name": one, "type": kind} for one, kind in self.OBJECTS[name][0].items()]
            return 200, {}, {"name": name, "replicateable": True, "fields": fields}
        return super().answer(method, path, query, body)

    def _query(self, soql: str) -> Answer:
        status, headers, content = super()._query(soql)
        for record in content["records"] if isinstance(content, dict) else []:
            if "IsClosed" in record:
                record["IsClosed"] = bool(record["IsClosed"])
        return status, headers, content


def test_salesforce_gives_accounts_people_activities_touches_and_changes_of_deals(
    platform: Platform, asking: Principal, value: Value, split: Split
) -> None:
    plant = SalesforceWorld()
    try:
        bring(platform, asking, "salesforce", plant.values, list(SalesforceWorld.OBJECTS))
    finally:
        plant.close()
    counts = {
        "accounts_created": 2, "leads": 1, "activities": 2, "accounts_worked": 2, "owners": 1, "touches": 2,
        "people_reached": 2, "products": 1, "stage_changes": 1, "slips": 2, "slips_past_quarter": 1,
    }  # fmt: skip
    assert {name: value(name) for name in counts} == counts
    assert split("touches", "channel") == {"Webinar": 2}
    assert split("touches", "campaign") == {"Spring": 2}
    assert split("activities", "activity") == {"call": 1, "meeting": 1}
    assert split("leads", "industry") == {"Mining": 1}
    # It tells neither which meetings were held nor which calls were answered: no metric says 0.
    drafts = draft_pack(platform, asking, "crm", only=["activities"])["activities.yaml"]
    assert "meetings_held" not in drafts
    assert "connect_rate" not in drafts


class PipedriveWorld(PipedrivePlant):
    """A company with lists beside deals."""

    LISTS: Mapping[str, list[dict[str, object]]] = {
        "/api/v2/organizations": [
            {"id": 1, "name": "Acme", "website": "acme.example", "add_time": "2026-01-05T10:00:00Z"},
            {"id": 2, "name": "Globex", "website": None, "add_time": "2026-01-05T10:00:00Z"},
        ],
        "/api/v2/persons": [{"id": 3, "name": "Ann", "org_id": 1, "owner_id": 9, "add_time": "2026-01-05T10:00:00Z"}],
        "/api/v2/activities": [
            {"id": 4, "type": "call", "org_id": 1, "owner_id": 9, "done": True, "due_date": "2026-02-01"},
            {"id": 5, "type": "meeting", "org_id": 2, "owner_id": 9, "done": True, "due_date": "2026-02-01"},
            {"id": 6, "type": "meeting", "org_id": 2, "owner_id": 9, "done": False, "due_date": "2026-02-01"},
        ],
        "/api/v2/products": [{"id": 7, "name": "Basic", "code": "B1", "add_time": "2026-01-05T10:00:00Z"}],
        "/v1/users": [{"id": 9, "name": "Ann Ray", "email": "ann@example.com"}],
    }

    def answer(self, method: str, path: str, query: Query, body: object) -> Answer:
        if path in self.LISTS:
            return self._list(self.LISTS[path], None)
        return super().answer(method, path, query, body)


def test_pipedrive_gives_accounts_people_and_activities_that_were_done(
    platform: Platform, asking: Principal, value: Value, split: Split
) -> None:
    plant = PipedriveWorld()
    try:
        bring(
            platform, asking, "pipedrive", plant.values, ["organizations", "persons", "activities", "products", "users"]
        )
    finally:
        plant.close()
    counts = {
        "accounts_created": 2, "leads": 1, "activities": 2, "meetings_held": 1, "accounts_worked": 2, "owners": 1,
        "products": 1,
    }  # fmt: skip
    assert {name: value(name) for name in counts} == counts
    assert split("activities", "owner") == {"Ann Ray": 2}
    assert split("leads", "account") == {"Acme": 1}


def seconds(day: str) -> int:
    return int(dt.datetime.fromisoformat(f"{day}T00:00:00+00:00").timestamp())


class StripeWorld(StripePlant):
    """Four subscriptions: 30.00 a month for three seats, 120.00 a year, one that ended, and one that is tried."""

    def answer(self, method: str, path: str, query: Query, body: object) -> Answer:
        if path == "/v1/subscriptions":
            assert query["status"] == "all"
            told = [
                self.subscription("a", "cus_1", "active", "2026-01-10", [(3, 1000, "month"), (1, 12_000, "year")]),
                self.subscription("b", "cus_2", "canceled", "2026-01-12", [(1, 500, "month")], ended="2026-02-20"),
                self.subscription("c", "cus_3", "trialing", "2026-01-12", [(1, 9900, "month")], trial="2026-06-01"),
                self.subscription("d", "cus_4", "active", "2026-01-01", [(1, 700, "month")], trial="2026-03-01"),
            ]
            return self._page(told, query)
        if path == "/v1/products":
            return self._page([{"id": "prod_1", "name": "Basic", "created": seconds("2026-01-01")}], query)
        if path == "/v1/customers":
            told = [
                {"id": f"cus_{number}", "name": f"Shop {number}", "email": f"ann@shop{number}.example",
                 "created": seconds("2026-01-01")} for number in range(1, 5)
            ]  # fmt: skip
            return self._page(told, query)
        return super().answer(method, path, query, body)

    def subscription(
        self, name: str, customer: str, status: str, start: str, prices: Sequence[tuple[int, int, str]], *,
        ended: str = "", trial: str = "",
    ) -> dict[str, object]:  # fmt: skip
        items = [
            {
                "id": f"si_{name}{number}", "quantity": seats,
                "price": {
                    "id": f"price_{amount}", "product": "prod_1", "currency": "usd", "unit_amount": amount,
                    "unit_amount_decimal": str(amount), "recurring": {"interval": interval, "interval_count": 1},
                },
            }
            for number, (seats, amount, interval) in enumerate(prices)
        ]  # fmt: skip
        return {
            "id": f"sub_{name}", "customer": customer, "status": status, "start_date": seconds(start),
            "trial_end": seconds(trial) if trial else None, "ended_at": seconds(ended) if ended else None,
            "canceled_at": None, "items": {"object": "list", "data": items, "has_more": False},
        }  # fmt: skip


def test_stripe_gives_recurring_revenue_by_the_month_and_the_customers_who_pay(
    platform: Platform, asking: Principal
) -> None:
    plant = StripeWorld()
    try:
        bring(platform, asking, "stripe", plant.values, ["customers", "products", "subscription_items"])
    finally:
        plant.close()

    def month(number: int, metric: str) -> object:
        first = dt.date(2026, number, 1)
        last = dt.date(2026, number + 1, 1) - dt.timedelta(days=1)
        return ask(platform, asking, MetricQuery(metrics=(metric,), start=first, end=last)).rows()[0][0]

    # January: 3 x 10 + 120 / 12 and 5; February lost the 5; March began to be paid 7. What is tried is not paid.
    assert [month(number, "mrr") for number in (1, 2, 3)] == [Decimal(45), Decimal(40), Decimal(47)]
    assert [month(number, "customers") for number in (1, 2, 3)] == [2, 1, 2]
    assert month(3, "arr") == Decimal(564)
    assert (month(2, "ended_mrr"), month(1, "started_mrr")) == (Decimal(5), Decimal(45))
    by_product = ask(platform, asking, MetricQuery(metrics=("started_mrr",), by=("product", "account"))).rows()
    assert ("Basic", "Shop 1", Decimal(40)) in by_product


def test_events_in_are_a_table_of_the_pack_too(platform: Platform, asking: Principal, value: Value) -> None:
    with pytest.raises(InvalidError, match="events of events was not synced yet"):
        draft_pack(platform, asking, "events")
    key = create_write_key(platform, asking, "website")
    sent = [
        {"id": str(number), "event": "signed_up", "at": "2026-03-01T09:30:00Z", "user_id": f"u{number % 2}"}
        for number in range(5)
    ]
    assert receive_events(platform, key, json.dumps({"events": sent}).encode()).added == 5
    assert apply_pack(platform, asking, "events").changed == ("events",)
    assert (value("events"), value("active_users"), value("active_accounts")) == (5, 2, 0)


def test_a_second_source_adds_what_the_first_has_not_and_a_table_can_be_chosen(
    platform: Platform, asking: Principal, value: Value
) -> None:
    world, plant = hubspot_world(), StripeWorld()
    try:
        with serving(world.answer) as server:
            hubspot = {"token": TOKEN, "base_url": server.address}
            bring(platform, asking, "hubspot", hubspot, ["companies", "products"])
        streams = {name: StreamWish(mode=SyncMode.FULL) for name in ("customers", "subscription_items")}
        save_source(
            platform, asking, name="bills", kind="stripe", values=plant.values, wishes=streams, prefix="stripe_"
        )
        assert run_sync(platform, asking, "bills", wait=lambda _: False).status is RunStatus.DONE
    finally:
        plant.close()
    assert set(draft_pack(platform, asking, "bills")) == {"accounts.yaml", "subscriptions.yaml"}
    applied = apply_pack(platform, asking, "bills")
    # Customers of Stripe have other keys than the companies of HubSpot, whose model stays: nothing is joined to it.
    assert applied.changed == ("subscriptions",)
    assert "to: accounts" not in draft_pack(platform, asking, "bills", only=["subscriptions"])["subscriptions.yaml"]
    assert value("accounts_created") == 2
    with pytest.raises(InvalidError, match="no mapping to 'deal'"):
        draft_pack(platform, asking, "bills", only=["deal"])
