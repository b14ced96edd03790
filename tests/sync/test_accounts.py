"""Accounts of a CRM and of a billing system: which may be one, what is decided, and what follows for metrics."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal

import pytest
from sqlalchemy import select

from connectors.contract import SyncMode
from core.errors import ConflictError, ForbiddenError, InvalidError
from metrics import MetricQuery
from services.accounts.candidates import review_accounts
from services.accounts.links import Decision, Pair, decide_pairs, list_links, undo_decision
from services.organisation import add_member, create_tenant
from services.pack.pack import apply_pack
from services.platform import Platform
from services.query import ask
from services.sync.choice import StreamWish
from services.sync.job import run_sync
from services.sync.runs import RunStatus
from services.sync.sources import save_source
from tenants.access import Principal, operator
from tenants.audit import AuditAction
from tenants.schema import AuditRow
from tests.sync.vendors.hubspot import TOKEN, HubSpot
from tests.sync.vendors.plant import Answer
from tests.sync.vendors.server import Query, serving
from tests.sync.vendors.stripe import StripePlant

_COMPANIES = {
    1: ("Acme Inc.", "https://www.acme.example/about"), 2: ("Globex Corporation", "globex.example"),
    3: ("Initech", "initech.example"), 4: ("Umbrella", None), 5: ("Großhandel Müller GmbH", None),
    6: ("Stark", "stark.example"), 7: ("Stark", "stark.example"),
}  # fmt: skip
# By what: domain and name; domain alone; a mail provider; the same name and another domain; accents; twice the same.
_CUSTOMERS = {
    1: ("ACME", "ann@acme.example", 1000), 2: ("GX Billing", "bo@globex.example", 2000),
    3: ("Someone", "cy@gmail.com", 4000), 4: ("Umbrella Ltd", "di@umbrella.example", 8000),
    5: ("Grosshandel Muller", "ed@gmail.com", 100), 6: ("Stark", "ed@stark.example", 200),
    7: ("Initec", "fi@elsewhere.example", 400),
}  # fmt: skip


class Billing(StripePlant):
    """Customers with an open invoice each."""

    def answer(self, method: str, path: str, query: Query, body: object) -> Answer:
        if path == "/v1/customers":
            told = [
                {"id": f"cus_{number}", "name": name, "email": email, "created": 1_767_225_600}
                for number, (name, email, _) in _CUSTOMERS.items()
            ]
            return self._page(told, query)
        if path == "/v1/invoices":
            told = [
                {
                    "id": f"in_{number}", "created": 1_767_225_600, "customer": f"cus_{number}", "status": "open",
                    "currency": "usd", "total": cents, "amount_paid": 0, "amount_remaining": cents,
                }
                for number, (_, _, cents) in _CUSTOMERS.items()
            ]  # fmt: skip
            return self._page(told, query)
        return super().answer(method, path, query, body)


@pytest.fixture
def synced(platform: Platform, asking: Principal) -> Iterator[None]:
    """Companies of HubSpot as `crm`, customers and invoices of Stripe as `bills`."""
    world, plant = HubSpot(), Billing()
    world.other_properties = {"companies": {"name": "string", "domain": "string"}}
    world.others = {
        "companies": {number: {"name": name, "domain": domain} for number, (name, domain) in _COMPANIES.items()}
    }
    try:
        with serving(world.answer) as server:
            values = {"token": TOKEN, "base_url": server.address}
            bring(platform, asking, "crm", "hubspot", values, ["companies"])
        bring(platform, asking, "bills", "stripe", plant.values, ["customers", "invoices"])
        yield
    finally:
        plant.close()


def bring(
    platform: Platform, asking: Principal, name: str, kind: str, values: Mapping[str, object], streams: list[str]
) -> None:
    wishes = {stream: StreamWish(mode=SyncMode.FULL) for stream in streams}
    save_source(platform, asking, name=name, kind=kind, values=values, wishes=wishes)
    assert run_sync(platform, asking, name, wait=lambda _: False).status is RunStatus.DONE


def pair(customer: int, company: int) -> Pair:
    return Pair(source="bills", account_id=f"cus_{customer}", kept_source="crm", kept_id=str(company))


@pytest.mark.usefixtures("synced")
def test_pairs_are_found_by_domain_and_by_name_and_a_mail_provider_tells_nothing(
    platform: Platform, asking: Principal
) -> None:
    found = {one.pair: one for one in review_accounts(platform, asking)}
    assert {one: found[one].reason for one in found} == {
        pair(1, 1): "the same domain acme.example, the same name",
        pair(2, 2): "the same domain globex.example",
        pair(4, 4): "the same name",
        pair(5, 5): "the same name",
        pair(6, 6): "the same domain stark.example, the same name",
        pair(6, 7): "the same domain stark.example, the same name",
        pair(7, 3): "names that are alike, but other domains, elsewhere.example and initech.example",
    }
    # Which of the two companies called Stark is meant cannot be told.
    assert [one for one in found if found[one].is_certain] == [pair(1, 1)]


@pytest.mark.usefixtures("synced")
def test_what_is_merged_counts_for_the_account_that_stays_until_it_is_undone(
    platform: Platform, asking: Principal
) -> None:
    assert decide_pairs(platform, asking, [pair(1, 1)], Decision.SAME) == 1
    apply_pack(platform, asking, "crm")
    assert apply_pack(platform, asking, "bills").changed == ("invoices",)

    def outstanding() -> dict[object, object]:
        rows = ask(platform, asking, MetricQuery(metrics=("outstanding",), by=("account",))).rows()
        return {row[0]: row[1] for row in rows}

    # Customers that are not merged have no company: their numbers meet none of the CRM's.
    assert outstanding() == {"Acme Inc.": Decimal(10), None: Decimal(147)}
    decide_pairs(platform, asking, [pair(2, 2), pair(6, 7)], Decision.SAME)
    assert outstanding() == {
        "Acme Inc.": Decimal(10), "Globex Corporation": Decimal(20), "Stark": Decimal(2), None: Decimal(125),
    }  # fmt: skip
    undo_decision(platform, asking, pair(2, 2))
    assert outstanding() == {"Acme Inc.": Decimal(10), "Stark": Decimal(2), None: Decimal(145)}


@pytest.mark.usefixtures("synced")
def test_a_decision_is_not_asked_for_again_is_recorded_and_can_be_taken_back(
    platform: Platform, asking: Principal
) -> None:
    decide_pairs(platform, asking, [pair(1, 1)], Decision.SAME)
    decide_pairs(platform, asking, [pair(4, 4)], Decision.DIFFERENT)
    left = {one.pair for one in review_accounts(platform, asking)}
    assert not {pair(1, 1), pair(4, 4)} & left
    assert {(one.pair, one.decision, one.decided_by) for one in list_links(platform, asking)} == {
        (pair(1, 1), Decision.SAME, asking.email), (pair(4, 4), Decision.DIFFERENT, asking.email),
    }  # fmt: skip
    undo_decision(platform, asking, pair(4, 4))
    assert pair(4, 4) in {one.pair for one in review_accounts(platform, asking)}
    with pytest.raises(InvalidError, match="Nothing was decided of bills/cus_4 and crm/4"):
        undo_decision(platform, asking, pair(4, 4))
    with platform.session() as session:
        actions = [AuditAction.ACCOUNTS_DECIDED.value, AuditAction.ACCOUNTS_UNDONE.value]
        rows = session.scalars(select(AuditRow).where(AuditRow.action.in_(actions))).all()
    assert len(rows) == 3
    assert "cus_4" in json.dumps([row.data for row in rows])


@pytest.mark.usefixtures("synced")
def test_a_merge_that_contradicts_another_is_refused(platform: Platform, asking: Principal) -> None:
    decide_pairs(platform, asking, [pair(6, 6)], Decision.SAME)
    with pytest.raises(ConflictError, match="bills/cus_6 is merged already"):
        decide_pairs(platform, asking, [pair(6, 7)], Decision.SAME)
    above = Pair(source="crm", account_id="6", kept_source="books", kept_id="b1")
    with pytest.raises(ConflictError, match="bills/cus_6 is merged into crm/6"):
        decide_pairs(platform, asking, [above], Decision.SAME)
    below = Pair(source="books", account_id="b1", kept_source="bills", kept_id="cus_6")
    with pytest.raises(ConflictError, match="bills/cus_6 is itself merged into crm/6"):
        decide_pairs(platform, asking, [below], Decision.SAME)
    # All or nothing: the second of these contradicts the first.
    with pytest.raises(ConflictError):
        decide_pairs(platform, asking, [pair(1, 1), pair(1, 2)], Decision.SAME)
    assert [one.pair for one in list_links(platform, asking)] == [pair(6, 6)]


@pytest.mark.usefixtures("synced")
def test_another_organisation_has_no_pairs_and_who_may_not_configure_sources_decides_nothing(
    platform: Platform, asking: Principal
) -> None:
    decide_pairs(platform, asking, [pair(1, 1)], Decision.SAME)
    other = operator(create_tenant(platform, slug="other", name="Other"))
    assert list_links(platform, other) == []
    with pytest.raises(InvalidError, match="fewer than two have some"):
        review_accounts(platform, other)
    viewer = add_member(platform, asking, email="vi@example.com", name="Vi", role="analyst")
    with pytest.raises(ForbiddenError):
        decide_pairs(platform, viewer, [pair(2, 2)], Decision.SAME)
