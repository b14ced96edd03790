"""Users of SCIM: the members of a tenant as its directory sees and keeps them (RFC 7643, 4.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from core.errors import ConflictError, ForbiddenError
from services.account_notice import tell_of_change
from services.permitted import permitted
from services.platform import Platform
from services.scim.directory import follow_groups, record_change, set_active
from services.scim.errors import ScimInvalid
from services.scim.filter import FilterColumn, parse_filter
from services.scim.patch import Change, read_patch, read_truth
from services.sso.domains import holder_of
from tenants import directory
from tenants.access import Permission, Principal, Role
from tenants.audit import AuditAction, record_event
from tenants.schema import MemberRow
from tenants.scim_schema import DirectoryEntryRow, DirectoryGroupMemberRow, DirectoryGroupRow
from tenants.seats import count_seats

SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
MOST = 200
_COLUMNS = {
    "id": FilterColumn(column=MemberRow.id, is_exact=True),
    "username": FilterColumn(column=MemberRow.email),
    "emails": FilterColumn(column=MemberRow.email),
    "emails.value": FilterColumn(column=MemberRow.email),
    "displayname": FilterColumn(column=MemberRow.name),
    "name.formatted": FilterColumn(column=MemberRow.name),
    "externalid": FilterColumn(column=DirectoryEntryRow.external_id, is_exact=True),
    "active": FilterColumn(column=MemberRow.is_active, is_boolean=True),
}
# Attributes of the standard that are not kept here: a directory may send them.
_IGNORED = frozenset(
    {
        "addresses", "entitlements", "groups", "id", "ims", "locale", "meta", "nickname", "phonenumbers", "photos",
        "preferredlanguage", "profileurl", "roles", "schemas", "timezone", "title", "usertype", "x509certificates",
    }
)  # fmt: skip
_KEPT = frozenset(
    {"active", "displayname", "externalid", "name.familyname", "name.formatted", "name.givenname", "username"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of resources, the place of its first (from 1), and how many there are in all."""

    resources: tuple[dict[str, object], ...]
    start: int
    total: int


@permitted(Permission.MEMBER_MANAGE)
def list_users(platform: Platform, principal: Principal, *, text: str = "", start: int = 1, count: int = MOST) -> Page:
    """A page of the members that fit a filter, in the order they were made. Raises ScimInvalid."""
    where = [*_visible(principal), *([parse_filter(text, _COLUMNS)] if text else [])]
    entry = DirectoryEntryRow.member_id == MemberRow.id
    start, count = max(1, start), min(max(0, count), MOST)
    with platform.session() as session:
        counting = select(func.count()).select_from(MemberRow).outerjoin(DirectoryEntryRow, entry)
        total = session.scalar(counting.where(*where)) or 0
        rows = select(MemberRow).outerjoin(DirectoryEntryRow, entry).where(*where)
        page = rows.order_by(MemberRow.created_at, MemberRow.id).offset(start - 1).limit(count)
        found = tuple(_resource(platform, session, member) for member in session.scalars(page))
    return Page(resources=found, start=start, total=total)


@permitted(Permission.MEMBER_MANAGE)
def find_user(platform: Platform, principal: Principal, member_id: str) -> dict[str, object]:
    """One member. Raises ForbiddenError, also for one of another tenant."""
    with platform.session() as session:
        return _resource(platform, session, require_user(session, principal, member_id))


@permitted(Permission.MEMBER_MANAGE)
def create_user(platform: Platform, principal: Principal, body: Mapping[str, object]) -> dict[str, object]:
    """A new member of a proved domain; one that the directory had deleted is taken back. Raises ConflictError."""
    changes = _changes_of(body)
    with platform.session() as session:
        email = _require_email(session, principal, str(changes.get("username") or _first_email(body) or ""))
        statement = select(MemberRow).where(MemberRow.tenant_id == principal.tenant.id, MemberRow.email == email)
        member = session.scalar(statement)
        if member is None:
            made = directory.add_member(
                session, principal.tenant, email=email, name=_name_of(changes) or email, role=Role.EXECUTIVE
            )
            seats = count_seats(session, principal.tenant.id)
            record_event(session, AuditAction.MEMBER_ADDED, subject=email, principal=principal, usage=seats)
            member = session.get_one(MemberRow, made.member_id)
        else:
            entry = session.get(DirectoryEntryRow, member.id)
            if entry is None or not entry.is_deleted:
                raise ConflictError(f"There is a user {email} already.")
            entry.is_deleted = False
            set_active(session, principal, member, is_active=True, now=platform.clock())
        _apply(platform, session, principal, member, changes)
        follow_groups(session, principal, member)
        return _resource(platform, session, member)


