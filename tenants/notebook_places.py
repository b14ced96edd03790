"""Where notebooks lie: put into a folder, and a copy put where its model lies, for the same people."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.ids import new_id
from tenants.folder_schema import GrantRow, NotebookPlaceRow


def require_place(session: Session, tenant_id: str, name: str) -> NotebookPlaceRow:
    """The place of a notebook, at the top where none is kept yet."""
    row = session.get(NotebookPlaceRow, (tenant_id, name))
    if row is None:
        row = NotebookPlaceRow(tenant_id=tenant_id, name=name, is_restricted=False)
        session.add(row)
    return row


def copy_place(session: Session, tenant_id: str, name: str, copy: str) -> None:
    """Let a copy lie where its model lies, and be for those whom the model is for."""
    place = session.get(NotebookPlaceRow, (tenant_id, name))
    if place is None:
        return
    new = require_place(session, tenant_id, copy)
    new.folder_id, new.is_restricted = place.folder_id, place.is_restricted
    for grant in session.scalars(select(GrantRow).where(GrantRow.tenant_id == tenant_id, GrantRow.notebook == name)):
        session.add(
            GrantRow(
                id=new_id(),
                tenant_id=tenant_id,
                notebook=copy,
                member_id=grant.member_id,
                team_id=grant.team_id,
                level=grant.level,
            )
        )
