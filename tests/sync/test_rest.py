"""What is special to APIs that are described in YAML: every way of paging, tokens that are fetched, other hosts."""

from collections.abc import Mapping

import pytest

from core.errors import RefusedError
from core.outbound import OutboundRefused
from services.organisation import add_member
from services.platform import Platform
from services.sync.job import run_sync
from services.sync.runs import RunStatus
from services.sync.sources import save_source, try_source
from tenants.access import Principal
from tests.sync.vendors.rest import ENDPOINT
from tests.sync.vendors.server import Query, serving


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


def test_an_expired_token_is_fetched_again_and_a_revoked_client_is_told(platform: Platform, asking: Principal) -> None:
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
    assert platform.store(asking.tenant).query("SELECT count(*) AS n FROM deals")[0].to_pylist() == [{"n": 100}]


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
