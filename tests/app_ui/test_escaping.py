"""Text a member typed can never become an element, whichever field of whichever view model it stands in."""

import dataclasses
from collections.abc import Callable
from enum import Enum
from html.parser import HTMLParser

import pytest
from markupsafe import Markup

from app.ui.parts import (
    Action,
    render_alert,
    render_badge,
    render_bridge,
    render_card_header,
    render_change,
    render_empty,
    render_error,
    render_footer,
    render_inbox,
    render_insights,
    render_meta,
    render_page_head,
    render_skeleton,
    render_sources,
    render_table,
    render_tile,
    tenant_logo,
    tenant_mark,
)
from app.ui.signin import ProblemView, SignInView, render_problem, render_signin
from app.ui.skeleton import SkeletonShape
from app.ui.surface import surface
from tests.app_ui import samples

ATTACK = "\"'><img src=x onerror=alert(1)>{{ 7 * 7 }}"
Render = Callable[[], str]


def filled(value: object, text: str) -> object:
    """The same view model with a text at the end of every field, the empty ones too."""
    if isinstance(value, Markup | Enum):
        return value
    if isinstance(value, str):
        return value + text
    if isinstance(value, tuple):
        return tuple(filled(item, text) for item in value)
    if isinstance(value, Action):
        # An action has either of the two, and an address begins as it did.
        chosen = {"href": value.href + text} if value.href else {"act": value.act + text}
        return Action(label=value.label + text, icon=value.icon + text, is_primary=value.is_primary, **chosen)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: filled(getattr(value, field.name), text) for field in dataclasses.fields(value)}
        return type(value)(**fields)
    return value


class Elements(HTMLParser):
    """Collects the elements and attributes that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)


CASES: dict[str, tuple[Callable[..., str], object]] = {
    **{f"tile {number}": (render_tile, tile) for number, tile in enumerate(samples.STATE_TILES)},
    "page head": (render_page_head, dataclasses.replace(samples.HOME_HEAD, crumbs=("One", "Two"), text="More")),
    "meta": (render_meta, samples.HOME_META),
    "card header": (render_card_header, dataclasses.replace(samples.TREND_HEADER, action=samples.INBOX_HEADER.action)),
    "footer": (render_footer, samples.FOOTER),
    "alert": (render_alert, samples.ALERT),
    "error": (render_error, samples.ERROR),
    "empty": (render_empty, samples.EMPTY_FIRST),
    "badge": (render_badge, samples.BADGES[0]),
    "change": (render_change, samples.CHANGES[0]),
    "inbox": (render_inbox, samples.INBOX),
    "insights": (render_insights, samples.INSIGHTS),
    "table": (render_table, samples.TABLE),
    "bridge": (render_bridge, samples.BRIDGE),
    "sources": (render_sources, samples.SOURCES),
    "problem": (render_problem, ProblemView(title="T", what="W", remedy="R", reference="F")),
    "sign-in": (render_signin, SignInView(next_path="/x", email="a@b.example", error="E")),
}


def parts(html: str) -> Elements:
    """What a browser would see."""
    parser = Elements()
    parser.feed(html)
    return parser


@pytest.mark.parametrize("name", CASES)
def test_hostile_text_stays_text(name: str) -> None:
    draw, view = CASES[name]
    html = draw(filled(view, ATTACK))
    harmless = parts(draw(filled(view, "word")))
    assert parts(html).tags == harmless.tags
    assert parts(html).attributes == harmless.attributes
    assert "&lt;img src=x onerror=alert(1)&gt;{{ 7 * 7 }}" in html


def test_hostile_label_of_a_skeleton_stays_text() -> None:
    html = render_skeleton(SkeletonShape.ROWS, label=ATTACK)
    assert "<img" not in html


@pytest.mark.parametrize("draw", [tenant_logo, tenant_mark])
def test_hostile_name_of_a_tenant_stays_text(draw: Callable[[str], str]) -> None:
    assert "<img" not in draw(ATTACK)
    assert "&lt;img" in draw(ATTACK)


def test_surface_refuses_a_plain_string() -> None:
    with pytest.raises(TypeError, match="not a plain string"):
        surface("<b>typed by hand</b>", key="x")  # type: ignore[arg-type]
