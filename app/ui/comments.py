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
from notebooks import ChartOutput, Output
from services.notebook_comments import (
    MAX_MARK,
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
MOST_MARKS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRow:
    """One comment as it is shown: when and by whom, and what its reader can do."""

    head: str
    comment: Comment
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentsView:
    """The cell that is spoken of, the marks of its chart, and the one that was clicked; empty is the whole cell."""

    name: str
    cell: str
    marks: tuple[str, ...] = ()
    mark: str = ""
    may_comment: bool = True


def marks_of(output: Output | None) -> tuple[str, ...]:
    """The marks of a chart that something can be said about: each place on its axis once."""
    if not isinstance(output, ChartOutput):
        return ()
    places = dict.fromkeys(str(x) for series in output.chart.series for x in series.x if x is not None)
    return tuple(place for place in places if place and len(place) <= MAX_MARK)[:MOST_MARKS]


@st.dialog("Comments", width="medium")
def comments_dialog(platform: Platform, principal: Principal, view: CommentsView) -> None:
    """Show what was said about a cell, and take what the member says."""
    name, cell = view.name, view.cell
    see_mentions(platform, principal, name, cell)
    st.text(cell)
    said = [one for one in list_comments(platform, principal, name) if one.cell == cell]
    rows = [_row(one, principal, may_comment=view.may_comment) for one in said]

    def act(chosen: str) -> None:
        verb, _, comment_id = chosen.partition(":")
        if verb == "remove":
            remove_comment(platform, principal, name, comment_id)
        else:
            resolve_comment(platform, principal, name, comment_id, is_resolved=verb == "done")

    if rows:
        surface(render("comments.html", rows=rows), key=f"comments_{name}_{cell}", on_act=act)
    if not view.may_comment:
        st.caption("You may read what is said here. Ask who shared the notebook to let you comment.")
        return
    with st.form("comment", border=False, clear_on_submit=True):
        about = _choose_mark(view)
        text = st.text_area("Comment", max_chars=MAX_TEXT, height=100)
        mentions = st.multiselect("Mention", list_mentionable(platform, principal, name), placeholder="Nobody")
        if not st.form_submit_button("Comment", type="primary"):
            return
    try:
        add_comment(platform, principal, name, cell, text, mentions, mark=about)
    except UserError as error:
        error_box(failure_of(error, what="Not said yet"), key="comment")
        return
    st.rerun(scope="fragment")


def _choose_mark(view: CommentsView) -> str:
    """What of the cell is spoken of, where it is a chart."""
    if not view.marks:
        return ""
    options = ["", *view.marks]
    index = options.index(view.mark) if view.mark in options else 0
    return st.selectbox("About", options, index=index, format_func=lambda mark: mark or "The whole chart")


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


def _row(comment: Comment, principal: Principal, *, may_comment: bool) -> CommentRow:
    at = comment.created_at.astimezone(ZoneInfo(principal.tenant.zone))
    done = (
        Action(label="Open again", act=f"open:{comment.id}")
        if comment.resolved_by
        else Action(label="Done", act=f"done:{comment.id}")
    )
    own = (Action(label="Remove", act=f"remove:{comment.id}"),) if comment.author == principal.email else ()
    actions = (done, *own) if may_comment else own
    return CommentRow(head=f"{comment.author}, {at:%-d %b %Y, %H:%M}", comment=comment, actions=actions)


def _excerpt(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= EXCERPT else f"{words[:EXCERPT]}…"
