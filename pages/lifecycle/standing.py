"""The view of new, returning, resurrected and dormant entities."""

import streamlit as st

from app.ui.chart import draw_chart
from app.ui.heat_map import HeatCell, HeatMap, HeatRow, heat_map, shade_of
from app.ui.parts import CardHeader, card, card_header
from core import numbers
from metrics.behaviour.lifecycle import Standing
from services.behaviour.drawing import draw_lifecycle
from services.behaviour.lifecycle import LifecycleAnswer, StandingPeriod

_SHOWN = 24
_CLICKED = "lifecycle_clicked"
STANDINGS = (Standing.NEW, Standing.RETURNING, Standing.RESURRECTED, Standing.DORMANT)


def answer_of_standing(found: LifecycleAnswer) -> tuple[str, str]:
    """The last period that is over, against the one before; and what made the difference."""
    unit, who = found.question.unit, found.entity_label.lower()
    over = [one for one in found.periods if one.is_complete]
    if not over:
        return f"No {unit} of this range is over yet.", ""
    last, before = over[-1].counts, over[-2].counts if len(over) > 1 else None
    answer = f"{last.active:,} {who} were active in {over[-1].label}"
    if before is not None and over[-1].place:
        moved = last.active - before.active
        how = "as many as" if not moved else f"{abs(moved):,} {'more' if moved > 0 else 'fewer'} than"
        answer += f", {how} in {over[-2].label}"
    cause = f" {last.new:,} were new and {last.resurrected:,} came again, against {last.dormant:,} that came no more."
    return f"{answer}.", cause


def draw_standing(found: LifecycleAnswer, *, may_open: bool) -> str | None:
    """Draw the chart and the table; the mark that was chosen."""
    who, unit = found.entity_label, found.question.unit
    with card(key="lifecycle_chart"):
        title = f"{who} by {unit}"
        hint = ". Choose a piece for those behind it" if may_open else ""
        subtitle = f"Below zero: there the {unit} before and no more{hint}"
        card_header(CardHeader(title=title, subtitle=subtitle), key="lifecycle_chart")
        draw_chart(
            draw_lifecycle(found.periods, unit, title), key="lifecycle_chart", on_piece=_remember if may_open else None
        )
    with card(key="lifecycle_table"):
        shown = found.periods[-_SHOWN:]
        subtitle = "Hatched: not over yet"
        if found.periods and found.periods[0].place == 0:
            subtitle += f". In {found.periods[0].label}, where the events begin, everybody is new"
        if len(shown) < len(found.periods):
            subtitle += f". The last {len(shown)} of {len(found.periods)}"
        card_header(CardHeader(title="Period by period", subtitle=f"{subtitle}."), key="lifecycle_table")
        act = heat_map(_heat(found, shown, may_open=may_open), key="lifecycle")
    return act or st.session_state.pop(_CLICKED, None)


def standing_rows(found: LifecycleAnswer) -> list[list[object]]:
    """The table for a file."""
    head: list[object] = ["period", "active", *STANDINGS, "is_complete"]
    return [head, *([one.label, one.counts.active, *map(one.counts.count, STANDINGS), one.is_complete]
                    for one in found.periods)]  # fmt: skip


def _remember(series: str, x: str) -> None:
    """The piece that was clicked, for the run that follows."""
    st.session_state[_CLICKED] = f"{x}:{series.casefold()}"


def _heat(found: LifecycleAnswer, shown: tuple[StandingPeriod, ...], *, may_open: bool) -> HeatMap:
    highs = [max((one.counts.count(standing) for one in shown if one.place), default=0) for standing in STANDINGS]
    rows = []
    for one in reversed(shown):
        cells = []
        for standing, high in zip(STANDINGS, highs, strict=True):
            count = one.counts.count(standing)
            state = "" if one.is_complete else ", not over yet"
            cells.append(
                HeatCell(
                    text=f"{count:,}", spoken=f"{one.label}, {standing}: {count:,}{state}",
                    shade=shade_of(count, 0, high) if one.place and count else 0.0, is_open=not one.is_complete,
                    act=f"{one.counts.begins.isoformat()}:{standing}" if may_open and count else "",
                )
            )  # fmt: skip
        gained = one.counts.new + one.counts.resurrected
        ratio = numbers.UNDEFINED if not one.counts.dormant else f"{gained / one.counts.dormant:.2f}"
        cells.append(HeatCell(text=ratio, spoken=f"{one.label}, gained for each one lost: {ratio}"))
        rows.append(HeatRow(label=one.label, size=f"{one.counts.active:,}", cells=tuple(cells)))
    return HeatMap(
        caption=f"{found.entity_label} by {found.question.unit} and standing",
        corner=found.question.unit.capitalize(),
        size_label="Active",
        columns=(*(standing.capitalize() for standing in STANDINGS), "Gained per lost"),
        rows=tuple(rows),
    )
