"""What is typed and not saved is the member's own, bounded, and never in the way of the notebook."""

from collections.abc import Mapping

import pytest

from core.errors import ForbiddenError, InvalidError
from notebooks import FormField, TextCell, Widget, typed_values
from services.notebook_drafts import (
    MAX_DRAFTS,
    MAX_TYPED,
    NotebookDraft,
    drop_draft,
    keep_draft,
    list_drafts,
    place_draft,
    read_draft,
    write_draft,
)
from services.notebooks import save_notebooks
from services.organisation import add_member, create_tenant
from services.platform import Platform
from tenants.access import Principal, Role, operator

BOOK = """\
notebook: book
title: Book
cells:
  - {name: one, kind: text, text: As it was}
  - {name: two, kind: text, text: Two}
"""
ONE = TextCell(name="one", text="As it was")


@pytest.fixture
def writers(platform: Platform) -> tuple[Principal, Principal]:
    """Two who may write one notebook."""
    tenant = create_tenant(platform, slug="acme", name="Acme")
    save_notebooks(platform, operator(tenant), {"book.yaml": BOOK})
    one, two = (
        add_member(platform, operator(tenant), email=f"{name}@acme.example", name=name, role=Role.ANALYST)
        for name in ("ann", "ben")
    )
    return one, two


def typed(values: Mapping[str, str]) -> NotebookDraft:
    return NotebookDraft(kind="text", values=values, opened=ONE)


def test_a_draft_is_the_members_own_and_the_last_one_typed(
    platform: Platform, writers: tuple[Principal, Principal]
) -> None:
    ann, ben = writers
    keep_draft(platform, ann, "book", typed({"text": "first"}))
    keep_draft(platform, ann, "book", typed({"text": "second"}))
    keep_draft(platform, ann, "book", NotebookDraft(kind="sql", values={"sql": "SELECT"}, after="two"))
    found = {draft.place: draft for draft in list_drafts(platform, ann, "book")}
    assert sorted(found) == ["one", "two+sql"]
    assert found["one"].values == {"text": "second"}
    assert found["one"].opened == ONE
    assert found["one"].saved_at is not None
    assert list_drafts(platform, ben, "book") == []
    drop_draft(platform, ben, "book", "one")
    assert len(list_drafts(platform, ann, "book")) == 2
    drop_draft(platform, ann, "book", "one")
    assert [draft.place for draft in list_drafts(platform, ann, "book")] == ["two+sql"]


def test_a_draft_of_a_cell_that_has_gone_becomes_one_of_a_new_cell(
    platform: Platform, writers: tuple[Principal, Principal]
) -> None:
    ann, _ = writers
    draft = typed({"text": "mine"})
    keep_draft(platform, ann, "book", draft)
    assert place_draft(platform, ann, "book", draft) == draft
    without = BOOK.replace("  - {name: one, kind: text, text: As it was}\n", "")
    save_notebooks(platform, operator(ann.tenant), {"book.yaml": without})
    placed = place_draft(platform, ann, "book", draft)
    assert (placed.opened, placed.after, placed.values) == (None, "two", {"text": "mine"})
    assert [draft.place for draft in list_drafts(platform, ann, "book")] == ["two+text"]


def test_what_a_browser_hands_over_is_read_or_refused_with_a_reason(
    platform: Platform, writers: tuple[Principal, Principal]
) -> None:
    ann, ben = writers
    draft = typed({"text": "<b>x</b> \u202e"})
    assert read_draft(write_draft(draft)) == draft
    for text in ("", "[]", '{"kind": "text"}', '{"kind": "text", "values": {"text": 1}}'):
        with pytest.raises(InvalidError, match="cannot be kept"):
            read_draft(text)
    with pytest.raises(InvalidError, match="no kind of cell 'grap'"):
        read_draft('{"kind": "grap", "values": {}}')
    with pytest.raises(InvalidError, match="characters long"):
        read_draft("x" * (MAX_TYPED + 1))
    with pytest.raises(ForbiddenError, match="no notebook 'absent'"):
        keep_draft(platform, ann, "absent", draft)
    for number in range(MAX_DRAFTS):
        keep_draft(platform, ben, "book", NotebookDraft(kind="text", values={}, after=f"c{number}"))
    with pytest.raises(InvalidError, match="50 unsaved cells"):
        keep_draft(platform, ben, "book", draft)


def test_the_operator_types_nothing(platform: Platform, writers: tuple[Principal, Principal]) -> None:
    with pytest.raises(InvalidError, match="no drafts"):
        keep_draft(platform, operator(writers[0].tenant), "book", typed({}))


def test_texts_are_put_back_as_their_fields_show_them() -> None:
    form = (
        FormField(key="sql", label="SQL", widget=Widget.SQL),
        FormField(key="limit", label="Limit", widget=Widget.INTEGER),
        FormField(key="options", label="Options", widget=Widget.LINES),
        FormField(key="metric", label="Metric", widget=Widget.METRIC),
    )
    texts = {"sql": "a\nb", "limit": "12", "options": "x\n\n y ", "metric": "Bookings", "name": "n"}
    assert typed_values(form, texts) == {"sql": "a\nb", "limit": 12, "options": ("x", "y")}
    assert typed_values(form, {"limit": "many"}) == {"limit": None}
