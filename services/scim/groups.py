"""Groups of SCIM: groups of a tenant's directory, which decide roles where a provider maps them (RFC 7643, 4.2)."""

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.errors import ConflictError, ForbiddenError
from core.ids import new_id
from services.permitted import permitted
from services.platform import Platform
from services.scim.directory import follow_groups
from services.scim.errors import ScimInvalid
from services.scim.filter import FilterColumn, parse_filter
from services.scim.patch import Change, read_patch
from services.scim.users import MOST, Page, require_user
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, record_event
from tenants.schema import MemberRow
from tenants.scim_schema import DirectoryGroupMemberRow, DirectoryGroupRow

SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group"
_COLUMNS = {
    "id": FilterColumn(column=DirectoryGroupRow.id, is_exact=True),
    "displayname": FilterColumn(column=DirectoryGroupRow.name),
    "externalid": FilterColumn(column=DirectoryGroupRow.external_id, is_exact=True),
}


@permitted(Permission.MEMBER_MANAGE)
def list_groups(
    platform: Platform,
    principal: Principal,
    *,
    text: str = "",
    start: int = 1,
    count: int = MOST,
    is_brief: bool = False,
) -> Page:
    """A page of the groups that fit a filter, by name; `is_brief` leaves out who is in them. Raises ScimInvalid."""
    where = [DirectoryGroupRow.tenant_id == principal.tenant.id, *([parse_filter(text, _COLUMNS)] if text else [])]
    start, count = max(1, start), min(max(0, count), MOST)
    with platform.session() as session:
        total = session.scalar(select(func.count()).select_from(DirectoryGroupRow).where(*where)) or 0
        page = select(DirectoryGroupRow).where(*where).order_by(DirectoryGroupRow.name, DirectoryGroupRow.id)
        rows = session.scalars(page.offset(start - 1).limit(count))
        found = tuple(_resource(platform, session, row, is_brief=is_brief) for row in rows)
    return Page(resources=found, start=start, total=total)


@permitted(Permission.MEMBER_MANAGE)
def find_group(platform: Platform, principal: Principal, group_id: str, *, is_brief: bool = False) -> dict[str, object]:
    """One group. Raises ForbiddenError, also for one of another tenant."""
    with platform.session() as session:
        return _resource(platform, session, _require(session, principal, group_id), is_brief=is_brief)


@permitted(Permission.MEMBER_MANAGE)
def create_group(platform: Platform, principal: Principal, body: Mapping[str, object]) -> dict[str, object]:
    """A new group with its members. Raises ConflictError, ScimInvalid."""
    name = _name(body.get("displayName"))
    with platform.session() as session:
        _require_free(session, principal, name)
        row = DirectoryGroupRow(
            id=new_id(),
            tenant_id=principal.tenant.id,
            name=name,
            external_id=_external(body),
            created_at=platform.clock(),
        )
        session.add(row)
        session.flush()
        _set_members(session, principal, row, _ids(body.get("members") or []))
        _record(session, principal, row.name, "created")
        return _resource(platform, session, row)


@permitted(Permission.MEMBER_MANAGE)
def replace_group(
    platform: Platform, principal: Principal, group_id: str, body: Mapping[str, object]
) -> dict[str, object]:
    """Put a group's name and members in place of those there were. Raises ForbiddenError, ScimInvalid."""
    with platform.session() as session:
        row = _require(session, principal, group_id)
        _rename(session, principal, row, _name(body.get("displayName")))
        row.external_id = _external(body)
        _set_members(session, principal, row, _ids(body.get("members") or []))
        _record(session, principal, row.name, "replaced")
        return _resource(platform, session, row)


@permitted(Permission.MEMBER_MANAGE)
def patch_group(
    platform: Platform, principal: Principal, group_id: str, body: Mapping[str, object]
) -> dict[str, object]:
    """Change a group's name or members, all or nothing. Raises ForbiddenError, ScimInvalid."""
    changes = read_patch(body)
    with platform.session() as session:
        row = _require(session, principal, group_id)
        for change in changes:
            _apply(session, principal, row, change)
        _record(session, principal, row.name, "changed")
        return _resource(platform, session, row)


@permitted(Permission.MEMBER_MANAGE)
def delete_group(platform: Platform, principal: Principal, group_id: str) -> None:
    """Remove a group; its members stay. Raises ForbiddenError."""
    with platform.session() as session:
        row = _require(session, principal, group_id)
        _set_members(session, principal, row, [])
        session.delete(row)
        _record(session, principal, row.name, "deleted")


