"""Guests at the door: what a public link or an embedding site's token opens, and what is put on record of it."""

import hmac
from dataclasses import dataclass
from typing import assert_never

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.errors import ForbiddenError, UserError
from services.guests.rules import GuestRules, load_rules
from services.guests.ticket import Ticket, Way
from services.platform import Platform
from services.signin import SigninLocked, SigninRefused, count_attempt, forget_attempts
from tenants import directory
from tenants.access import Guest, Permission, Principal
from tenants.access.links import token_hash
from tenants.access.passwords import verify_password
from tenants.access.tenant_roles import permissions_of_roles
from tenants.audit import AuditAction, record_event
from tenants.guest_schema import PublicLinkRow
from tenants.tenant import Tenant
from tenants.visible_notebooks import list_visible

# What is left to a guest of the permissions of the role: to see the one dashboard, and to have its figures found.
SHOWN = frozenset({Permission.METRIC_QUERY, Permission.NOTEBOOK_READ})
_CLOSED = "This opens nothing, or nothing any more. Ask whoever gave it to you for a new one."


class GuestRefused(ForbiddenError):
    """A guest is not let in. The message tells nothing; `reason` is for the log, of `tenant_id` where it is known."""

    def __init__(self, reason: str, *, tenant_id: str | None = None, subject: str = "") -> None:
        super().__init__(_CLOSED)
        self.reason = reason
        self.tenant_id = tenant_id
        self.subject = subject


class PasswordNeeded(UserError):
    """A link opens with its password only."""

    code = "password_needed"
    status = 401


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A guest who was let in. `origins` are the sites whose frames may show the page, `theme` is how it looks there."""

    principal: Principal
    origins: tuple[str, ...] = ()
    theme: str = ""


def find_visit(platform: Platform, ticket: Ticket) -> Visit:
    """Whom a ticket lets in, now. Raises GuestRefused, PasswordNeeded."""
    match ticket.way:
        case Way.LINK:
            return _visit_by_link(platform, ticket)
        case Way.EMBED:
            from services.guests.embedding import read_token

            token = read_token(platform, ticket.token)
            with platform.session() as session:
                name = f"embed:{token_hash(ticket.token)[:16]}"
                guest = _guest(session, token.tenant, token.rules, token.notebook, name, token.attributes)
            return Visit(principal=guest, origins=token.origins, theme=token.theme)
        case _:
            assert_never(ticket.way)


def find_guest(platform: Platform, ticket: Ticket) -> Principal | None:
    """The guest of a page that is open; None once nobody would be let in any more."""
    try:
        return find_visit(platform, ticket).principal
    except (GuestRefused, PasswordNeeded):
        return None


def enter_password(platform: Platform, token: str, password: str) -> str:
    """The proof that whoever has a link also knows its password. Raises GuestRefused, SigninRefused, SigninLocked."""
    with platform.session() as session:
        row = _require_link(platform, session, token)
    asked = f"link:{row.id}"
    count_attempt(platform, asked, platform.clock())
    if row.password_hash and not verify_password(
        password, row.password_hash, memory_mib=platform.settings.password_memory_mib
    ):
        refuse(platform, GuestRefused("wrong password", tenant_id=row.tenant_id, subject=row.notebook))
        raise SigninRefused("This is not the password of this link. Check it, and try again.")
    forget_attempts(platform, asked)
    return _proof(platform, row)


def admit(platform: Platform, visit: Visit) -> None:
    """Put on record that a guest opened the dashboard."""
    guest = visit.principal.guest
    with platform.session() as session:
        record_event(
            session,
            AuditAction.GUEST_ADMITTED,
            subject="" if guest is None else guest.notebook,
            principal=visit.principal,
            data={"roles": list(visit.principal.roles), "attributes": dict(visit.principal.attributes)},
        )


def refuse(platform: Platform, refused: GuestRefused) -> None:
    """Put on record that a guest was refused; of many from one network the first ten in a quarter of an hour."""
    try:
        count_attempt(platform, f"guests:{refused.tenant_id or ''}", platform.clock())
    except SigninLocked:
        return
    with platform.session() as session:
        record_event(
            session,
            AuditAction.GUEST_REFUSED,
            subject=refused.subject or "unknown",
            tenant_id=refused.tenant_id,
            data={"reason": refused.reason},
        )


def _visit_by_link(platform: Platform, ticket: Ticket) -> Visit:
    with platform.session() as session:
        row = _require_link(platform, session, ticket.token)
        tenant, rules = directory.tenant_of(session, row.tenant_id), load_rules(session, row.tenant_id)
        guest = _guest(session, tenant, rules, row.notebook, f"link:{row.id}", {})
    if row.password_hash and not hmac.compare_digest(ticket.proof.encode(), _proof(platform, row).encode()):
        raise PasswordNeeded("This link opens with its password only.")
    return Visit(principal=guest)


def _require_link(platform: Platform, session: Session, token: str) -> PublicLinkRow:
    row = session.scalar(select(PublicLinkRow).where(PublicLinkRow.token_hash == token_hash(token)))
    if row is None:
        raise GuestRefused("no such link")
    if not load_rules(session, row.tenant_id).has_links:
        raise GuestRefused("public links are off", tenant_id=row.tenant_id, subject=row.notebook)
    if as_utc(row.expires_at) <= platform.clock():
        raise GuestRefused("the link has expired", tenant_id=row.tenant_id, subject=row.notebook)
    return row


def _guest(
    session: Session, tenant: Tenant, rules: GuestRules, notebook: str, name: str, attributes: dict[str, object]
) -> Principal:
    """A guest who sees one dashboard of a tenant as the role of its guests does. Raises GuestRefused."""
    guest = Principal(
        tenant=tenant,
        # Nobody's, and as long as the log has room for.
        member_id=f"guest:{token_hash(name)[:26]}",
        email=name,
        name="Guest",
        roles=(rules.role,),
        permissions=permissions_of_roles(session, tenant.id, [rules.role]) & SHOWN,
        attributes=attributes,
        guest=Guest(notebook=notebook),
    )
    if not list_visible(session, guest, names=[notebook]):
        raise GuestRefused("no such dashboard, or not for that role", tenant_id=tenant.id, subject=notebook)
    return guest


def _proof(platform: Platform, row: PublicLinkRow) -> str:
    return platform.keys.sign(f"shared/{row.id}/{row.password_hash}".encode())
