"""What members say about the cells of a notebook and the marks of their charts, and whom they mention.

Everybody who may see the notebook reads it; who may comment on it says something.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import as_utc, utc_now
from core.errors import ForbiddenError, InvalidError
from core.ids import new_id
from services.notebooks import NotebookFacts, list_notebooks, require_version
from services.permitted import permitted
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.access.grants import Level, level_of_notebook
from tenants.audit import AuditAction, record_event
from tenants.comment_schema import CommentRow, MentionRow
from tenants.directory import list_members

MAX_TEXT = 4_000
MAX_MENTIONS = 20
MAX_MARK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What somebody said about a cell, or about the `mark` of its chart; empty is the whole cell.

    `mentions` are addresses, `resolved_by` is empty while it is open.
    """

    id: str
    notebook: str
    cell: str
    author: str
    text: str
    created_at: dt.datetime
    mark: str = ""
    mentions: tuple[str, ...] = ()
    resolved_by: str = ""


@permitted(Permission.NOTEBOOK_READ)
def list_comments(platform: Platform, principal: Principal, name: str) -> list[Comment]:
    """What was said about the cells of a notebook, the oldest first. Raises ForbiddenError."""
    require_version(platform, principal, name)
    statement = select(CommentRow).where(CommentRow.tenant_id == principal.tenant.id, CommentRow.notebook == name)
    with platform.session() as session:
        rows = session.scalars(statement.order_by(CommentRow.created_at, CommentRow.id)).all()
        return _comments(session, principal, rows)


@permitted(Permission.NOTEBOOK_READ)
def list_mentionable(platform: Platform, principal: Principal, name: str) -> list[str]:
    """The addresses of the other members who may see a notebook. Raises ForbiddenError."""
    require_version(platform, principal, name)
    with platform.session() as session:
        members = list_members(session, principal.tenant)
        return [
            one.email
            for one in members
            if one.email != principal.email and level_of_notebook(session, one, name) >= Level.VIEW
        ]


@permitted(Permission.NOTEBOOK_READ)
def add_comment(
    platform: Platform,
    principal: Principal,
    name: str,
    cell: str,
    text: str,
    mentions: Sequence[str] = (),
    *,
    mark: str = "",
) -> None:
    """Say something about a cell or a mark of its chart, and have it stand on the Home of those who are mentioned.

    `mark` is the mark's place on the axis, as text. Raises ForbiddenError for who may only see the notebook, and
    InvalidError for a text or mark that is too long, a cell that is not there, and somebody who may not see it.
    """
    principal.require_own_hand()
    notebook, facts = require_version(platform, principal, name, is_draft=True)
    _require_commenting(facts)
    notebook.cell(cell)
    if len(mark) > MAX_MARK:
        raise InvalidError(f"The mark has {len(mark)} characters; at most {MAX_MARK} are kept.")
    words = text.strip()
    if not words or len(words) > MAX_TEXT:
        raise InvalidError(f"A comment has 1 to {MAX_TEXT:,} characters; this has {len(words):,}.")
    asked = tuple(dict.fromkeys(mentions))
    if len(asked) > MAX_MENTIONS:
        raise InvalidError(f"A comment mentions at most {MAX_MENTIONS} people; this mentions {len(asked)}.")
    with platform.session() as session:
        mentioned = _mentioned(session, principal, name, asked)
        row = CommentRow(
            id=new_id(),
            tenant_id=principal.tenant.id,
            notebook=name,
            cell=cell,
            mark=mark,
            author=principal.email,
            text=words,
            created_at=utc_now(),
            resolved_by="",
        )
        session.add(row)
        session.flush()
        session.add_all(MentionRow(comment_id=row.id, member_id=member_id) for member_id in mentioned)
        data = {"cell": cell, "mark": mark, "mentions": list(asked)}
        record_event(session, AuditAction.NOTEBOOK_COMMENTED, subject=name, principal=principal, data=data)


@permitted(Permission.NOTEBOOK_READ)
def resolve_comment(
    platform: Platform, principal: Principal, name: str, comment_id: str, *, is_resolved: bool = True
) -> None:
    """Say that what a comment asks for is done, or open it again. Raises ForbiddenError."""
    principal.require_own_hand()
    _require_commenting(require_version(platform, principal, name)[1])
    with platform.session() as session:
        row = _require(session, principal, name, comment_id)
        row.resolved_at = utc_now() if is_resolved else None
        row.resolved_by = principal.email if is_resolved else ""


