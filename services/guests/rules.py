"""Whether a tenant lets guests in or reports out, whose role guests have, which sites may embed and their key."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from core.errors import ForbiddenError, InvalidError
from core.ids import new_token
from services.permitted import permitted
from services.platform import Platform
from services.policies import find_view
from tenants.access import Permission, Principal
from tenants.access.tenant_roles import list_roles, require_role
from tenants.audit import AuditAction, record_event
from tenants.guest_schema import GuestRuleRow

EMBED_KEY = "embed key"
_MOST_ORIGINS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestRules:
    """What guests of a tenant may; nothing until somebody says so. `origins` are the sites that may embed.

    `has_deliveries` lets reports go to addresses outside.
    """

    role: str = ""
    has_links: bool = False
    has_embedding: bool = False
    has_deliveries: bool = False
    origins: tuple[str, ...] = ()


def load_rules(session: Session, tenant_id: str) -> GuestRules:
    """The rules in force."""
    row = session.get(GuestRuleRow, tenant_id)
    if row is None:
        return GuestRules()
    return GuestRules(
        role=row.role,
        has_links=row.has_links,
        has_embedding=row.has_embedding,
        has_deliveries=row.has_deliveries,
        origins=tuple(row.origins),
    )


@permitted(Permission.TENANT_MANAGE)
def find_rules(platform: Platform, principal: Principal) -> GuestRules:
    """The rules of the principal's tenant."""
    with platform.session() as session:
        return load_rules(session, principal.tenant.id)


@permitted(Permission.TENANT_MANAGE)
def guest_roles(platform: Platform, principal: Principal) -> list[str]:
    """The roles that guests can be given."""
    with platform.session() as session:
        return [role.name for role in list_roles(session, principal.tenant.id)]


@permitted(Permission.TENANT_MANAGE)
def change_rules(platform: Platform, principal: Principal, wanted: GuestRules) -> GuestRules:
    """Put rules in force, also for links and pages that are open. Raises InvalidError, ForbiddenError."""
    require_unbound(platform, principal)
    origins = tuple(dict.fromkeys(_checked(origin) for origin in wanted.origins))
    if len(origins) > _MOST_ORIGINS:
        raise InvalidError(f"At most {_MOST_ORIGINS} sites may embed; {len(origins)} were given.")
    if wanted.has_embedding and not origins:
        raise InvalidError("Name at least one site that may embed, such as https://portal.example.com.")
    with platform.session() as session:
        if wanted.has_links or wanted.has_embedding or wanted.has_deliveries:
            require_role(session, principal.tenant.id, wanted.role)
        before = load_rules(session, principal.tenant.id)
        row = GuestRuleRow(
            tenant_id=principal.tenant.id,
            role=wanted.role,
            has_links=wanted.has_links,
            has_embedding=wanted.has_embedding,
            has_deliveries=wanted.has_deliveries,
            origins=list(origins),
        )
        session.merge(row)
        after = load_rules(session, principal.tenant.id)
        record_event(
            session,
            AuditAction.GUESTS_CONFIGURED,
            subject=principal.tenant.slug,
            principal=principal,
            before=_told(before),
            after=_told(after),
        )
    return after


@permitted(Permission.TENANT_MANAGE)
def make_embed_key(platform: Platform, principal: Principal) -> str:
    """A new key for the sites that embed, told this once; what was signed with the one before opens nothing more."""
    require_unbound(platform, principal)
    key = new_token()
    with platform.session() as session:
        platform.keep_secret(session, principal.tenant, EMBED_KEY, key)
        record_event(
            session,
            AuditAction.GUESTS_CONFIGURED,
            subject=principal.tenant.slug,
            principal=principal,
            data={"embed_key": "made anew"},
        )
    return key


def require_unbound(platform: Platform, principal: Principal) -> None:
    """Raises ForbiddenError for somebody whom a row policy binds: guests could show them other rows."""
    if find_view(platform, principal) is not None:
        raise ForbiddenError(
            "A row policy binds you, and guests may see other rows than you do. Ask an administrator who sees all rows."
        )


def _checked(origin: str) -> str:
    """An origin as browsers write it.

    >>> _checked(" https://Portal.example.com/ ")
    'https://portal.example.com'
    """
    text = origin.strip().lower().removesuffix("/")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    written = f"{parts.scheme}://{parts.hostname}" + (f":{port}" if port is not None else "")
    is_plain = all(char.isascii() and (char.isalnum() or char in ".-") for char in parts.hostname or "")
    if parts.scheme not in {"https", "http"} or not parts.hostname or not is_plain or written != text:
        raise InvalidError(f"{origin.strip()!r} is not a site; write its origin, such as https://portal.example.com.")
    return text


def _told(rules: GuestRules) -> dict[str, object]:
    return {
        "role": rules.role,
        "has_links": rules.has_links,
        "has_embedding": rules.has_embedding,
        "has_deliveries": rules.has_deliveries,
        "origins": list(rules.origins),
    }


def known_origins(origins: Collection[str], rules: GuestRules) -> tuple[str, ...]:
    """Of the sites that a token names those that the tenant lets embed."""
    return tuple(origin for origin in rules.origins if origin in set(origins))
