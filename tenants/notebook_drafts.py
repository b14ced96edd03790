"""What a member typed into a form and has not saved: one draft for each cell, theirs alone."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.clock import as_utc, utc_now
from tenants.draft_schema import NotebookDraftRow


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDraft:
    """A draft as it is kept: its place in the notebook, what was typed, and when it came."""

    place: str
    typed: Mapping[str, object]
    saved_at: dt.datetime


def list_drafts(session: Session, member_id: str, notebook: str) -> list[StoredDraft]:
    """A member's drafts in a notebook, the newest first."""
    statement = select(NotebookDraftRow).where(
        NotebookDraftRow.member_id == member_id, NotebookDraftRow.notebook == notebook
    )
    rows = session.scalars(statement.order_by(NotebookDraftRow.saved_at.desc(), NotebookDraftRow.place))
    return [StoredDraft(place=row.place, typed=row.typed, saved_at=as_utc(row.saved_at)) for row in rows]


def keep_draft(session: Session, member_id: str, notebook: str, place: str, typed: dict[str, object]) -> None:
    """Keep a draft in the place of the one before."""
    session.merge(
        NotebookDraftRow(member_id=member_id, notebook=notebook, place=place, typed=typed, saved_at=utc_now())
    )


def drop_draft(session: Session, member_id: str, notebook: str, place: str) -> None:
    """Forget a draft, if there is one."""
    session.execute(
        delete(NotebookDraftRow).where(
            NotebookDraftRow.member_id == member_id,
            NotebookDraftRow.notebook == notebook,
            NotebookDraftRow.place == place,
        )
    )
