"""What may happen to an API: afterwards the store equals the source, or the run says who must do what."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from email.utils import format_datetime

import pytest

from core.errors import RefusedError
from core.outbound import OutboundRefused
from services.organisation import add_member
from services.platform import Platform
from services.sync.job import run_sync
from services.sync.runs import RunStatus, SyncRun, list_runs
from services.sync.sources import save_source, try_source
from tenants.access import Principal
from tests.sync.api_server import ENDPOINT, Fault, Query, RestPlant, serving
from tests.sync.conftest import in_order
from tests.sync.plants import Row, deal, wish_for

Stored = Callable[[], list[Row]]


@pytest.fixture
def api() -> Iterator[RestPlant]:
    """An API with 250 deals on three pages."""
    plant = RestPlant()
    plant.put([deal(number, minute=number) for number in range(1, 251)])
    yield plant
    plant.server.close()


@pytest.fixture
def go(platform: Platform, asking: Principal, api: RestPlant) -> Callable[[], tuple[SyncRun, list[float]]]:
    """Saves the source, lets the planted faults come, and syncs; gives the run and how long it waited between tries."""
    save_source(platform, asking, name="crm", kind="rest", values=api.values, wishes=wish_for(api))

    def sync() -> tuple[SyncRun, list[float]]:
        waits: list[float] = []

        def wait(seconds: float) -> bool:
            waits.append(seconds)
            return False

        return run_sync(platform, asking, "crm", wait=wait), waits

    return sync


Go = Callable[[], tuple[SyncRun, list[float]]]


@pytest.mark.parametrize(
    "fault",
    [(429, {}), (500, {}), (502, {}), (503, {}), (408, {}), "reset", "truncate", "hang"],
    ids=["429", "500", "502", "503", "408", "reset in mid-page", "truncated JSON", "time-out"],
)
@pytest.mark.parametrize("page", [1, 3], ids=["on the first page", "on the third page"])
def test_a_fault_that_passes_is_tried_again_and_nothing_is_lost(
    api: RestPlant, go: Go, stored: Stored, fault: Fault, page: int
) -> None:
    api.server.delay_faults(after=page, faults=[fault, fault])
    run, waits = go()
    assert run.status is RunStatus.DONE, run.message
    assert len(waits) == 2
    assert 1.0 <= waits[0] <= 1.25
    assert 2.0 <= waits[1] <= 2.5
    assert in_order(stored()) == in_order(api.rows())


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_the_time_that_a_source_asks_for_is_waited(api: RestPlant, go: Go, stored: Stored, form: str) -> None:
    later = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=42)
    value = "42" if form == "seconds" else format_datetime(later, usegmt=True)
    api.server.delay_faults(after=2, faults=[(429, {"Retry-After": value})])
    run, waits = go()
    assert run.status is RunStatus.DONE
    assert len(waits) == 1
    assert 30 <= waits[0] <= 42
    assert in_order(stored()) == in_order(api.rows())


def test_a_wait_of_hours_is_not_waited_and_what_is_committed_stays(api: RestPlant, go: Go, stored: Stored) -> None:
    api.server.delay_faults(after=2, faults=[(429, {"Retry-After": "86400"})])
    run, waits = go()
    assert (run.status, run.code, waits) == (RunStatus.FAILED, "source_busy", [])
    assert len(stored()) == 100
    assert go()[0].status is RunStatus.DONE
    assert in_order(stored()) == in_order(api.rows())


def test_a_source_that_never_answers_fails_after_six_tries(api: RestPlant, go: Go) -> None:
    api.server.delay_faults(after=0, faults=[(500, {})] * 20)
    run, waits = go()
    assert (run.status, run.code, len(waits)) == (RunStatus.FAILED, "source_transient", 5)


def test_a_revoked_token_says_who_must_reconnect_and_is_not_repeated(
    platform: Platform, asking: Principal, api: RestPlant, go: Go
) -> None:
    old, api.token = api.token, "another"
    run, waits = go()
    assert (run.status, run.code, waits) == (RunStatus.FAILED, "source_revoked", [])
    assert "must connect the source again" in run.message
    assert not [one for one in list_runs(platform, asking) if old in one.message + "".join(one.log)]


def test_an_answer_that_repeats_the_token_is_not_shown_with_it(platform: Platform, asking: Principal) -> None:
    def echo(_m: str, _p: str, query: Query, _b: object) -> tuple[int, Mapping[str, str], object]:
        return 400, {}, {"message": f"bad {query['authorization']}"}

    with serving(echo) as server:
        values = {"base_url": server.address, "auth": "bearer", "secret": "tok-Zq7", "endpoints": ENDPOINT}
        with pytest.raises(Exception, match=r"status 400: .*\*\*\*") as caught:
            try_source(platform, asking, "rest", values)
    assert "tok-Zq7" not in str(caught.value)


class Tokens:
    """An API whose tokens hold for a few requests each, as long as its client is known."""

    def __init__(self, uses: int) -> None:
        self.uses = self.left = uses
        self.issued = 0
        self.is_revoked = False

    def answer(self, _m: str, path: str, query: Query, body: object) -> tuple[int, Mapping[str, str], object]:
        if path == "/token":
            if self.is_revoked or "client_secret=shh-Zq7" not in str(body):
                return 401, {}, {"error": "invalid_client"}
            self.issued, self.left = self.issued + 1, self.uses
            return 200, {}, {"access_token": f"t{self.issued}", "token_type": "bearer"}
        if query["authorization"] != f"Bearer t{self.issued}" or self.left <= 0:
            return 401, {}, {}
        self.left -= 1
        start = int(query.get("after") or 0)
        items = [{"id": number, "updated_at": "2026-01-01T00:00:00Z"} for number in range(start, start + 10)]
        return 200, {}, {"items": items, "next": str(start + 10) if start < 90 else None}


PAGED = """
- {name: deals, path: /deals, records: items, key: [id], pages: {kind: cursor, token: next, parameter: after}}
"""


def test_an_expired_token_is_fetched_again_and_a_revoked_client_is_told(
    platform: Platform, asking: Principal, stored: Stored
) -> None:
    tokens = Tokens(uses=3)
    with serving(tokens.answer) as server:
        values = {
            "base_url": server.address, "auth": "oauth", "user": "me", "secret": "shh-Zq7",
            "token_url": f"{server.address}/token", "endpoints": PAGED,
        }  # fmt: skip
        save_source(platform, asking, name="crm", kind="rest", values=values)
        run = run_sync(platform, asking, "crm", wait=lambda _: False)
        assert (run.status, run.counts.added) == (RunStatus.DONE, 100)
        assert tokens.issued >= 4
        tokens.is_revoked = True
        failed = run_sync(platform, asking, "crm", wait=lambda _: False)
    assert failed.code == "source_revoked"
    assert "Somebody must connect the source again" in failed.message
    assert "shh-Zq7" not in failed.message
    assert len(stored()) == 100


def test_a_member_reaches_no_private_address_and_no_redirect_to_one(platform: Platform, asking: Principal) -> None:
    member = add_member(platform, asking, email="ann@example.com", name="Ann", role="admin")

    def answer(_m: str, _p: str, _q: Query, _b: object) -> tuple[int, Mapping[str, str], object]:
        return 302, {"Location": "http://127.0.0.1:1/secret"}, {}

    with serving(answer) as server:
        for address in (server.address, "https://localhost/x", "https://169.254.169.254/latest"):
            values = {"base_url": address, "endpoints": ENDPOINT}
            with pytest.raises((OutboundRefused, RefusedError), match=r"not a public address|no TLS"):
                try_source(platform, member, "rest", values)
        assert server.requests == []


def test_a_page_on_another_host_is_not_asked_for_with_the_token(platform: Platform, asking: Principal) -> None:
    with serving(lambda *_: (200, {}, [])) as other:

        def answer(_m: str, _p: str, _q: Query, _b: object) -> tuple[int, Mapping[str, str], object]:
            return 200, {"Link": f'<{other.address.replace("127.0.0.1", "localhost")}/x>; rel="next"'}, [{"id": 1}]

        with serving(answer) as server:
            endpoints = "- {name: deals, path: /d, key: [id], pages: {kind: link}}"
            values = {"base_url": server.address, "auth": "bearer", "secret": "tok-Zq7", "endpoints": endpoints}
            save_source(platform, asking, name="crm", kind="rest", values=values)
            run = run_sync(platform, asking, "crm", wait=lambda _: False)
        assert "another host (localhost)" in run.message
        assert other.requests == []


PAGES = {
    "cursor": "{kind: cursor, token: meta.next, parameter: after}",
    "next": "{kind: next, token: meta.url}",
    "link": "{kind: link}",
    "offset": "{kind: offset, parameter: skip}",
    "page": "{kind: page, parameter: page, first: 0}",
}


class Paged:
    """An API that pages in every way there is, seven records at a time."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.address = ""

    def answer(self, _m: str, path: str, query: Query, _b: object) -> tuple[int, Mapping[str, str], object]:
        start = int(query.get("after") or query.get("skip") or int(query.get("page") or 0) * 7)
        items = [
            {"id": number, "owner": {"name": f" Ann{number} "}, "lines": [{"sku": "a"}, {"sku": "b"}]}
            for number in range(start, min(start + 7, self.count))
        ]
        more = start + 7 < self.count
        url = f"{self.address}{path}?after={start + 7}"
        meta = {"next": start + 7, "url": url} if more else {}
        return 200, {"Link": f'<{url}>; rel="next"'} if more else {}, {"meta": meta, "items": items}


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("count", [0, 1, 7, 8, 50])
def test_every_way_of_paging_brings_every_record_and_its_list(
    platform: Platform, asking: Principal, kind: str, count: int
) -> None:
    paged = Paged(50)
    with serving(paged.answer) as server:
        paged.address = server.address
        endpoints = f"""
- name: deals
  path: /deals
  records: items
  key: [id]
  pages: {PAGES[kind]}
  fields: {{id: id, owner: owner.name | trim}}
  lists: {{lines: lines}}
"""
        values = {"base_url": server.address, "endpoints": endpoints}
        save_source(platform, asking, name="crm", kind="rest", values=values)
        assert run_sync(platform, asking, "crm").status is RunStatus.DONE
        paged.count = count
        assert run_sync(platform, asking, "crm").status is RunStatus.DONE
    store = platform.store(asking.tenant)
    assert store.query("SELECT id, owner FROM deals ORDER BY id")[0].to_pylist() == [
        {"id": number, "owner": f"Ann{number}"} for number in range(count)
    ]
    lines = store.query("SELECT deals_id, position, sku FROM deals_lines ORDER BY ALL")[0].to_pylist()
    assert [(row["deals_id"], row["position"], row["sku"]) for row in lines] == [
        (number, place, sku) for number in range(count) for place, sku in enumerate("ab")
    ]
