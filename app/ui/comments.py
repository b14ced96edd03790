"""What is said about a cell, in a dialog: the thread, who is mentioned, and a field to answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import streamlit as st

from app.ui.action import Action
from app.ui.failure import failure_of
from app.ui.inbox import InboxRow
from app.ui.notice import error_box
from app.ui.surface import surface
from app.ui.template import render
from core.errors import UserError
from services.notebook_comments import (
    MAX_TEXT,
    Comment,
    add_comment,
    list_comments,
    list_mentionable,
    remove_comment,
    resolve_comment,
    see_mentions,
)
from services.platform import Platform
from tenants.access import Principal

EXCERPT = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRow:
    """One comment as it is shown: when and by whom, and what its reader can do."""

    head: str
    comment: Comment
    actions: tuple[Action, ...]


@st.dialog("Comments", width="medium")
def comments_dialog(platform: Platform, principal: Principal, name: str, cell: str) -> None:
    """Show what was said about a cell, and take what the member says."""
    see_mentions(platform, principal, name, cell)
    st.text(cell)
    rows = [_row(one, principal) for one in list_comments(platform, principal, name) if one.cell == cell]

    def act(chosen: str) -> None:
        verb, _, comment_id = chosen.partition(":")
        if verb == "remove":
            remove_comment(platform, principal, name, comment_id)
        else:
            resolve_comment(platform, principal, name, comment_id, is_resolved=verb == "done")

    if rows:
        surface(render("comments.html", rows=rows), key=f"comments_{name}_{cell}", on_act=act)
    with st.form("comment", border=False, clear_on_submit=True):
        text = st.text_area("Comment", max_chars=MAX_TEXT, height=100)
        mentions = st.multiselect("Mention", list_mentionable(platform, principal, name), placeholder="Nobody")
        if not st.form_submit_button("Comment", type="primary"):
            return
    try:
        add_comment(platform, principal, name, cell, text, mentions)
    except UserError as error:
        error_box(failure_of(error, what="Not said yet"), key="comment")
        return
    st.rerun(scope="fragment")


def open_counts(platform: Platform, principal: Principal, name: str) -> Mapping[str, int]:
    """How many comments are open, by cell."""
    counts: dict[str, int] = {}
    for one in list_comments(platform, principal, name):
        if not one.resolved_by:
            counts[one.cell] = counts.get(one.cell, 0) + 1
    return counts


def mention_rows(mentions: list[Comment]) -> list[InboxRow]:
    """The comments that mention the reader, as things to do."""
    return [
        InboxRow(
            title=f"{one.author} mentions you in {one.notebook}",
            reason=_excerpt(one.text),
            icon="alternate_email",
            action=Action(label="Open", href=f"/notebooks?id={one.notebook}&view=edit&comments={one.cell}"),
        )
        for one in mentions
    ]


def _row(comment: Comment, principal: Principal) -> CommentRow:
    at = comment.created_at.astimezone(ZoneInfo(principal.tenant.zone))
    done = (
        Action(label="Open again", act=f"open:{comment.id}")
        if comment.resolved_by
        else Action(label="Done", act=f"done:{comment.id}")
    )
    own = (Action(label="Remove", act=f"remove:{comment.id}"),) if comment.author == principal.email else ()
    return CommentRow(head=f"{comment.author}, {at:%-d %b %Y, %H:%M}", comment=comment, actions=(done, *own))


def _excerpt(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= EXCERPT else f"{words[:EXCERPT]}…"