@permitted(Permission.NOTEBOOK_READ)
def remove_comment(platform: Platform, principal: Principal, name: str, comment_id: str) -> None:
    """Take back what one has said oneself. Raises ForbiddenError."""
    principal.require_own_hand()
    require_version(platform, principal, name)
    with platform.session() as session:
        row = _require(session, principal, name, comment_id)
        if row.author != principal.email:
            raise ForbiddenError("Only who wrote a comment can take it back; mark it as done instead.")
        session.delete(row)
        data = {"cell": row.cell, "removed": True}
        record_event(session, AuditAction.NOTEBOOK_COMMENTED, subject=name, principal=principal, data=data)


@permitted(Permission.NOTEBOOK_READ)
def list_mentions(platform: Platform, principal: Principal) -> list[Comment]:
    """The open comments that mention the member and that they have not opened, of notebooks they may see."""
    if principal.member_id is None:
        return []
    statement = (
        select(CommentRow)
        .join(MentionRow, MentionRow.comment_id == CommentRow.id)
        .where(
            MentionRow.member_id == principal.member_id, MentionRow.seen_at.is_(None), CommentRow.resolved_at.is_(None)
        )
        .order_by(CommentRow.created_at.desc(), CommentRow.id)
    )
    with platform.session() as session:
        found = _comments(session, principal, session.scalars(statement).all())
    visible = {one.name for one in list_notebooks(platform, principal)} if found else set()
    return [one for one in found if one.notebook in visible]


@permitted(Permission.NOTEBOOK_READ)
def see_mentions(platform: Platform, principal: Principal, name: str, cell: str) -> None:
    """Note that the member has opened what was said about a cell."""
    require_version(platform, principal, name)
    if principal.viewer is not None:
        # What an administrator opens with a member's eyes is still new to the member.
        return
    statement = (
        select(MentionRow)
        .join(CommentRow, MentionRow.comment_id == CommentRow.id)
        .where(
            MentionRow.member_id == principal.member_id,
            MentionRow.seen_at.is_(None),
            CommentRow.tenant_id == principal.tenant.id,
            CommentRow.notebook == name,
            CommentRow.cell == cell,
        )
    )
    with platform.session() as session:
        for row in session.scalars(statement):
            row.seen_at = utc_now()


def _require_commenting(facts: NotebookFacts) -> None:
    if not facts.may_comment:
        raise ForbiddenError(f"You may see {facts.name}, not comment on it. Ask who shared it with you to let you.")


def _mentioned(session: Session, principal: Principal, name: str, asked: Sequence[str]) -> list[str]:
    members = {one.email: one for one in list_members(session, principal.tenant)} if asked else {}
    found = []
    for email in asked:
        member = members.get(email)
        if member is None or member.member_id is None or level_of_notebook(session, member, name) < Level.VIEW:
            raise InvalidError(f"{email} may not see this notebook; share it first, or leave them out.")
        found.append(member.member_id)
    return found


def _require(session: Session, principal: Principal, name: str, comment_id: str) -> CommentRow:
    row = session.get(CommentRow, comment_id)
    if row is None or row.tenant_id != principal.tenant.id or row.notebook != name:
        raise ForbiddenError("There is no such comment here.")
    return row


def _comments(session: Session, principal: Principal, rows: Sequence[CommentRow]) -> list[Comment]:
    emails = {one.member_id: one.email for one in list_members(session, principal.tenant)} if rows else {}
    ids = [row.id for row in rows]
    mentions: dict[str, list[str]] = {}
    for one in session.scalars(select(MentionRow).where(MentionRow.comment_id.in_(ids))):
        if one.member_id in emails:
            mentions.setdefault(one.comment_id, []).append(emails[one.member_id])
    return [
        Comment(
            id=row.id,
            notebook=row.notebook,
            cell=row.cell,
            mark=row.mark,
            author=row.author,
            text=row.text,
            created_at=as_utc(row.created_at),
            mentions=tuple(sorted(mentions.get(row.id, ()))),
            resolved_by=row.resolved_by,
        )
        for row in rows
    ]
