"""What a funnel shows below its steps: over time, in money, against the time before, and from step to step."""

import streamlit as st

from app.ui.badge import Change
from app.ui.card import CardHeader, card, card_header
from app.ui.chart import draw_chart
from app.ui.data_table import Cell, DataTable, ShareCell, TableColumn, data_table
from app.ui.entity_dialog import Behind, MarkOf, open_entities
from app.ui.heat_map import HeatCell, HeatMap, HeatRow, heat_map, shade_of
from app.ui.insight import InsightRow, insight_list
from app.ui.tone import Direction
from charts import Chart, ChartKind, Series
from core import numbers
from metrics.behaviour import Segment
from metrics.behaviour.against_others import Difference
from notebooks import AskedPage
from services.behaviour import FunnelAnswer
from services.behaviour.drawing import GRAINS
from services.behaviour.marks import entities_of_bar
from services.platform import Platform
from tenants.access import Permission, Principal

_CLICKED = "funnels_piece"


def draw_funnel_cards(platform: Platform, principal: Principal, found: FunnelAnswer) -> None:
    """Draw those that there is something for."""
    may_open = principal.can(Permission.DATA_READ)
    act = None
    if found.changes:
        _changes(found)
    if found.trend:
        _trend(found, may_open=may_open)
    if found.money:
        _money(found, principal.tenant.currency)
    if found.transitions:
        act = _transitions(found, may_open=may_open)
    act = act or st.session_state.pop(_CLICKED, None)
    if act is not None:
        open_bar(platform, principal, found, act)


def draw_segments_card(platform: Platform, principal: Principal, found: FunnelAnswer) -> None:
    """The funnel of each value of the split, and how its conversion differs from that of the others."""
    label = found.choices.dimensions.get(found.question.by, found.question.by)
    may_open = principal.can(Permission.DATA_READ)
    with card(key="funnels_split"):
        title = f"By {label.lower()}"
        hint = "; choose one for those behind it" if may_open else ""
        subtitle = f"The value at the first step; the {found.question.top} with most {found.entity_label.lower()}{hint}"
        card_header(CardHeader(title=title, subtitle=subtitle, is_ruled=True), key="funnels_split")
        names = [step.name for step in found.result.steps]
        labels = (*names, "Converted", "Interval, %", "Against the others", "p")
        columns = (TableColumn(label=label), *(TableColumn(label=name, is_number=True) for name in labels))
        rows = tuple(map(_segment_row, found.result.segments, found.differences))
        acts = tuple(f"at:0:{one.label}" for one in found.result.segments) if may_open else ()
        notes = ("Two-sided tests of each value against all others, p values fit to be read together (Holm)",)
        table = DataTable(caption=title, columns=columns, rows=rows, row_acts=acts, notes=notes)
        act = data_table(table, key="funnels_split")
    if act is not None:
        open_bar(platform, principal, found, act)


def segments_sentence(found: FunnelAnswer) -> str:
    """The value of the split whose conversion is furthest from the others' beyond chance; nothing where none is."""
    told = [
        (one.label, difference)
        for one, difference in zip(found.result.segments, found.differences, strict=True)
        if difference is not None and difference.is_beyond_chance
    ]
    if not told:
        return ""
    label, difference = max(told, key=lambda pair: abs(pair[1].gap))
    points = numbers.change(abs(difference.gap), "ratio").removeprefix("+")
    return f" {label} converts {points} {'less' if difference.gap < 0 else 'more'} than the others."


def open_bar(platform: Platform, principal: Principal, found: FunnelAnswer, mark: str) -> None:
    """A dialog with those behind a mark of the funnel, and with those that went no further."""
    of = MarkOf(
        model=found.question.model, entity=found.question.entity, label=found.entity_label, page=AskedPage.FUNNELS,
        params=found.question.to_params(),
    )  # fmt: skip
    sides = [
        Behind(title=title, keys=entities_of_bar(found, principal.tenant, one), mark=one)
        for title, one in _sides(found, mark)
    ]
    open_entities(platform, principal, of, *sides)


def _sides(found: FunnelAnswer, mark: str) -> list[tuple[str, str]]:
    """The marks that can be chosen from where one is clicked, each with its title."""
    kind, first, *rest = mark.split(":", 2)
    steps = found.result.steps
    match kind:
        case "at" if rest:
            last = len(steps) - 1
            return [
                (f"{rest[0]}, got to {steps[last].name}", f"at:{last}:{rest[0]}"),
                (f"{rest[0]}, got to {steps[0].name}", mark),
            ]
        case "trend":
            return [(f"Began {first} and converted", mark), ("Did not", f"{mark}:left")]
        case "move":
            return [(f"From {steps[int(first)].name} right to {steps[int(rest[0])].name}", mark)]
        case _:
            step = int(first)
            got = [(f"Got to {steps[step].name}", mark)]
            return (
                got if step + 1 == len(steps) else [*got, (f"Went no further than {steps[step].name}", f"left:{step}")]
            )