@permitted(Permission.MEMBER_MANAGE)
def replace_user(
    platform: Platform, principal: Principal, member_id: str, body: Mapping[str, object]
) -> dict[str, object]:
    """Put attributes in place of those there were. Raises ForbiddenError, ScimInvalid, ConflictError."""
    with platform.session() as session:
        member = require_user(session, principal, member_id)
        _apply(platform, session, principal, member, {"active": True, **_changes_of(body)})
        return _resource(platform, session, member)


@permitted(Permission.MEMBER_MANAGE)
def patch_user(
    platform: Platform, principal: Principal, member_id: str, body: Mapping[str, object]
) -> dict[str, object]:
    """Change attributes, all or none. Raises ForbiddenError, ScimInvalid, ConflictError."""
    changes = {_known(change): _value_of(change) for change in read_patch(body)}
    with platform.session() as session:
        member = require_user(session, principal, member_id)
        _apply(platform, session, principal, member, {name: value for name, value in changes.items() if name})
        return _resource(platform, session, member)


@permitted(Permission.MEMBER_MANAGE)
def delete_user(platform: Platform, principal: Principal, member_id: str) -> None:
    """Shut a member out and show them to the directory no more; what they made stays. Raises ConflictError."""
    with platform.session() as session:
        member = require_user(session, principal, member_id)
        set_active(session, principal, member, is_active=False, now=platform.clock())
        _entry(session, member.id).is_deleted = True


def require_user(session: Session, principal: Principal, member_id: str) -> MemberRow:
    """A member the directory sees. Raises ForbiddenError, the same for one who is absent and one of another tenant."""
    entry = DirectoryEntryRow.member_id == MemberRow.id
    statement = select(MemberRow).outerjoin(DirectoryEntryRow, entry).where(MemberRow.id == member_id)
    member = session.scalar(statement.where(*_visible(principal)))
    if member is None:
        raise ForbiddenError(f"There is no user {member_id} here.")
    return member


def _visible(principal: Principal) -> tuple[ColumnElement[bool], ...]:
    is_shown = or_(DirectoryEntryRow.is_deleted.is_(None), DirectoryEntryRow.is_deleted.is_(False))
    return (MemberRow.tenant_id == principal.tenant.id, is_shown)


def _apply(
    platform: Platform, session: Session, principal: Principal, member: MemberRow, changes: Mapping[str, object]
) -> None:
    before = {"email": member.email, "name": member.name}
    if changes.get("username"):
        email = str(changes["username"]).strip().lower()
        if email != member.email:
            member.email = _require_free(session, principal, _require_email(session, principal, email))
    member.name = _name_of(changes, member.name) or member.name
    if "externalid" in changes:
        value = changes["externalid"]
        _entry(session, member.id).external_id = None if value is None else str(value)[:255]
    session.flush()
    after = {"email": member.email, "name": member.name}
    if after != before:
        record_change(session, principal, member, dict(before), dict(after))
    # Both addresses are told where one has taken the other's place.
    for address in (before["email"], member.email) if member.email != before["email"] else ():
        what = f"the address {before['email']} was changed to {member.email}"
        tell_of_change(platform, session, principal, address, what=what)
    if "active" in changes:
        set_active(session, principal, member, is_active=read_truth(changes["active"]), now=platform.clock())


