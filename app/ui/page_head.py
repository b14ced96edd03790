"""The head of a page: a sentence that answers, then one line of meta, then the controls."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from app.ui.sentence import Sentence
from app.ui.surface import surface
from app.ui.template import render
from app.ui.tone import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHead:
    """What a page opens with: the answer in bold, its cause in grey.

    `crumbs` stand above, a `text` below. A page without an answer (a list, a form) gives its title as the answer.
    """

    answer: Sentence
    cause: Sentence = ""
    crumbs: tuple[str, ...] = ()
    text: Sentence = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaItem:
    """A fact in the line under the answer: the period, the scope, the age of a source."""

    text: str
    icon: str = ""
    tone: Tone | None = None


def render_page_head(head: PageHead) -> Markup:
    """The markup of the head."""
    return render("page_head.html", head=head)


def render_meta(items: Sequence[MetaItem]) -> Markup:
    """The markup of the line of meta."""
    return render("meta_line.html", items=items)


def page_head(head: PageHead, *, key: str = "page") -> None:
    """Draw the head; the first thing on every page."""
    surface(render_page_head(head), key=f"head_{key}")


def page_bar(meta: Sequence[MetaItem] = (), *, key: str = "page") -> DeltaGenerator:
    """Draw the line of meta on the left and return the container for the controls on its right.

    Where the two do not fit in one row, the controls go below. Without meta the container holds the whole row:
    put filters in it first, actions last.
    """
    bar = st.container(
        key=f"bar_{key}",
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        gap="small",
    )
    if not meta:
        return bar
    with bar:
        surface(render_meta(meta), key=f"meta_{key}", width="content")
        return st.container(key=f"barcontrols_{key}", horizontal=True, width="content", gap=8)
