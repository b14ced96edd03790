"""Guests: one dashboard by a public link or an embedding token, under the role's row policy, and nothing else."""

import base64
import datetime as dt
import time
from collections.abc import Mapping

import pyarrow as pa
import pytest
from httpx2 import Response
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import select, update
from starlette.websockets import WebSocketDisconnect

from core.errors import ForbiddenError, InvalidError, RefusedError
from metrics.query import MetricQuery
from services.definitions import apply_definitions
from services.guests.links import create_public_link, list_public_links, remove_public_link
from services.guests.rules import GuestRules, change_rules, find_rules, make_embed_key
from services.guests.ticket import Ticket, Way
from services.guests.visits import find_visit
from services.imports import load_tables
from services.notebooks import require_notebook, save_notebooks
from services.organisation import add_member, create_tenant
from services.policies import apply_policies
from services.query import ask
from services.roles import save_role
from tenants.access import Principal, operator
from tenants.audit import AuditAction
from tenants.guest_schema import PublicLinkRow
from tenants.schema import AuditRow, SigninAttemptRow
from tests.app.conftest import Running
from tests.app.page_run import run_page

SITE = "https://portal.example.com"
MODEL = """
model: sales
table: sales
key: id
time: day
dimensions:
  region: {column: region}
  day: {type: time, column: day}
measures: {value: {agg: sum, sql: amount}}
metrics: {value: {kind: simple, measure: value, label: Value}}
"""
NOTEBOOK = """
notebook: board
title: The board
cells:
  - {name: value, kind: metric, metric: value}
  - {name: rows, kind: sql, title: Rows, sql: "SELECT region, sum(amount) AS amount FROM sales GROUP BY region"}
"""
OTHER = "notebook: other\ntitle: Not shared\ncells: [{name: value, kind: metric, metric: value}]"
POLICY = """
policy: guests
roles: [visitor]
rows: [{table: sales, column: region, in: member.regions}]
"""


@pytest.fixture(scope="module")
def ann(running: Running) -> Principal:
    """The administrator of a tenant whose visitors see the rows of their regions."""
    platform = running.platform
    tenant = create_tenant(platform, slug="guested", name="Guested")
    admin = add_member(platform, operator(tenant), email="ann@guested.example", name="Ann", role="admin")
    day = tenant.today(platform.clock)
    rows = {"id": [1, 2, 3], "region": ["North", "South", "East"], "amount": [7.0, 20.0, 400.0], "day": [day] * 3}
    load_tables(platform, admin, {"sales": pa.table(rows)})
    apply_definitions(platform, admin, {"sales.yaml": MODEL})
    save_role(platform, admin, name="visitor", description="", permissions=["metric:query", "notebook:read"])
    apply_policies(platform, admin, {"guests.yaml": POLICY})
    save_notebooks(platform, admin, {"board.yaml": NOTEBOOK, "other.yaml": OTHER})
    change_rules(platform, admin, GuestRules(role="visitor", has_links=True, has_embedding=True, origins=(SITE,)))
    return admin


@pytest.fixture(scope="module")
def key(running: Running, ann: Principal) -> str:
    """The key of the embedding site."""
    return make_embed_key(running.platform, ann)


def sign(key: str, **changed: object) -> str:
    claims: dict[str, object] = {
        "iss": "guested", "dashboard": "board", "exp": int(time.time()) + 600, "origins": [SITE],
        "attributes": {"regions": ["South"]},
    }  # fmt: skip
    claims = {name: value for name, value in {**claims, **changed}.items() if value is not None}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(key))


def open_frame(app: Running, token: str, path: str = "/?embed=true", **headers: str) -> Response:
    given = {"accept": "text/html", "sec-fetch-dest": "iframe", "referer": f"{SITE}/page"} | headers
    return app.client.get(f"/embed/{token}{path}", headers=given)


def link(app: Running, ann: Principal, *, days: int = 7, password: str = "") -> str:
    address = create_public_link(app.platform, ann, "board", days=days, password=password)
    return address.removeprefix(app.platform.settings.address).removesuffix("/")


