"""Experiments: which variant is better, how sure that is, and how long it must run to tell."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from app.ui.choosing import choose_one, choose_several
from app.ui.entity_dialog import Behind, MarkOf, open_entities
from app.ui.event_controls import (
    address,
    choose_events,
    choose_filter,
    choose_range,
    draw_nothing,
    draw_unanswered,
    keep_question,
)
from app.ui.parts import (
    Alert,
    CardHeader,
    Cell,
    DataTable,
    EmptyState,
    FooterLine,
    PageHead,
    Span,
    TableColumn,
    Tone,
    alert_box,
    card,
    card_header,
    data_table,
    empty_state,
    footer_line,
    page_bar,
    page_head,
)
from app.ui.saving import offer_cell
from core import numbers
from core.errors import UserError
from metrics.behaviour.experiments import Measure, Method
from notebooks import AskedPage
from services.behaviour import EventChoices, has_events
from services.behaviour.cells import cell_of_page
from services.behaviour.experiments import (
    ExperimentAnswer,
    ExperimentQuestion,
    VariantResult,
    answer_experiment,
    complete_experiment,
    entities_with,
    parse_experiment,
)
from services.platform import Platform
from tenants.access import Permission, Principal

_MEASURES = {Measure.SHARE: "Who did it", Measure.COUNT: "How often", Measure.VALUE: "For how much"}
_METHODS = {Method.SEQUENTIAL: "Looked at any time", Method.FIXED: "Looked at once, at the end"}
_WINDOWS = {"1d": "Within a day", "7d": "Within 7 days", "14d": "Within 14 days", "30d": "Within 30 days",
            "none": "No limit"}  # fmt: skip


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    if not has_events(platform, principal):
        draw_nothing("experiments")
        return
    head = st.empty()
    found: ExperimentAnswer | None = None
    try:
        question, known = complete_experiment(platform, principal, parse_experiment(address()))
        if question.by and question.goal:
            found = answer_experiment(platform, principal, question)
            question = found.question
    except UserError as error:
        draw_unanswered(error, "This experiment has no answer.", key="experiments")
        return
    with head.container():
        _answer(found)
    with page_bar(key="experiments"):
        _controls(question, known, found)
        if found is not None:
            cell = partial(cell_of_page, AskedPage.EXPERIMENTS, found.question.to_params())
            offer_cell(platform, principal, cell, key="experiments")
    if found is None:
        with card(key="experiments_none"):
            text = "Choose the dimension that tells the variants apart, and the event that is the goal."
            empty_state(EmptyState(title="No experiment chosen", text=text, icon="science"), key="experiments_none")
        return
    _cautions(found)
    _variants(platform, principal, found)
    _plan(found)


def _answer(found: ExperimentAnswer | None) -> None:
    if found is None:
        page_head(PageHead(answer="Choose what to compare."), key="experiments")
        return
    control, *others = found.variants
    best = found.winner or max(others, key=lambda one: one.sample.mean)
    known = best.comparison
    share = "" if known is None else numbers.change(abs(known.difference), _unit(found)).removeprefix("+")
    if found.winner is not None:
        answer = f"{best.label} beats {control.label} by {share}."
    elif known is not None and best.p_value is not None and best.p_value < 0.05 and known.difference < 0:
        answer = f"{best.label} is worse than {control.label} by {share}."
    else:
        answer = f"No variant beats {control.label} beyond chance yet."
    cause = "" if known is None else f" The difference of {best.label} lies between {_between(found, best)}."
    text = f"{found.question.goal} within {found.question.window} after {found.question.exposure}, by {_by(found)}."
    page_head(PageHead(answer=(Span(answer),), cause=cause, text=text), key="experiments")


def _by(found: ExperimentAnswer) -> str:
    return found.choices.dimensions.get(found.question.by, found.question.by).lower()


def _unit(found: ExperimentAnswer) -> str | None:
    return "ratio" if found.question.measure is Measure.SHARE else None


def _between(found: ExperimentAnswer, one: VariantResult) -> str:
    if one.comparison is None:
        return ""
    low, high = (numbers.change(value, _unit(found)) for value in (one.comparison.low, one.comparison.high))
    return f"{low} and {high}"


def _controls(question: ExperimentQuestion, known: EventChoices, found: ExperimentAnswer | None) -> None:
    keep = keep_question(question)
    choose_events(known, question.entity, keep, key="experiments")
    splits = {"": "Variant by…"} | {name: f"By {label.lower()}" for name, label in known.dimensions.items()}
    choose_one("Variant", splits, question.by, lambda one: keep(by=one, control=""), key="experiments_by")
    goals = {"": "Goal…"} | {name: name for name in dict.fromkeys([*known.counts, question.goal]) if name}
    choose_one("Goal", goals, question.goal, lambda one: keep(goal=one), key="experiments_goal", is_open=True)
    windows = {question.window: question.window} | _WINDOWS
    choose_one(
        "Window",
        windows,
        question.window,
        lambda one: keep(window=one),
        key="experiments_window",
        is_open=True,
        width=150,
    )
    choose_range(question.range, (question.first, question.last), keep, key="experiments")
    choose_filter(question.where, known, keep, key="experiments")
    with st.popover("More", icon=":material/more_horiz:", key="experiments_more"):
        _more(question, known, found, keep)


def _more(
    question: ExperimentQuestion, known: EventChoices, found: ExperimentAnswer | None, keep: Callable[..., None]
) -> None:
    events = {name: name for name in dict.fromkeys([question.exposure, *known.counts])}
    choose_one(
        "Exposure", events, question.exposure, lambda one: keep(exposure=one), key="experiments_exposure",
        is_labelled=True, is_open=True, width=300,
    )  # fmt: skip
    if found is not None:
        labels = {label: label for label in found.assignment.labels}
        choose_one(
            "Control", labels, question.control, lambda one: keep(control=one), key="experiments_control",
            is_labelled=True,
        )  # fmt: skip
    measures = {str(one): word for one, word in _MEASURES.items() if one is not Measure.VALUE or known.events.value}
    choose_one(
        "Compare", measures, str(question.measure), lambda one: keep(measure=Measure(one)), key="experiments_measure",
        is_labelled=True,
    )  # fmt: skip
    methods = {str(one): word for one, word in _METHODS.items()}
    choose_one(
        "Interval", methods, str(question.method), lambda one: keep(method=Method(one)), key="experiments_method",
        is_labelled=True, width=300,
    )  # fmt: skip
    names = list(dict.fromkeys([*question.guardrails, *known.counts]))
    choose_several(
        "Guardrails: must not fall", names, question.guardrails, {},
        lambda chosen: keep(guardrails=chosen), key="experiments_guardrails", is_open=True,
    )  # fmt: skip
    st.session_state["experiments_cuped"] = question.is_adjusted
    st.toggle(
        "Take out what was known before (CUPED)", key="experiments_cuped",
        on_change=lambda: keep(is_adjusted=bool(st.session_state["experiments_cuped"])),
    )  # fmt: skip
    smallest = {str(one): f"{one} % of the control" for one in sorted({1, 2, 5, 10, 20, question.smallest})}
    choose_one(
        "Smallest difference to find", smallest, str(question.smallest), lambda one: keep(smallest=int(one)),
        key="experiments_smallest", is_labelled=True,
    )  # fmt: skip


def _cautions(found: ExperimentAnswer) -> None:
    if not found.is_sound:
        text = (
            "So uneven a split comes by chance less than once in a thousand times: something but chance sorted the"
            f" entities (p {numbers.p_value(found.uneven)}). Believe no result before it is found."
        )
        alert_box(Alert(title="The split is uneven", text=text, tone=Tone.BAD), key="experiments_uneven")
    for label, goal in found.broken:
        text = f"{goal} falls beyond chance among those who met {label}."
        alert_box(
            Alert(title=f"{label} breaks a guardrail", text=text, tone=Tone.BAD), key=f"experiments_{label}_{goal}"
        )


def _variants(platform: Platform, principal: Principal, found: ExperimentAnswer) -> None:
    may_open = principal.can(Permission.DATA_READ)
    who = found.choices.entities[found.question.entity]
    with card(key="experiments_variants"):
        hint = f"Choose a variant for its {who.lower()}" if may_open else ""
        card_header(CardHeader(title="Variants", subtitle=hint, is_ruled=True), key="experiments_variants")
        mean = "Share" if found.question.measure is Measure.SHARE else "Mean"
        labels = (who, mean, "Difference", "95 % interval", "p", "Chance to be better")
        columns = (TableColumn(label="Variant"), *(TableColumn(label=label, is_number=True) for label in labels))
        rows = tuple(_row(found, one) for one in found.variants)
        acts = tuple(one.label for one in found.variants) if may_open else ()
        table = DataTable(caption="Variants against the control", columns=columns, rows=rows, row_acts=acts)
        act = data_table(table, key="experiments_variants")
        notes = (
            _METHODS[found.question.method], "p values by Holm over all variants",
            f"Data version {found.watermark.version}", *found.notes,
        )  # fmt: skip
        footer_line(FooterLine(notes=notes), key="experiments_variants")
    if act is not None:
        of = MarkOf(
            model=found.question.model, entity=found.question.entity, label=who, page=AskedPage.EXPERIMENTS,
            params=found.question.to_params(),
        )  # fmt: skip
        open_entities(platform, principal, of, Behind(title=f"Met {act}", keys=entities_with(found, act), mark=act))


def _row(found: ExperimentAnswer, one: VariantResult) -> tuple[Cell, ...]:
    unit = _unit(found)
    mean = str(numbers.compact(one.sample.mean, unit))
    if one.comparison is None:
        return (f"{one.label} (control)", f"{one.sample.count:,}", mean, "", "", "", "")
    return (
        one.label, f"{one.sample.count:,}", mean, numbers.change(one.comparison.difference, unit),
        _between(found, one).replace(" and ", " to "),
        numbers.p_value(one.p_value),
        str(numbers.compact(one.chance, "ratio")),
    )  # fmt: skip


def _plan(found: ExperimentAnswer) -> None:
    with card(key="experiments_plan"):
        subtitle = f"To find a difference of {found.question.smallest} % of the control, four times in five"
        card_header(CardHeader(title="How long it must run", subtitle=subtitle, is_ruled=True), key="experiments_plan")
        least = min(one.sample.count for one in found.variants)
        rate = least / found.days if found.days >= 1 else None
        days = None if found.needed is None or not rate else max(0.0, (found.needed - least) / rate)
        rows = (
            ("Needed in each variant", numbers.UNDEFINED if found.needed is None else f"{found.needed:,}"),
            ("There are in the smallest", f"{least:,}"),
            ("A day, so far", numbers.UNDEFINED if rate is None else f"{rate:,.1f}"),
            ("Days still to run", numbers.UNDEFINED if days is None else f"{days:,.0f}"),
        )
        columns = (TableColumn(label="What"), TableColumn(label="Figure", is_number=True))
        data_table(DataTable(caption="How long it must run", columns=columns, rows=rows), key="experiments_plan")