def _apply(session: Session, principal: Principal, row: DirectoryGroupRow, change: Change) -> None:
    present = _member_ids(session, row.id)
    if change.name == "displayname" and change.operation != "remove":
        _rename(session, principal, row, _name(change.value))
    elif change.name == "externalid":
        row.external_id = None if change.operation == "remove" else str(change.value)[:255]
    elif change.name == "members":
        named = [change.selected] if change.selected is not None else _ids(change.value or [])
        if change.operation == "add":
            wanted = present | set(named)
        elif change.operation == "replace":
            wanted = set(named)
        else:
            # Without a value every member is removed.
            wanted = present - set(named) if named else set()
        _set_members(session, principal, row, wanted)
    elif change.name not in {"id", "schemas", "meta"}:
        raise ScimInvalid(f"{change.name!r} is not an attribute of a group here.", "invalidPath")


def _set_members(session: Session, principal: Principal, row: DirectoryGroupRow, wanted: Iterable[str]) -> None:
    wanted, present = set(wanted), _member_ids(session, row.id)
    for member_id in sorted(wanted - present):
        try:
            require_user(session, principal, member_id)
        except ForbiddenError as error:
            raise ScimInvalid(f"There is no user {member_id} here to be in a group.") from error
        session.add(DirectoryGroupMemberRow(group_id=row.id, member_id=member_id))
    gone = DirectoryGroupMemberRow.member_id.in_(present - wanted)
    session.execute(delete(DirectoryGroupMemberRow).where(DirectoryGroupMemberRow.group_id == row.id, gone))
    session.flush()
    for member_id in sorted(wanted ^ present):
        follow_groups(session, principal, session.get_one(MemberRow, member_id))


def _member_ids(session: Session, group_id: str) -> set[str]:
    statement = select(DirectoryGroupMemberRow.member_id).where(DirectoryGroupMemberRow.group_id == group_id)
    return set(session.scalars(statement))


def _require(session: Session, principal: Principal, group_id: str) -> DirectoryGroupRow:
    row = session.get(DirectoryGroupRow, group_id)
    if row is None or row.tenant_id != principal.tenant.id:
        raise ForbiddenError(f"There is no group {group_id} here.")
    return row


def _require_free(session: Session, principal: Principal, name: str) -> None:
    of_name = (DirectoryGroupRow.tenant_id == principal.tenant.id, DirectoryGroupRow.name == name)
    if session.scalar(select(DirectoryGroupRow.id).where(*of_name)) is not None:
        raise ConflictError(f"There is a group {name!r} already.")


def _rename(session: Session, principal: Principal, row: DirectoryGroupRow, name: str) -> None:
    if name != row.name:
        _require_free(session, principal, name)
        row.name = name
        session.flush()


def _name(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 255:
        raise ScimInvalid("A group has a displayName of 1 to 255 characters.")
    return value.strip()


def _external(body: Mapping[str, object]) -> str | None:
    value = body.get("externalId")
    return None if value is None else str(value)[:255]


def _ids(value: object) -> list[str]:
    found: list[str] = []
    for one in value if isinstance(value, list) else [value]:
        member_id = one.get("value") if isinstance(one, dict) else None
        if not isinstance(member_id, str):
            raise ScimInvalid("Members are objects with the id of a user as their value.")
        found.append(member_id)
    return found


def _record(session: Session, principal: Principal, name: str, done: str) -> None:
    record_event(session, AuditAction.DIRECTORY_GROUP_CHANGED, subject=name, principal=principal, data={"done": done})


def _resource(
    platform: Platform, session: Session, row: DirectoryGroupRow, *, is_brief: bool = False
) -> dict[str, object]:
    statement = (
        select(MemberRow.id, MemberRow.email)
        .join(DirectoryGroupMemberRow, DirectoryGroupMemberRow.member_id == MemberRow.id)
        .where(DirectoryGroupMemberRow.group_id == row.id)
        .order_by(MemberRow.email)
    )
    resource: dict[str, object] = {
        "schemas": [SCHEMA],
        "id": row.id,
        "displayName": row.name,
        "meta": {
            "resourceType": "Group",
            "created": row.created_at.isoformat(),
            "location": f"{platform.settings.address}/api/scim/v2/Groups/{row.id}",
        },
    }
    if row.external_id:
        resource["externalId"] = row.external_id
    if not is_brief:
        people = session.execute(statement)
        resource["members"] = [{"value": member_id, "display": email} for member_id, email in people]
    return resource