def last_refused(app: Running, ann: Principal) -> Mapping[str, object]:
    with app.platform.session() as session:
        own = (AuditRow.tenant_id == ann.tenant.id, AuditRow.action == AuditAction.GUEST_REFUSED.value)
        row = session.scalars(select(AuditRow).where(*own).order_by(AuditRow.sequence.desc()).limit(1)).one()
        return {"subject": row.subject, **row.data}


def forget_attempts(app: Running) -> None:
    with app.platform.session() as session:
        session.query(SigninAttemptRow).delete()


def texts(app: Running, below: str) -> str:
    return "\n".join(run_page(app, "", "", below=below).texts)


def test_a_frame_shows_the_rows_of_its_tokens_attributes_and_nobody_elses(
    app: Running, ann: Principal, key: str
) -> None:
    shown = texts(app, f"/embed/{sign(key)}")
    assert "The board" in shown
    assert "South" in shown
    assert "North" not in shown
    assert "East" not in shown
    both = texts(app, f"/embed/{sign(key, attributes={'regions': ['North', 'South']})}")
    assert "North" in both
    assert "East" not in both
    # Who has no such attribute sees no row, rather than all.
    assert "South" not in texts(app, f"/embed/{sign(key, attributes={})}")
    guest = find_visit(app.platform, Ticket(way=Way.EMBED, token=sign(key))).principal
    answer = ask(app.platform, guest, MetricQuery(metrics=("value",)))
    assert [float(str(value)) for value in answer.values("value")] == [20.0]


def test_only_the_sites_of_tenant_and_token_may_frame_the_page(app: Running, ann: Principal, key: str) -> None:
    forget_attempts(app)
    answer = open_frame(app, sign(key, origins=[SITE, "https://evil.example"]))
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].endswith(f"frame-ancestors {SITE}")
    assert "x-frame-options" not in answer.headers
    assert (
        open_frame(app, sign(key, theme="dark"), "/")
        .headers["location"]
        .endswith("?embed=true&embed_options=dark_theme")
    )
    assert open_frame(app, sign(key), referer="https://evil.example/").status_code == 404
    assert last_refused(app, ann) == {"subject": "board", "reason": "framed by https://evil.example"}
    assert open_frame(app, sign(key), **{"sec-fetch-dest": "document"}).status_code == 404
    assert last_refused(app, ann)["reason"] == "opened outside a frame"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"exp": 1}, "the token has expired"),
        ({"exp": int(time.time()) + 10 * 86_400}, "the token holds for more than 24 hours"),
        ({"origins": ["https://evil.example"]}, "none of its sites may embed"),
        ({"dashboard": "absent"}, "no such dashboard, or not for that role"),
        ({"exp": None}, "wrong claims: exp"),
        ({"role": "admin"}, "wrong claims: role"),
        ({"attributes": {"email": "ann@guested.example"}}, "'email' cannot be an attribute"),
    ],
)
def test_a_token_that_is_not_good_is_refused_and_put_on_record(
    app: Running, ann: Principal, key: str, changed: dict[str, object], reason: str
) -> None:
    forget_attempts(app)
    answer = open_frame(app, sign(key, **changed))
    assert answer.status_code == 404
    assert "This opens nothing" in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert reason in str(last_refused(app, ann)["reason"])


def test_a_token_of_another_key_tenant_or_algorithm_opens_nothing(app: Running, ann: Principal, key: str) -> None:
    forget_attempts(app)
    bobs = make_embed_key(app.platform, app.bob)
    assert open_frame(app, sign(bobs)).status_code == 404
    assert last_refused(app, ann)["reason"] == "wrong signature"
    # The other tenant has a key, but has not allowed embedding.
    assert open_frame(app, sign(bobs, iss="other")).status_code == 404
    assert open_frame(app, sign(key, iss="other")).status_code == 404
    assert last_refused(app, app.bob)["reason"] == "embedding is off"
    head, body, mark = sign(key).split(".")
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    for odd in (f"{unsigned}.{body}.", f"{unsigned}.{body}.{mark}", f"{head}.{body}.{sign(key, exp=1).split('.')[2]}"):
        assert open_frame(app, odd).status_code == 404
    assert open_frame(app, "x" * 40).status_code == 404


