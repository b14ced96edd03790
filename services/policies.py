"""Row and column policies of a tenant: put in force, handed out, and turned into what one reader sees."""

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session
from sqlglot import exp

from core.errors import ForbiddenError, InvalidError
from metrics import Catalog
from metrics.errors import DefinitionError
from metrics.policy import Policy, Reader, ReaderView, check_policies, read_policies, resolve, restrict
from metrics.policy.spec import DimensionRule, FollowRule, RowRule
from metrics.policy.view import TableView
from services.applying import Applied, put_in_force
from services.definitions import find_whole_catalog
from services.permitted import permitted
from services.platform import Platform
from services.shown import HiddenData, find_hidden_data, show
from tenants.access import Permission, Principal
from tenants.access.tenant_roles import list_roles
from tenants.audit import AuditAction
from tenants.directory import find_member
from tenants.documents import (
    Document,
    DocumentKind,
    document_versions,
    list_documents,
)
from tenants.teams import find_reach
from tenants.tenant import Tenant

if TYPE_CHECKING:
    from tenants.store.store import Store

# A view is a pure function of the policies', the definitions' and the data's versions, and of who reads.
_views: dict[tuple[str, str], tuple[object, ReaderView | None]] = {}
# What every reader's view of a tenant is made from, with the versions it was read at.
_grounds: dict[str, tuple[object, "_Ground"]] = {}
_views_lock = threading.Lock()
_MOST_VIEWS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePreview:
    """How many of a table's rows a member sees."""

    table: str
    visible: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPreview:
    """What one member sees, and why."""

    name: str
    sentence: str
    tables: tuple[TablePreview, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFacts:
    """A policy in words; `rows` is empty where it hides no row, `columns` where it masks none."""

    name: str
    description: str
    roles: tuple[str, ...]
    rows: str
    columns: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    policies: tuple[Policy, ...]
    catalog: Catalog | None
    schema: Mapping[str, Mapping[str, str]]
    salt: str


@permitted(Permission.POLICY_APPLY)
def apply_policies(
    platform: Platform, principal: Principal, files: Mapping[str, str], *, prune: bool = False
) -> Applied:
    """Check YAML texts by file name and put them in force; `prune` removes the policies that no file names.

    Raises DefinitionError with all problems; then nothing is changed.
    """
    if not files:
        raise InvalidError("There is no .yaml or .yml file to apply.")
    policies = read_policies(files)
    schema = platform.store(principal.tenant).schema()
    with platform.session() as session:
        known = [role.name for role in list_roles(session, principal.tenant.id)]
    problems = check_policies(policies.values(), find_whole_catalog(platform, principal.tenant), schema, known)
    if problems:
        raise DefinitionError(problems)
    texts = {name: files[policy.file] for name, policy in policies.items()}
    with platform.session() as session:
        return put_in_force(
            session, principal, DocumentKind.POLICY, texts, prune=prune, action=AuditAction.POLICY_APPLIED
        )


@permitted(Permission.POLICY_READ)
def export_policies(platform: Platform, principal: Principal) -> list[Document]:
    """The policies in force, as they were applied."""
    with platform.session() as session:
        return list_documents(session, principal.tenant.id, DocumentKind.POLICY)


def find_view(platform: Platform, principal: Principal) -> ReaderView | None:
    """What a principal sees of the tenant's store; None where no policy and no grant binds them, as for the operator.

    Raises RefusedError for a policy that no longer fits the data.
    """
    if principal.member_id is None:
        return None
    tenant = principal.tenant
    with platform.metadata.reading() as connection:
        versions = document_versions(connection, tenant.id, DocumentKind.POLICY)
        hidden = find_hidden_data(connection, principal)
        if not versions and hidden is None:
            return None
        definitions = document_versions(connection, tenant.id, DocumentKind.DEFINITION)
    with platform.session() as session:
        attributes = _attributes(session, principal, principal.member_id)
    store = platform.store(tenant)
    made_from = (versions, definitions, store.watermark().version)
    state = (made_from, repr(sorted(attributes.items())), principal.roles, hidden)
    key = (tenant.id, principal.member_id)
    with _views_lock:
        known = _views.get(key)
    if known is not None and known[0] == state:
        return known[1]
    view = _resolve(_ground(platform, tenant, made_from), principal, attributes)
    view = view if hidden is None else _without(platform, principal, view, hidden)
    with _views_lock:
        if len(_views) >= _MOST_VIEWS:
            _views.clear()
        _views[key] = (state, view)
    return view


def _attributes(session: Session, principal: Principal, member_id: str) -> dict[str, object]:
    """What rules may ask of a member: what the product knows goes before what an administrator has written."""
    reach = find_reach(session, member_id, principal.email)
    known = {"email": principal.email, "name": principal.name, "team_emails": reach.emails, "team_names": reach.names}
    return {**principal.attributes, **known}


def _resolve(ground: _Ground, principal: Principal, attributes: Mapping[str, object]) -> ReaderView | None:
    reader = Reader(roles=principal.roles, attributes=attributes, salt=ground.salt)
    return resolve(ground.policies, ground.catalog, ground.schema, reader)


def _ground(platform: Platform, tenant: Tenant, made_from: object) -> _Ground:
    """What the views of all readers of a tenant have in common, read once for each state of it."""
    with _views_lock:
        known = _grounds.get(tenant.id)
    if known is not None and known[0] == made_from:
        return known[1]
    with platform.session() as session:
        documents = list_documents(session, tenant.id, DocumentKind.POLICY)
    ground = _Ground(
        policies=tuple(read_policies({f"{document.name}.yaml": document.text for document in documents}).values()),
        catalog=find_whole_catalog(platform, tenant),
        schema=platform.store(tenant).schema(),
        salt=platform.derived_secret(tenant, "column mask"),
    )
    with _views_lock:
        _grounds[tenant.id] = (made_from, ground)
    return ground


def _without(platform: Platform, principal: Principal, view: ReaderView | None, hidden: HiddenData) -> ReaderView:
    """A view without the tables that grants hide; its key tells that also models may be hidden."""
    catalog = find_whole_catalog(platform, principal.tenant)
    tables = hidden.tables if catalog is None else show(catalog, hidden).hidden_tables
    if view is None:
        schema = platform.store(principal.tenant).schema()
        whole = {name: TableView(columns=tuple(columns)) for name, columns in schema.items()}
        view = ReaderView(policies=(), sentence="All rows of what is granted to this member.", key="", tables=whole)
    facts = [view.key, sorted(hidden.models), sorted(hidden.tables)]
    key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    shown = {name: table for name, table in view.tables.items() if name.casefold() not in tables}
    return replace(view, key=key, tables=shown)


@permitted(Permission.POLICY_READ)
def preview_tables(platform: Platform, principal: Principal, member: Principal) -> list[TablePreview]:
    """For each table of the store, how many of its rows a member sees. Raises ForbiddenError, RefusedError."""
    if member.tenant.id != principal.tenant.id:
        raise ForbiddenError("There is no such member here.")
    store = platform.store(principal.tenant)
    seen = visible_counts(store, find_view(platform, member))
    return [TablePreview(table=name, visible=seen.get(name, 0), rows=rows) for name, rows in store.row_counts().items()]


@permitted(Permission.POLICY_READ)
def preview_member(platform: Platform, principal: Principal, email: str) -> MemberPreview:
    """What the member of that address sees of each table, and why. Raises ForbiddenError, RefusedError."""
    with platform.session() as session:
        member = find_member(session, principal.tenant, email)
    if member is None:
        raise ForbiddenError(f"There is no active member {email.strip()!r} here.")
    view = find_view(platform, member)
    return MemberPreview(
        name=member.name,
        sentence="All rows; no policy binds this member." if view is None else view.sentence,
        tables=tuple(preview_tables(platform, principal, member)),
    )


@permitted(Permission.POLICY_READ)
def describe_policies(platform: Platform, principal: Principal) -> list[PolicyFacts]:
    """The policies in force, in words."""
    documents = export_policies(platform, principal)
    policies = read_policies({f"{document.name}.yaml": document.text for document in documents})
    return [
        PolicyFacts(
            name=policy.name,
            description=policy.description,
            roles=policy.roles,
            rows=", ".join(dict.fromkeys(_rule_words(rule) for rule in policy.rows)),
            columns=", ".join(f"{mask.table}.{mask.column}: {mask.mask.value}" for mask in policy.columns),
        )
        for policy in policies.values()
    ]


def _rule_words(rule: RowRule) -> str:
    if isinstance(rule, FollowRule):
        return f"{rule.table} with {rule.other}"
    what = rule.dimension if isinstance(rule, DimensionRule) else f"{rule.table}.{rule.column}"
    attribute = rule.values.attribute
    return f"{what} in {f'member.{attribute}' if attribute is not None else ' or '.join(rule.values.literals)}"


def visible_counts(store: "Store", view: ReaderView | None) -> dict[str, int]:
    """The number of rows of each table a view shows any of."""
    if view is None:
        return store.row_counts()
    counts = {}
    for name in view.tables:
        sql, values = restrict(_count_rows(name), view)
        counts[name] = int(store.query(sql, values)[0].column(0)[0].as_py())
    return counts


def _count_rows(table: str) -> exp.Select:
    return exp.select(exp.Count(this=exp.Star())).from_(exp.table_(table, quoted=True))