def _entry(session: Session, member_id: str) -> DirectoryEntryRow:
    entry = session.get(DirectoryEntryRow, member_id)
    if entry is None:
        entry = DirectoryEntryRow(member_id=member_id, external_id=None, is_deleted=False)
        session.add(entry)
    return entry


def _require_email(session: Session, principal: Principal, email: str) -> str:
    email = email.strip().lower()
    if holder_of(session, email) != principal.tenant.id:
        raise ScimInvalid(
            f"{email!r} is not an address of a domain that {principal.tenant.name} has proved. Send an e-mail address "
            "as userName, and prove its domain on the page Sign-in."
        )
    return email


def _require_free(session: Session, principal: Principal, email: str) -> str:
    statement = select(MemberRow.id).where(MemberRow.tenant_id == principal.tenant.id, MemberRow.email == email)
    if session.scalar(statement) is not None:
        raise ConflictError(f"There is a user {email} already.")
    return email


def _changes_of(body: Mapping[str, object]) -> dict[str, object]:
    """The attributes of a whole resource that are kept here, by name in lower case."""
    flat: dict[str, object] = {}
    for name, value in body.items():
        if name.lower() == "name" and isinstance(value, dict):
            flat |= {f"name.{part.lower()}": inner for part, inner in value.items()}
        else:
            flat[name.lower()] = value
    return {name: value for name, value in flat.items() if name in _KEPT}


def _first_email(body: Mapping[str, object]) -> str | None:
    emails = body.get("emails")
    found = [one for one in emails if isinstance(one, dict)] if isinstance(emails, list) else []
    found.sort(key=lambda one: one.get("primary") is not True)
    return str(found[0].get("value", "")) if found else None


def _known(change: Change) -> str:
    """The name under which a change is applied; empty for what is not kept here. Raises ScimInvalid."""
    name = change.name
    if name in _KEPT:
        return name
    if name in {"emails", "emails.value"}:
        return "username" if change.operation != "remove" else ""
    if name.partition(".")[0] in _IGNORED or "enterprise" in name:
        return ""
    raise ScimInvalid(f"{name!r} is not an attribute of a user here.", "invalidPath")


def _value_of(change: Change) -> object:
    if change.operation == "remove":
        if change.name == "externalid":
            return None
        if change.name in {"username", "active"}:
            raise ScimInvalid(f"{change.name} cannot be removed.", "mutability")
        return ""
    if change.name == "emails" and isinstance(change.value, Sequence) and not isinstance(change.value, str):
        return _first_email({"emails": change.value})
    return change.value


def _name_of(changes: Mapping[str, object], present: str = "") -> str:
    """The name that was sent; a part of it alone changes that part of the present one."""
    shown = str(changes.get("displayname") or changes.get("name.formatted") or "").strip()
    if shown or not {"name.givenname", "name.familyname"} & changes.keys():
        return shown[:200]
    given, _, family = present.partition(" ")
    parts = (changes.get("name.givenname", given), changes.get("name.familyname", family))
    return " ".join(str(part).strip() for part in parts if part)[:200]


def _resource(platform: Platform, session: Session, member: MemberRow) -> dict[str, object]:
    entry = session.get(DirectoryEntryRow, member.id)
    statement = (
        select(DirectoryGroupRow.id, DirectoryGroupRow.name)
        .join(DirectoryGroupMemberRow, DirectoryGroupMemberRow.group_id == DirectoryGroupRow.id)
        .where(DirectoryGroupMemberRow.member_id == member.id)
    )
    groups = [{"value": group_id, "display": name} for group_id, name in session.execute(statement)]
    resource: dict[str, object] = {
        "schemas": [SCHEMA],
        "id": member.id,
        "userName": member.email,
        "name": {"formatted": member.name},
        "displayName": member.name,
        "emails": [{"value": member.email, "type": "work", "primary": True}],
        "active": member.is_active,
        "groups": groups,
        "meta": {
            "resourceType": "User",
            "created": member.created_at.isoformat(),
            "location": f"{platform.settings.address}/api/scim/v2/Users/{member.id}",
        },
    }
    return resource | ({"externalId": entry.external_id} if entry and entry.external_id else {})