def test_the_first_refusals_of_a_network_are_put_on_record_and_no_flood(app: Running, ann: Principal, key: str) -> None:
    forget_attempts(app)
    with app.platform.session() as session:
        own = (AuditRow.tenant_id == ann.tenant.id, AuditRow.action == AuditAction.GUEST_REFUSED.value)
        before = len(session.scalars(select(AuditRow.id).where(*own)).all())
    for _ in range(13):
        assert open_frame(app, sign(key, exp=1)).status_code == 404
    with app.platform.session() as session:
        assert len(session.scalars(select(AuditRow.id).where(*own)).all()) == before + 10
    assert open_frame(app, sign(key)).status_code == 200
    forget_attempts(app)


def test_nothing_but_the_dashboard_is_reachable_as_a_guest(app: Running, ann: Principal, key: str) -> None:
    base = f"/embed/{sign(key)}"
    assert app.client.get(f"{base}/_stcore/health").status_code == 200
    closed = [
        "/notebooks", "/settings", "/api/scim/v2/acme/Users", "/api/local/tenant", "/signin", "/signout", "/healthz",
        "/media/0123.png", "/_stcore/upload_file/a/b", "/_stcore/metrics", "/static/../api/local/x", "/delivered/a/b/c",
    ]  # fmt: skip
    for path in closed:
        assert app.client.get(base + path).status_code == 404, path
        assert app.client.post(base + path).status_code == 404, path
    assert app.client.put(f"{base}/_stcore/upload_file/a/b", content=b"x").status_code == 404
    # A page that a guest's script is asked for by name is the same dashboard.
    assert "The board" in "\n".join(run_page(app, "", "notebooks", {"id": "other"}, below=base).texts)
    guest = find_visit(app.platform, Ticket(way=Way.EMBED, token=sign(key))).principal
    with pytest.raises(ForbiddenError):
        require_notebook(app.platform, guest, "other")
    with pytest.raises(ForbiddenError):
        find_rules(app.platform, guest)


def test_a_members_cookie_and_a_header_that_a_client_made_up_change_nothing(
    app: Running, ann: Principal, key: str
) -> None:
    ticket = Ticket(way=Way.EMBED, token=sign(key)).text
    assert app.client.get("/", headers={"x-plumbline-guest": ticket}).status_code == 401
    with (
        pytest.raises(WebSocketDisconnect),
        app.client.websocket_connect(
            "/_stcore/stream", subprotocols=["streamlit"], headers={"x-plumbline-guest": ticket}
        ),
    ):
        pass


def test_a_link_opens_one_dashboard_until_it_ends_or_is_taken_back(app: Running, ann: Principal) -> None:
    forget_attempts(app)
    path = link(app, ann)
    answer = app.client.get(f"{path}/", headers={"accept": "text/html"})
    assert answer.status_code == 200
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-robots-tag"] == "noindex"
    assert app.client.get(path).headers["location"].endswith(f"{path}/")
    # The role's visitors see rows of their regions, and a link gives no region.
    shown = texts(app, path)
    assert "The board" in shown
    assert "South" not in shown
    assert app.client.get(f"{path}/notebooks").status_code == 404
    [made, *_] = list_public_links(app.platform, ann, "board")
    with app.platform.session() as session:
        past = app.platform.clock() - dt.timedelta(seconds=1)
        session.execute(update(PublicLinkRow).where(PublicLinkRow.id == made.id).values(expires_at=past))
    assert app.client.get(f"{path}/").status_code == 404
    assert last_refused(app, ann) == {"subject": "board", "reason": "the link has expired"}
    remove_public_link(app.platform, ann, made.id)
    assert made.id not in {one.id for one in list_public_links(app.platform, ann, "board")}
    assert app.client.get(f"{path}/").status_code == 404