def _segment_row(segment: Segment, difference: Difference | None) -> tuple[Cell, ...]:
    last = segment.steps[-1]
    low, high = last.interval or (None, None)
    interval = numbers.UNDEFINED if low is None or high is None else f"{low * 100:.1f} to {high * 100:.1f}"
    against: Cell = numbers.UNDEFINED
    if difference is not None:
        against = numbers.change(difference.gap, "ratio")
    return (
        segment.label, *(f"{step.count:,}" for step in segment.steps),
        ShareCell(text=str(numbers.compact(last.rate, "ratio")), share=last.rate or 0.0), interval, against,
        numbers.UNDEFINED if difference is None else numbers.p_value(difference.p_value),
    )  # fmt: skip


def trend_chart(found: FunnelAnswer) -> Chart:
    """The share converted by the period of the first step; periods that may still convert are marked."""
    open_ = next((one for one in found.trend if not one.is_complete), None)
    told = ", ".join(f"{one.label} {numbers.compact(one.rate, 'ratio')}" for one in found.trend[-6:])
    return Chart(
        kind=ChartKind.COLUMN,
        title=f"{found.result.steps[0].name} to {found.result.steps[-1].name} over time",
        description=f"Share converted by the {found.question.trend} of the first step: {told}.",
        series=(
            Series(
                name="Converted", x=tuple(one.begins for one in found.trend), y=tuple(one.rate for one in found.trend)
            ),
        ),
        x_label="Started",
        grain=None if found.question.trend is None else GRAINS[found.question.trend],
        unit="ratio",
        incomplete_from=None if open_ is None else open_.begins,
        incomplete_note="" if open_ is None else "may still convert",
    )


def _changes(found: FunnelAnswer) -> None:
    rows = []
    for one in found.changes:
        if one.comparison is None or one.p_value is None:
            rows.append(InsightRow(title=f"To {one.name}", sentence="Too few to compare."))
            continue
        known = one.comparison
        direction = Direction.NEUTRAL
        if one.p_value < 0.05:
            direction = Direction.BETTER if known.difference > 0 else Direction.WORSE
        word = "beyond chance" if direction is not Direction.NEUTRAL else "within noise"
        low, high = numbers.change(known.low, "ratio"), numbers.change(known.high, "ratio")
        change = Change(text=numbers.change(known.difference, "ratio"), direction=direction)
        sentence = f"{numbers.compact(one.before, 'ratio')} before; {low} to {high}, {word} (p {one.p_value:.3f})."
        rows.append(
            InsightRow(title=f"To {one.name}" if " to " not in one.name else one.name, sentence=sentence, change=change)
        )
    with card(key="funnels_changes"):
        header = CardHeader(title="Against as many days before", subtitle="Share of the step before", is_ruled=True)
        card_header(header, key="funnels_changes")
        insight_list(rows, key="funnels_changes")


def _trend(found: FunnelAnswer, *, may_open: bool) -> None:
    chart = trend_chart(found)
    with card(key="funnels_trend"):
        subtitle = f"By the {found.question.trend} of the first step; hatched: some still have time{found.of_entities}"
        card_header(CardHeader(title=chart.title, subtitle=subtitle), key="funnels_trend")
        draw_chart(chart, key="funnels_trend", on_click=_remember_period if may_open else None)


def _remember_period(begins: str) -> None:
    """The column that was clicked, for the run that follows."""
    st.session_state[_CLICKED] = f"trend:{begins}"


def _money(found: FunnelAnswer, currency: str) -> None:
    with card(key="funnels_money"):
        subtitle = f"Each counts with the amount of the event its way began with{found.of_entities}"
        card_header(CardHeader(title="In money", subtitle=subtitle, is_ruled=True), key="funnels_money")
        rows = tuple(
            (
                step.name, numbers.full(one.reached, currency, decimals=2),
                numbers.full(one.lost, currency, decimals=2),
            )
            for step, one in zip(found.result.steps, found.money, strict=True)
        )  # fmt: skip
        columns = (
            TableColumn(label="Step"), TableColumn(label="Reached", is_number=True),
            TableColumn(label="Lost before the next", is_number=True),
        )  # fmt: skip
        data_table(DataTable(caption="The funnel in money", columns=columns, rows=rows), key="funnels_money")


def _transitions(found: FunnelAnswer, *, may_open: bool) -> str | None:
    names = list(dict.fromkeys(step.name for step in found.result.steps))
    steps = [step.name for step in found.result.steps]
    high = max(found.transitions.values())
    rows = []
    for source in names:
        cells: list[HeatCell | None] = []
        for target in names:
            count = found.transitions.get((source, target), 0)
            act = f"move:{steps.index(source)}:{steps.index(target)}" if may_open else ""
            spoken = f"From {source} right to {target}: {count:,} times"
            cells.append(
                HeatCell(text=f"{count:,}", spoken=spoken, shade=shade_of(count, 0, high), act=act) if count else None
            )
        left = sum(count for (name, _), count in found.transitions.items() if name == source)
        rows.append(HeatRow(label=source, size=f"{left:,}", cells=tuple(cells)))
    with card(key="funnels_moves"):
        hint = ". Choose one for those behind it" if may_open else ""
        subtitle = (
            "Which step came right after which: right of the diagonal is on the way, left of it back again"
            + found.of_entities
            + hint
        )
        card_header(CardHeader(title="From step to step", subtitle=subtitle, is_ruled=True), key="funnels_moves")
        heat = HeatMap(
            caption="Transitions between steps", corner="From", size_label="All",
            columns=tuple(f"To {name}" for name in names), rows=tuple(rows),
        )  # fmt: skip
        return heat_map(heat, key="funnels_moves")
