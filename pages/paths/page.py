"""Paths: what entities do after an event, before it, or on the way to another; every event opens its entities."""

import streamlit as st

from app.ui.choosing import choose_one, choose_several
from app.ui.entity_dialog import Behind, MarkOf, open_entities
from app.ui.event_controls import (
    address,
    choose_events,
    choose_filter,
    choose_range,
    keep_question,
)
from app.ui.event_page import draw_answered
from app.ui.flow_map import FlowLink, build_flow_map, flow_map
from app.ui.parts import (
    CardHeader,
    DataTable,
    EmptyState,
    FooterLine,
    PageHead,
    Span,
    TableColumn,
    card,
    card_header,
    data_table,
    empty_state,
    footer_line,
    page_head,
)
from core import numbers
from metrics.behaviour.paths import ENDED, Side
from notebooks import AskedPage
from services.behaviour.cells import cell_of_page
from services.behaviour.marks import entities_of_step, mark_of_pair
from services.behaviour.paths import (
    ALL_TIME,
    MOST_DEPTH,
    PathAnswer,
    answer_paths,
    parse_paths,
)
from services.platform import Platform
from tenants.access import Permission, Principal

_SIDES = {Side.AFTER: "After it", Side.BEFORE: "Before it"}
_LEAST = (1, 3, 5, 10, 20)
_SHOWN_PAIRS = 15


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    found = draw_answered(
        platform,
        principal,
        lambda: answer_paths(platform, principal, parse_paths(address())),
        key="paths",
        unanswered="These paths have no answer.",
        head=_answer,
        controls=_controls,
        cell=lambda found: cell_of_page(AskedPage.PATHS, found.question.to_params()),
    )
    if found is None:
        return
    _flows(platform, principal, found)
    _transitions(platform, principal, found)


def _answer(found: PathAnswer) -> None:
    anchor, who = found.question.anchor, found.entity_label.lower()
    first = [flow for flow in found.flows if flow.step == 0]
    if not first:
        page_head(PageHead(answer=f"No {who} did {anchor} in this range."), key="paths")
        return
    share = numbers.compact(first[0].count / found.followed, "ratio")
    word = "next" if found.question.side is Side.AFTER else "just before it"
    does = "do nothing more" if first[0].target == ENDED else f"do {first[0].target}"
    answer = f"{share} of {who} that did {anchor} {does} {word}."
    if found.question.side is Side.BEFORE and first[0].target == ENDED:
        answer = f"{share} of {who} did nothing before {anchor}."
    text = f"{found.followed:,} {who} from their {'first' if found.question.side is Side.AFTER else 'last'} {anchor}"
    text += f" to {found.question.until}" if found.question.until else ""
    others = [f"{flow.target} {numbers.compact(flow.count / found.followed, 'ratio')}" for flow in first[1:3]]
    cause = f" Then come {' and '.join(others)}." if others else ""
    page_head(PageHead(answer=(Span(answer),), cause=cause, text=f"{text}."), key="paths")


def _controls(found: PathAnswer) -> None:
    question, known = found.question, found.choices
    keep = keep_question(question)
    choose_events(known, question.entity, keep, key="paths")
    events = {question.anchor: question.anchor} | {name: name for name in known.counts}
    choose_one("From", events, question.anchor, lambda one: keep(anchor=one), key="paths_anchor")
    sides = {str(side): word for side, word in _SIDES.items()}
    choose_one("Side", sides, str(question.side), lambda one: keep(side=Side(one)), key="paths_side", width=120)
    ends = {"": "To any end"} | {name: f"To {name}" for name in dict.fromkeys([*known.counts, question.until]) if name}
    choose_one("To", ends, question.until, lambda one: keep(until=one), key="paths_until")
    asked = "" if question.range == ALL_TIME else question.range
    choose_range(
        asked, (question.first, question.last), lambda **found: keep(**{**found, "range": found["range"] or ALL_TIME}),
        key="paths",
    )  # fmt: skip
    choose_filter(question.where, known, keep, key="paths")
    with st.popover("More", icon=":material/more_horiz:", key="paths_more"):
        depths = {str(number): f"{number} steps" for number in range(1, MOST_DEPTH + 1)}
        choose_one(
            "Depth", depths, str(question.depth), lambda one: keep(depth=int(one)), key="paths_depth", is_labelled=True
        )
        shares = {str(least): f"{least} %" for least in sorted({*_LEAST, question.least})}
        choose_one(
            "Least share shown", shares, str(question.least), lambda one: keep(least=int(one)), key="paths_least",
            is_labelled=True,
        )  # fmt: skip
        choose_several(
            "Groups", question.groups, question.groups, {}, lambda chosen: keep(groups=chosen), key="paths_groups",
            is_open=True, help_text="name = event | event",
        )  # fmt: skip
        st.session_state["paths_repeats"] = question.keeps_repeats
        st.toggle(
            "Keep repeats in a row", key="paths_repeats",
            on_change=lambda: keep(keeps_repeats=bool(st.session_state["paths_repeats"])),
        )  # fmt: skip


