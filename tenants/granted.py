"""Grants as they are written: to whom, and how far each goes."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from tenants.access.grants import Level
from tenants.folder_schema import GrantRow
from tenants.schema import MemberRow
from tenants.team_schema import TeamRow

EVERYONE = "everyone"
TEAM = "team:"


def list_granted(session: Session, *which: ColumnElement[bool]) -> list[tuple[GrantRow, str, str]]:
    """Grants, each with whom it speaks of and its level."""
    statement = (
        select(GrantRow, MemberRow.email, TeamRow.name)
        .outerjoin(MemberRow, MemberRow.id == GrantRow.member_id)
        .outerjoin(TeamRow, TeamRow.id == GrantRow.team_id)
        .where(*which)
    )
    return [
        (row, email or (EVERYONE if team is None else f"{TEAM}{team}"), Level(row.level).name.lower())
        for row, email, team in session.execute(statement).tuples()
    ]


def granted_on_notebook(session: Session, tenant_id: str, name: str) -> list[tuple[str, str]]:
    """To whom a notebook itself is granted, and how far."""
    return _pairs(session, GrantRow.tenant_id == tenant_id, GrantRow.notebook == name)


def granted_on_folder(session: Session, tenant_id: str, folder_id: str) -> list[tuple[str, str]]:
    """To whom a folder itself is granted, and how far."""
    return _pairs(session, GrantRow.tenant_id == tenant_id, GrantRow.folder_id == folder_id)


def _pairs(session: Session, *which: ColumnElement[bool]) -> list[tuple[str, str]]:
    return sorted((to, level) for _, to, level in list_granted(session, *which))
