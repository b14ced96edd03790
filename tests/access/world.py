"""Two tenants that each have one of everything. What is the second one's has a mark."""

from dataclasses import dataclass

import pyarrow as pa

from core.ids import new_id
from services.definitions import apply_definitions
from services.imports import load_tables
from services.notebooks import save_notebooks
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import apply_policies
from services.roles import save_role
from services.sso.domains import claim_domain, verify_domain
from tenants.access import Permission, Principal, operator
from tenants.schema import ProviderRow

MARK = "zqxj"
# Stands in what the second tenant keeps and is never asked for by a name.
SECRET = "vkwp"
MODEL = """
model: {mark}orders
table: {mark}orders
key: id
time: day
dimensions:
  {mark}region: {{column: region}}
  day: {{type: time, column: day}}
measures: {{{mark}value: {{agg: sum, sql: amount}}}}
metrics: {{{mark}value: {{kind: simple, measure: {mark}value}}}}
"""
NOTEBOOK = "notebook: {mark}review\ntitle: {secret}\ncells: [{{name: value, kind: metric, metric: {mark}value}}]"
POLICY = "policy: {mark}masks\nroles: [manager]\ncolumns: [{{table: {mark}orders, column: region, show: hash}}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Ann administers `acme`; Bob, whose things are marked, administers `other`."""

    platform: Platform
    ann: Principal
    bob: Principal
    foreign: tuple[str, ...]


def build_world(platform: Platform) -> World:
    """Both tenants; `foreign` is every name and id of the second one's things."""
    ann, bob = _fill(platform, "acme", "own"), _fill(platform, "other", MARK)
    provider = new_id()
    with platform.session() as session:
        session.add(
            ProviderRow(
                id=provider,
                tenant_id=bob.tenant.id,
                kind="oidc",
                name=f"{MARK}provider",
                configuration={"kind": "oidc", "issuer": "https://login.example", "client_id": SECRET},
                created_at=platform.clock(),
            )
        )
    foreign = (
        "other", bob.tenant.id, bob.member_id or "", bob.email, provider, f"{MARK}role", f"{MARK}review",
        f"{MARK}orders", f"{MARK}value", f"{MARK}region", f"{MARK}masks", f"{MARK}.example",
    )  # fmt: skip
    return World(platform=platform, ann=ann, bob=bob, foreign=foreign)


def _fill(platform: Platform, slug: str, mark: str) -> Principal:
    secret = SECRET if mark == MARK else mark
    tenant = create_tenant(platform, slug=slug, name=f"{secret} company")
    asking = operator(tenant)
    day = pa.array(["2026-11-02"]).cast(pa.date32())
    rows = pa.table({"id": [1], "region": [f"{secret}land"], "amount": [7], "day": day})
    load_tables(platform, asking, {f"{mark}orders": rows})
    apply_definitions(platform, asking, {"orders.yaml": MODEL.format(mark=mark)})
    save_notebooks(platform, asking, {"review": NOTEBOOK.format(mark=mark, secret=secret)})
    apply_policies(platform, asking, {"masks.yaml": POLICY.format(mark=mark)})
    save_role(platform, asking, name=f"{mark}role", description=secret, permissions=[Permission.METRIC_QUERY])
    record = claim_domain(platform, asking, f"{mark}.example").record
    verify_domain(platform, asking, f"{mark}.example", resolve=lambda _name: [record])
    return add_member(platform, asking, email=f"boss@{mark}.example", name=f"{secret} boss", role="admin")
