"""Two tenants that each have one of everything. What is the second one's has a mark."""

from dataclasses import dataclass

import pyarrow as pa
from sqlalchemy import func, select

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
from tenants.audit import AuditAction
from tenants.backup.rows import tenant_tables
from tenants.delivery_schema import ScheduleRow
from tenants.folder_schema import FolderRow
from tenants.schema import AuditRow, ProviderRow
from tenants.source_schema import SourceRow

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
    """Ann administers one tenant; Bob, whose things are marked, administers the other."""

    platform: Platform
    ann: Principal
    bob: Principal
    foreign: tuple[str, ...]
    folder: str


def build_world(platform: Platform, *, own: str = "acme", other: str = "other") -> World:
    """Both tenants; `foreign` is every name and id of the second one's things."""
    ann, bob = _fill(platform, own, "own"), _fill(platform, other, MARK)
    provider, schedule, folder, now = new_id(), new_id(), new_id(), platform.clock()
    with platform.session() as session:
        session.add(
            ProviderRow(
                id=provider,
                tenant_id=bob.tenant.id,
                kind="oidc",
                name=f"{MARK}provider",
                configuration={"kind": "oidc", "issuer": "https://login.example", "client_id": SECRET},
                created_at=now,
            )
        )
        session.add(FolderRow(id=folder, tenant_id=bob.tenant.id, name=SECRET, created_at=now, created_by=bob.email))
        session.add(
            SourceRow(
                id=new_id(),
                tenant_id=bob.tenant.id,
                name=f"{MARK}crm",
                kind="rest",
                detail=SECRET,
                identity=SECRET,
                created_at=now,
                created_by=bob.email,
            )
        )
        session.add(
            ScheduleRow(
                id=schedule,
                tenant_id=bob.tenant.id,
                name=f"{MARK}weekly",
                notebook=f"{MARK}review",
                cron="0 8 * * mon",
                zone="UTC",
                recipients=[bob.email],
                formats=["pdf"],
                channel={"kind": "mail"},
                condition="",
                on_problem="send",
                catch_up="latest",
                is_active=False,
                next_at=now,
                created_at=now,
                created_by=bob.email,
            )
        )
    foreign = (
        other, bob.tenant.id, bob.member_id or "", bob.email, provider, f"{MARK}role", f"{MARK}review",
        f"{MARK}orders", f"{MARK}value", f"{MARK}region", f"{MARK}masks", f"{MARK}.example", f"{MARK}weekly",
        schedule, folder, f"{MARK}crm",
    )  # fmt: skip
    return World(platform=platform, ann=ann, bob=bob, foreign=foreign, folder=folder)


def twin_of(foreign: str) -> str:
    """A name or id like that one, of nothing at all."""
    return foreign.replace(MARK, MARK[::-1]) if MARK in foreign else foreign[0] + foreign[:0:-1]


def rows_of(platform: Platform, tenant_id: str) -> dict[str, list[str]]:
    """Every row of a tenant in the metadata."""
    with platform.session() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table).where(condition))))
            for table, condition in tenant_tables(tenant_id).items()
        }


def denials(platform: Platform, principal: Principal) -> int:
    """How often a member's refusals are on record."""
    mine = (AuditRow.action == AuditAction.ACCESS_DENIED.value, AuditRow.actor_id == principal.member_id)
    with platform.session() as session:
        return session.scalar(select(func.count()).select_from(AuditRow).where(*mine)) or 0


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