def _flows(platform: Platform, principal: Principal, found: PathAnswer) -> None:
    who, question = found.entity_label, found.question
    may_open = principal.can(Permission.DATA_READ)
    with card(key="paths_flow"):
        hint = f"Choose an event for the {who.lower()} that come to it" if may_open else ""
        card_header(CardHeader(title=f"Paths {question.side} {question.anchor}", subtitle=hint), key="paths_flow")
        if not found.flows:
            empty_state(EmptyState(title="No paths", text="Nobody did this in the range."), key="paths_none")
            return
        links = [
            FlowLink(step=flow.step, source=flow.source, target=flow.target, count=flow.count) for flow in found.flows
        ]
        caption = f"Paths of {who.lower()} {question.side} {question.anchor}"
        act = flow_map(build_flow_map(links, caption=caption, who=who.lower(), is_open=may_open), key="paths")
        notes = (
            f"Less than {question.least} % of all is (other)", f"{found.events.row_count:,} events",
            f"Data version {found.watermark.version}", *found.notes,
        )  # fmt: skip
        footer_line(FooterLine(notes=notes), key="paths_flow")
    if act is not None:
        step, _, name = act.partition(":")
        keys = entities_of_step(found, act)
        title = f"At step {step}: {name}"
        of = _mark_of(found)
        open_entities(platform, principal, of, Behind(title=title, keys=keys, mark=act))


def _mark_of(found: PathAnswer) -> MarkOf:
    question = found.question
    return MarkOf(
        model=question.model, entity=question.entity, label=found.entity_label, page=AskedPage.PATHS,
        params=question.to_params(),
    )  # fmt: skip


def _transitions(platform: Platform, principal: Principal, found: PathAnswer) -> None:
    pairs = sorted(found.transitions.items(), key=lambda item: (-item[1], item[0]))
    leaving: dict[str, int] = {}
    for (source, _), count in pairs:
        leaving[source] = leaving.get(source, 0) + count
    with card(key="paths_pairs"):
        may_open = principal.can(Permission.DATA_READ)
        subtitle = "How often the second is the next event after the first, over all events of the range"
        subtitle += f". Choose a row for the {found.entity_label.lower()} behind it" if may_open else ""
        card_header(CardHeader(title="From one event to the next", subtitle=subtitle, is_ruled=True), key="paths_pairs")
        rows = tuple(
            (source, target, f"{count:,}", str(numbers.compact(count / leaving[source], "ratio")))
            for (source, target), count in pairs[:_SHOWN_PAIRS]
        )
        columns = (
            TableColumn(label="Event"), TableColumn(label="Next event"), TableColumn(label="Times", is_number=True),
            TableColumn(label="Of all that follow it", is_number=True),
        )  # fmt: skip
        caption = "Transitions between events"
        acts = tuple(mark_of_pair(*pair) for pair, _ in pairs[:_SHOWN_PAIRS]) if may_open else ()
        table = DataTable(caption=caption, columns=columns, rows=rows, total_rows=len(pairs), row_acts=acts)
        act = data_table(table, key="paths_pairs")
    if act is not None:
        pair = next(pair for pair, _ in pairs if mark_of_pair(*pair) == act)
        behind = Behind(title=f"From {pair[0]} right to {pair[1]}", keys=entities_of_step(found, act), mark=act)
        open_entities(platform, principal, _mark_of(found), behind)
