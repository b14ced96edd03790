"""Comments are for everybody who may see the notebook, mentions reach those alone who may, and nothing else is told."""

import pytest

from core.errors import ForbiddenError, InvalidError
from services.notebook_comments import (
    MAX_MARK,
    MAX_TEXT,
    Comment,
    add_comment,
    list_comments,
    list_mentionable,
    list_mentions,
    remove_comment,
    resolve_comment,
    see_mentions,
)
from services.notebooks import require_version, save_notebooks
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.sharing import share
from tenants.access import Principal, Role, operator

BOOK = "notebook: book\ntitle: Book\ncells:\n  - {name: one, kind: text, text: Hi}\n"


@pytest.fixture
def people(platform: Platform) -> tuple[Principal, Principal, Principal]:
    """Ann writes, Ben reads; Cy is in another tenant, where there is a notebook of the same name."""
    found = []
    for slug, names in (("acme", ("ann", "ben")), ("other", ("cy",))):
        tenant = create_tenant(platform, slug=slug, name=slug)
        save_notebooks(platform, operator(tenant), {"book.yaml": BOOK})
        for name in names:
            role = Role.EXECUTIVE if name == "ben" else Role.ANALYST
            email = f"{name}@{slug}.example"
            found.append(add_member(platform, operator(tenant), email=email, name=name, role=role))
    ann, ben, cy = found
    return ann, ben, cy


def said(platform: Platform, principal: Principal) -> list[Comment]:
    return list_comments(platform, principal, "book")


def test_a_mention_stands_on_home_until_it_is_opened_or_done(
    platform: Platform, people: tuple[Principal, Principal, Principal]
) -> None:
    ann, ben, cy = people
    assert list_mentionable(platform, ann, "book") == ["ben@acme.example"]
    for text in ("Is this <b>right</b>?\n=1+1", "And this?"):
        add_comment(platform, ann, "book", "one", text, ["ben@acme.example", "ben@acme.example"])
    first, second = said(platform, ben)
    assert (first.text, first.author, first.mentions) == (
        "Is this <b>right</b>?\n=1+1",
        "ann@acme.example",
        ("ben@acme.example",),
    )
    assert said(platform, cy) == []
    assert len(list_mentions(platform, ben)) == 2
    assert list_mentions(platform, ann) == []
    resolve_comment(platform, ben, "book", second.id)
    assert [one.id for one in list_mentions(platform, ben)] == [first.id]
    assert said(platform, ann)[1].resolved_by == "ben@acme.example"
    resolve_comment(platform, ann, "book", second.id, is_resolved=False)
    see_mentions(platform, cy, "book", "one")
    assert len(list_mentions(platform, ben)) == 2
    see_mentions(platform, ben, "book", "one")
    assert list_mentions(platform, ben) == []


def test_who_may_no_longer_see_the_notebook_is_told_nothing_of_it(
    platform: Platform, people: tuple[Principal, Principal, Principal]
) -> None:
    ann, ben, _ = people
    add_comment(platform, ann, "book", "one", "Look", ["ben@acme.example"])
    share(platform, ann, notebook="book", is_restricted=True, grants={"ann@acme.example": "edit"})
    assert list_mentions(platform, ben) == []
    assert list_mentionable(platform, ann, "book") == []
    with pytest.raises(InvalidError, match=r"ben@acme\.example may not see this notebook"):
        add_comment(platform, ann, "book", "one", "Again", ["ben@acme.example"])
    assert len(said(platform, ann)) == 1
    with pytest.raises(ForbiddenError, match="no notebook 'book'"):
        add_comment(platform, ben, "book", "one", "Hello?")


def test_who_may_only_see_reads_and_says_nothing(
    platform: Platform, people: tuple[Principal, Principal, Principal]
) -> None:
    ann, ben, _ = people

    def let_ben(level: str) -> None:
        grants = {"ann@acme.example": "edit", "ben@acme.example": level}
        share(platform, ann, notebook="book", is_restricted=True, grants=grants)

    for level, may in (("view", False), ("comment", True)):
        let_ben(level)
        facts = require_version(platform, ben, "book")[1]
        assert (facts.may_comment, facts.may_edit) == (may, False)
    add_comment(platform, ben, "book", "one", "Said while I could")
    [comment] = said(platform, ann)
    let_ben("view")
    assert said(platform, ben) == [comment]
    refused = "may see book, not comment on it"
    with pytest.raises(ForbiddenError, match=refused):
        add_comment(platform, ben, "book", "one", "And now?")
    with pytest.raises(ForbiddenError, match=refused):
        resolve_comment(platform, ben, "book", comment.id)
    # What one has said oneself can be taken back all the same.
    remove_comment(platform, ben, "book", comment.id)
    assert said(platform, ann) == []


def test_a_comment_is_about_a_mark_of_a_chart_or_the_whole_cell(
    platform: Platform, people: tuple[Principal, Principal, Principal]
) -> None:
    ann, ben, _ = people
    add_comment(platform, ann, "book", "one", "The price rise", ["ben@acme.example"], mark="2026-03-01")
    add_comment(platform, ben, "book", "one", "All of it")
    assert [(one.mark, one.text) for one in said(platform, ann)] == [
        ("2026-03-01", "The price rise"),
        ("", "All of it"),
    ]
    assert [one.mark for one in list_mentions(platform, ben)] == ["2026-03-01"]
    with pytest.raises(InvalidError, match="201 characters; at most 200"):
        add_comment(platform, ann, "book", "one", "Hi", mark="x" * (MAX_MARK + 1))


def test_what_cannot_be_said_is_refused_and_nobody_takes_back_what_others_said(
    platform: Platform, people: tuple[Principal, Principal, Principal]
) -> None:
    ann, ben, cy = people
    for text in ("", " \n", "x" * (MAX_TEXT + 1)):
        with pytest.raises(InvalidError, match="1 to 4,000 characters"):
            add_comment(platform, ben, "book", "one", text)
    with pytest.raises(InvalidError, match="no cell 'two'"):
        add_comment(platform, ben, "book", "two", "Hi")
    with pytest.raises(InvalidError, match=r"cy@other\.example may not see"):
        add_comment(platform, ben, "book", "one", "Hi", ["cy@other.example"])
    with pytest.raises(InvalidError, match="at most 20 people"):
        add_comment(platform, ben, "book", "one", "Hi", [f"{number}@acme.example" for number in range(21)])
    add_comment(platform, ben, "book", "one", "Mine", ["ann@acme.example"])
    [comment] = said(platform, ann)
    with pytest.raises(ForbiddenError, match="Only who wrote"):
        remove_comment(platform, ann, "book", comment.id)
    for change in (resolve_comment, remove_comment):
        with pytest.raises(ForbiddenError, match="no such comment"):
            change(platform, cy, "book", comment.id)
    remove_comment(platform, ben, "book", comment.id)
    assert said(platform, ann) == []
    assert list_mentions(platform, ann) == []