def test_a_link_with_a_password_asks_for_it_and_bears_few_guesses(app: Running, ann: Principal) -> None:
    forget_attempts(app)
    path = link(app, ann, password="plumb and level")
    page = app.client.get(f"{path}/", headers={"accept": "text/html"})
    assert "The board" not in page.text
    assert "password" in page.text
    assert app.client.get(f"{path}/_stcore/health").status_code == 401
    with pytest.raises(WebSocketDisconnect):
        texts(app, path)
    wrong = app.client.post(f"{path}/", data={"password": "something else"})
    assert (wrong.status_code, last_refused(app, ann)["reason"]) == (401, "wrong password")
    right = app.client.post(f"{path}/", data={"password": "plumb and level"})
    assert right.status_code == 303
    assert f"Path={path}/" in right.headers["set-cookie"]
    assert app.client.get(f"{path}/_stcore/health").status_code == 200
    app.client.cookies.clear()
    for _ in range(10):
        app.client.post(f"{path}/", data={"password": "something else"})
    assert app.client.post(f"{path}/", data={"password": "plumb and level"}).status_code == 429
    forget_attempts(app)


def test_links_are_off_until_allowed_and_made_by_who_may_and_sees_all_rows(app: Running, ann: Principal) -> None:
    assert find_rules(app.platform, app.bob) == GuestRules()
    with pytest.raises(RefusedError, match="Public links are off"):
        create_public_link(app.platform, app.bob, "board", days=1)
    eve = add_member(app.platform, operator(ann.tenant), email="eve@guested.example", name="Eve", role="analyst")
    with pytest.raises(ForbiddenError, match="link:manage"):
        create_public_link(app.platform, eve, "board", days=1)
    with pytest.raises(InvalidError, match="1 to 365 days"):
        create_public_link(app.platform, ann, "board", days=366)
    create_public_link(app.platform, ann, "board", days=1)
    with pytest.raises(ForbiddenError, match="no such link"):
        remove_public_link(app.platform, app.bob, list_public_links(app.platform, ann, "board")[0].id)
    asking = operator(ann.tenant)
    save_role(app.platform, asking, name="boundadmin", description="", permissions=["link:manage", "tenant:manage"])
    policy = POLICY.replace("policy: guests", "policy: bound").replace("visitor", "boundadmin")
    apply_policies(app.platform, asking, {"bound.yaml": policy})
    may = add_member(app.platform, asking, email="max@guested.example", name="Max", role="boundadmin")
    for attempt in (
        lambda: create_public_link(app.platform, may, "board", days=1),
        lambda: change_rules(app.platform, may, GuestRules(role="admin", has_links=True)),
    ):
        with pytest.raises(ForbiddenError, match="A row policy binds you"):
            attempt()


NO_ORIGINS = (
    "portal.example.com", "https://*", "https://a.example/path", "javascript:1", "https://a b", "https://u:p@a.example",
    "https://a.example:99999", "https://a.example;",
)  # fmt: skip


@pytest.mark.parametrize("origin", NO_ORIGINS)
def test_what_is_no_origin_is_refused(app: Running, ann: Principal, origin: str) -> None:
    with pytest.raises(InvalidError, match="is not a site"):
        change_rules(app.platform, ann, GuestRules(role="visitor", has_embedding=True, origins=(origin,)))


def test_rules_that_are_taken_back_close_every_link_and_frame(app: Running, ann: Principal, key: str) -> None:
    forget_attempts(app)
    path, frame = link(app, ann), sign(key)
    rules = find_rules(app.platform, ann)
    change_rules(app.platform, ann, GuestRules())
    try:
        assert app.client.get(f"{path}/").status_code == 404
        assert open_frame(app, frame).status_code == 404
    finally:
        change_rules(app.platform, ann, rules)
    assert app.client.get(f"{path}/").status_code == 200
