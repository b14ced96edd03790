"""KPI tiles: a value, its change against a named period, a sparkline and one sentence when something is unusual.

A tile has five states, each a type: shown, being calculated, empty (which is never 0), refused and failed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import assert_never

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from app.ui.action import Action
from app.ui.badge import Badge, Change
from app.ui.sentence import Sentence, plain
from app.ui.surface import surface
from app.ui.template import render
from app.ui.tone import Tone
from core.numbers import Figure

PAIR_MIN_WIDTH_PX = 470
TILE_MIN_WIDTH_PX = 210
GAP_PX = 12
DOUBTED = Badge(text="Check failed", tone=Tone.WARN, icon="report")


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiTile:
    """A tile with its value. With `act` the whole tile is a button that sends it.

    `comparison` names the other period ("vs $3.98 M in Q3"); `stale` says how old the data is ("9 h old"), `doubt` why
    it may be wrong; `sparkline` is an SVG drawing without a text alternative, because the sentence carries the news.
    """

    label: str
    value: Figure
    act: str = ""
    change: Change | None = None
    comparison: str = ""
    sparkline: Markup | None = None
    note: Sentence = ""
    stale: str = ""
    doubt: str = ""
    action: Action | None = None

    @property
    def stale_badge(self) -> Badge:
        """The amber chip of old data."""
        return Badge(text=self.stale, tone=Tone.WARN, icon="schedule")

    @property
    def badges(self) -> tuple[Badge, ...]:
        """The chips beside the label."""
        return (*((self.stale_badge,) if self.stale else ()), *((DOUBTED,) if self.doubt else ()))

    @property
    def spoken(self) -> str:
        """The whole tile as sentences, for the button's label."""
        news = ", ".join(part for part in (self.change.spoken if self.change else "", self.comparison) if part)
        sentences = [f"{self.label}: {self.value}" + (f", {news}" if news else "")]
        sentences += [text.removesuffix(".") for text in (self.stale, self.doubt, plain(self.note)) if text]
        return ". ".join([*sentences, "Open the definition"]) + "."


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiLoading:
    """A tile that is still being calculated: boxes in the shape of the result."""

    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiNotice:
    """A tile with a reason in the place of its value."""

    label: str
    title: str
    reason: Sentence
    icon: str
    tone: Tone = Tone.NEUTRAL
    action: Action | None = None
    reference: str = ""


Tile = KpiTile | KpiLoading | KpiNotice


def empty_tile(label: str, *, reason: Sentence, title: str = "No data yet", action: Action | None = None) -> KpiNotice:
    """A tile without data: `reason` says since when and what would bring some."""
    return KpiNotice(label=label, title=title, reason=reason, icon="event_busy", action=action)


def refused_tile(label: str, *, title: str, reason: Sentence, action: Action | None = None) -> KpiNotice:
    """A tile whose number would be wrong: the reason in one sentence and the safe alternative as a link."""
    return KpiNotice(label=label, title=title, reason=reason, icon="gpp_maybe", action=action)


def failed_tile(label: str, *, reason: Sentence, reference: str, action: Action | None = None) -> KpiNotice:
    """A tile that could not be calculated, with the reference to quote."""
    return KpiNotice(
        label=label,
        title="This tile could not be calculated",
        reason=reason,
        icon="error",
        tone=Tone.BAD,
        action=action,
        reference=reference,
    )


def render_tile(tile: Tile) -> Markup:
    """The markup of a tile in any state."""
    match tile:
        case KpiTile():
            return render("kpi_tile.html", tile=tile)
        case KpiLoading():
            return render("kpi_loading.html", tile=tile)
        case KpiNotice():
            return render("kpi_notice.html", tile=tile)
        case _:
            assert_never(tile)


def kpi_tile(tile: Tile, *, key: str, on_act: Callable[[str], None] | None = None) -> str | None:
    """Draw one tile where the page stands; the key should stay the same while the state changes."""
    return surface(render_tile(tile), key=f"kpi_{key}", on_act=on_act)


def kpi_cells(count: int, *, key: str) -> list[DeltaGenerator]:
    """Framed cells for tiles: four in a row, two by two, or one column, and never three and one."""
    outer = st.grid(2, min_column_width=PAIR_MIN_WIDTH_PX, gap=GAP_PX, key=f"kpipairs_{key}")
    cells: list[DeltaGenerator] = []
    for start in range(0, count, 2):
        pair = outer.grid(
            2, min_column_width=TILE_MIN_WIDTH_PX, gap=GAP_PX, border=True, height="stretch", key=f"kpis_{key}_{start}"
        )
        cells += [pair.cell() for _ in range(min(2, count - start))]
    return cells


def kpi_grid(tiles: Sequence[Tile], *, key: str, on_act: Callable[[str], None] | None = None) -> str | None:
    """Draw tiles in their cells; the act of the tile that was clicked is returned for this run."""
    clicked: str | None = None
    for index, (cell, tile) in enumerate(zip(kpi_cells(len(tiles), key=key), tiles, strict=True)):
        with cell:
            clicked = kpi_tile(tile, key=f"{key}_{index}", on_act=on_act) or clicked
    return clicked
