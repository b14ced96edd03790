"""Colours of charts: a role becomes a placeholder that the browser replaces, or a hex colour for paper.

The values are in `tokens.json`, which also feeds the pages' theme. On the screen a figure must not hold real colours:
Streamlit replaces its placeholders by the colours of the theme in use, so light and dark need no second run.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from charts.spec import Chart, Role

PALETTE = (
    Role.MAIN,
    Role.SERIES_2,
    Role.SERIES_3,
    Role.SERIES_4,
    Role.SERIES_5,
    Role.SERIES_6,
    Role.SERIES_7,
    Role.SERIES_8,
)

# Only these reach a contrast of 4.5 as words on white; the others are named by a dash of their colour.
READABLE = frozenset({Role.MAIN, Role.SERIES_6, Role.SERIES_8, Role.TOTAL})

Tokens = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Hex colours by role. `ink` is text, axis and grid in different strengths, `background` what a mark lies on."""

    roles: Mapping[Role, str]
    ink: str
    background: str

    def colour(self, role: Role, alpha: float = 1.0) -> str:
        """The colour of a role as #rrggbb, or #rrggbbaa where it is translucent."""
        return _with_alpha(self.roles[role], alpha)

    def shade(self, alpha: float) -> str:
        """Ink of a strength from `INK`, as #rrggbb or #rrggbbaa."""
        return _with_alpha(self.ink, alpha)


def _with_alpha(colour: str, alpha: float) -> str:
    if alpha >= 1:
        return colour
    own = int(colour[7:], 16) if len(colour) > 7 else 255
    return f"{colour[:7]}{round(own * alpha):02x}"


@cache
def tokens() -> Tokens:
    """The design tokens as read from `tokens.json`."""
    text = Path(__file__).with_name("tokens.json").read_text(encoding="utf-8")
    return cast(Tokens, json.loads(text))


def _part(*path: str) -> Mapping[str, object]:
    part = tokens()
    for name in path:
        part = cast(Tokens, part[name])
    return part


@cache
def ink(name: str) -> float:
    """The strength of ink for `label`, `tick`, `context`, `grid` or `track`. Raises KeyError."""
    return cast(float, _part("chart", "ink")[name])


def _roles(palette: list[str], good: str, bad: str, context: str) -> dict[Role, str]:
    roles = dict(zip(PALETTE, palette, strict=True))
    return roles | {Role.TOTAL: palette[-1], Role.GOOD: good, Role.BAD: bad, Role.CONTEXT: context}


@cache
def screen_theme() -> Theme:
    """Streamlit's placeholder colours. Context is ink at 38 %, so the placeholder carries its alpha."""
    part = _part("chart", "streamlitPlaceholders")
    palette = cast(list[str], part["categorical"])
    dark = cast(str, part["ink"])
    context = _with_alpha(dark, ink("context"))
    return Theme(
        roles=_roles(palette, cast(str, part["good"]), cast(str, part["bad"]), context),
        ink=dark,
        background=cast(str, part["background"]),
    )


@cache
def print_theme() -> Theme:
    """Colours on white paper: the light theme, with translucent ink where the screen has it."""
    light = _part("color", "light")
    semantic = _part("chart", "semantic", "light")
    categorical = cast(Mapping[str, list[Mapping[str, str]]], _part("chart", "categorical"))["light"]
    dark = cast(str, light["text"])
    return Theme(
        roles=_roles(
            [colour["hex"] for colour in categorical],
            cast(str, semantic["good"]),
            cast(str, semantic["bad"]),
            _with_alpha(dark, ink("context")),
        ),
        ink=dark,
        background=cast(str, light["surface"]),
    )


@cache
def print_colours() -> Mapping[str, str]:
    """Named colours of the light theme for everything around the charts on paper, such as `text2` and `goodSoft`."""
    return cast(Mapping[str, str], _part("color", "light"))


def heat_ground(heat: float) -> str:
    """The ground of a cell on paper whose share of the accent is `heat`, as a colour without alpha.

    >>> heat_ground(0.0)
    '#ffffff'
    """
    accent = print_colours()["accent"]
    channels = (int(accent[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - channel) * heat):02x}" for channel in channels)


def assigned_roles(chart: Chart) -> tuple[Role, ...]:
    """The role each series is drawn in, in order.

    Series that all kept the default role get the palette in order, and context beyond its eight colours: two lines of
    one colour could not be told apart.
    """
    roles = [series.role for series in chart.series]
    if len(roles) > 1 and all(role is Role.MAIN for role in roles):
        return tuple(PALETTE[index] if index < len(PALETTE) else Role.CONTEXT for index in range(len(roles)))
    return tuple(roles)
