"""What of notebooks is not in their text: published versions, the trash, and the favourites of members."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import utc_now
from tenants.access.principal import Principal
from tenants.schema import FavouriteRow, NotebookStateRow


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookState:
    """Readers see `published_version`, None before the first publication. `trashed_at` is None outside the trash."""

    published_version: int | None = None
    trashed_at: dt.datetime | None = None
    trashed_by: str = ""


def find_state(session: Session, tenant_id: str, name: str) -> NotebookState:
    """The state of one notebook."""
    row = session.get(NotebookStateRow, (tenant_id, name))
    return state_of(row)


def publish_version(session: Session, tenant_id: str, name: str, version: int) -> None:
    """Make a version the one that readers see, and take the notebook out of the trash."""
    row = _row(session, tenant_id, name)
    row.published_version = version
    row.trashed_at, row.trashed_by = None, ""


def set_trashed(session: Session, principal: Principal, name: str, *, is_trashed: bool) -> None:
    """Put a notebook into the trash, or take it out."""
    row = _row(session, principal.tenant.id, name)
    row.trashed_at = utc_now() if is_trashed else None
    row.trashed_by = principal.email if is_trashed else ""


def list_favourites(session: Session, member_id: str | None) -> frozenset[str]:
    """The names of the notebooks a member has marked; the operator marks none."""
    if member_id is None:
        return frozenset()
    return frozenset(session.scalars(select(FavouriteRow.name).where(FavouriteRow.member_id == member_id)))


def set_favourite(session: Session, member_id: str, name: str, *, is_favourite: bool) -> None:
    """Mark a notebook, or take the mark away."""
    row = session.get(FavouriteRow, (member_id, name))
    if is_favourite and row is None:
        session.add(FavouriteRow(member_id=member_id, name=name))
    elif not is_favourite and row is not None:
        session.delete(row)


def _row(session: Session, tenant_id: str, name: str) -> NotebookStateRow:
    row = session.get(NotebookStateRow, (tenant_id, name))
    if row is None:
        row = NotebookStateRow(tenant_id=tenant_id, name=name, trashed_by="")
        session.add(row)
    return row


def state_of(row: NotebookStateRow | None) -> NotebookState:
    """A state as it is kept; a notebook that was never published or trashed may have no row."""
    if row is None:
        return NotebookState()
    return NotebookState(published_version=row.published_version, trashed_at=row.trashed_at, trashed_by=row.trashed_by)
