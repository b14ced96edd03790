"""Attribution: which channels earn the conversions, under every model side by side, with cost and return."""

from dataclasses import replace

import streamlit as st

from app.ui.chart import draw_chart
from app.ui.choosing import choose_one, write_text
from app.ui.entity_dialog import Behind, MarkOf, open_entities
from app.ui.event_controls import address, choose_range, draw_nothing, keep_params
from app.ui.event_page import draw_answered
from app.ui.parts import (
    CardHeader,
    Cell,
    DataTable,
    FooterLine,
    PageHead,
    ShareCell,
    Span,
    TableColumn,
    card,
    card_header,
    data_table,
    footer_line,
    page_head,
)
from core import numbers
from metrics.behaviour.attribution import ChannelCredit, Model
from notebooks import AskedPage
from services.behaviour.attribution import (
    MODEL_LABELS,
    AttributionAnswer,
    answer_attribution,
    can_attribute,
    entities_of,
    parse_attribution,
)
from services.behaviour.cells import cell_of_page
from services.behaviour.page_cells import draw_credit
from services.platform import Platform
from tenants.access import Permission, Principal

_WINDOWS = {"30d": "Within 30 days", "90d": "Within 90 days", "180d": "Within 180 days", "none": "No limit"}
_SHOWN = 30
_CLICKED = "attribution_clicked"


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    if not can_attribute(platform, principal):
        draw_nothing("attribution")
        return
    found = draw_answered(
        platform,
        principal,
        lambda: answer_attribution(platform, principal, parse_attribution(address())),
        key="attribution",
        unanswered="There is no credit to give.",
        head=lambda found: _answer(principal, found),
        controls=_controls,
        cell=lambda found: cell_of_page(AskedPage.ATTRIBUTION, found.question.to_params()),
    )
    if found is None:
        return
    given = found.credits.get(found.question.model, ())
    with card(key="attribution_chart"):
        title = f"Conversions by {_by(found).lower()}, {MODEL_LABELS[found.question.model].lower()}"
        card_header(
            CardHeader(title=title, subtitle="Beside what the last touch alone would get"), key="attribution_chart"
        )
        draw_chart(
            draw_credit(found, given, title), key="attribution_chart",
            on_click=_remember if principal.can(Permission.DATA_READ) else None,
        )  # fmt: skip
    _table(platform, principal, found)


def _by(found: AttributionAnswer) -> str:
    return found.touches.dimensions.get(found.question.by, found.question.by)


def _answer(principal: Principal, found: AttributionAnswer) -> None:
    given, total = found.credits.get(found.question.model, ()), len(found.journeys)
    if not given:
        page_head(PageHead(answer="This model cannot be computed here.", text=" ".join(found.notes)), key="attribution")
        return
    best = given[0]
    share = numbers.compact(best.conversions / total, "ratio")
    answer = f"{best.channel} earns {share} of {total:,} conversions."
    last = next((one for one in found.credits[Model.LAST] if one.channel == best.channel), None)
    cause = ""
    if found.question.model is not Model.LAST and last is not None:
        cause = f" By the last touch alone it would be {numbers.compact(last.conversions / total, 'ratio')}."
    value = numbers.compact(found.value, principal.tenant.currency)
    text = f"{MODEL_LABELS[found.question.model]} model, {found.question.converts}, worth {value} in all."
    page_head(PageHead(answer=(Span(answer),), cause=cause, text=text), key="attribution")


def _controls(found: AttributionAnswer) -> None:
    question = found.question

    def keep(**changed: object) -> None:
        keep_params(replace(question, **changed).to_params())  # type: ignore[arg-type]

    models = {str(model): word for model, word in MODEL_LABELS.items()}
    choose_one("Model", models, str(question.model), lambda one: keep(model=Model(one)), key="attribution_model")
    splits = {name: f"By {label.lower()}" for name, label in found.touches.dimensions.items()}
    choose_one("By", splits, question.by, lambda one: keep(by=one), key="attribution_by")
    windows = {question.window: question.window} | _WINDOWS
    choose_one("Window", windows, question.window, lambda one: keep(window=one), key="attribution_window", is_open=True)
    choose_range(question.range, (question.first, question.last), keep, key="attribution")
    with st.popover("More", icon=":material/more_horiz:", key="attribution_more"):
        events = {question.converts: question.converts} | {name: name for name in found.conversions.counts}
        choose_one(
            "Conversion", events, question.converts, lambda one: keep(converts=one), key="attribution_converts",
            is_labelled=True, is_open=True, width=300,
        )  # fmt: skip
        shared = {name: label for name, label in found.touches.entities.items() if name in found.conversions.entities}
        choose_one(
            "Whose", shared, question.entity, lambda one: keep(entity=one), key="attribution_entity", is_labelled=True
        )
        kinds = {"": "None"} | {name: name for name in found.touches.counts}
        choose_one(
            "Milestone of the W", kinds, question.milestone, lambda one: keep(milestone=one),
            key="attribution_milestone", is_labelled=True,
        )  # fmt: skip
        write_text("Half-life", question.half_life, lambda one: keep(half_life=one), key="attribution_half_life")
        weights = ",".join(map(str, question.weights))
        write_text(
            "Own weights: first, between, last", weights,
            lambda one: keep(weights=parse_attribution({"weights": [one]}).weights), key="attribution_weights",
        )  # fmt: skip
        write_text("Conversions only where", question.where, lambda one: keep(where=one), key="attribution_where")


def _table(platform: Platform, principal: Principal, found: AttributionAnswer) -> None:
    may_open = principal.can(Permission.DATA_READ)
    models = [model for model in MODEL_LABELS if model in found.credits]
    given = found.credits.get(found.question.model, next(iter(found.credits.values())))
    with card(key="attribution_models"):
        hint = "Conversions; choose one for who met it before converting" if may_open else "Conversions"
        card_header(CardHeader(title="All models side by side", subtitle=hint, is_ruled=True), key="attribution_models")
        labels = [MODEL_LABELS[model] for model in models]
        money = ["Value", *(["Cost", "Return"] if found.has_cost else [])]
        columns = (
            TableColumn(label=_by(found)), *(TableColumn(label=label, is_number=True) for label in (*labels, *money)),
        )  # fmt: skip
        rows = tuple(_row(principal, found, models, one) for one in given[:_SHOWN])
        sums = [f"{sum(one.conversions for one in found.credits[model]):,.1f}" for model in models]
        foot = ("All", *sums, str(numbers.compact(found.value, principal.tenant.currency)))
        foot += ("", "") if found.has_cost else ()
        table = DataTable(
            caption="Conversions under every model", columns=columns, rows=rows, foot=foot, total_rows=len(given),
            row_acts=tuple(one.channel for one in given[:_SHOWN]) if may_open else (),
        )  # fmt: skip
        act = data_table(table, key="attribution_models")
        notes = (
            f"{len(found.journeys):,} conversions", f"Value under {MODEL_LABELS[found.question.model].lower()}",
            f"Data version {found.watermark.version}", *found.notes,
        )  # fmt: skip
        footer_line(FooterLine(notes=notes), key="attribution_models")
    act = act or st.session_state.pop(_CLICKED, None)
    if act is not None:
        entity = found.question.entity
        of = MarkOf(
            model=found.question.conversions, entity=entity, label=found.conversions.entities[entity],
            page=AskedPage.ATTRIBUTION, params=found.question.to_params(),
        )  # fmt: skip
        behind = Behind(title=f"Converted after {act}", keys=entities_of(found, act), mark=act)
        open_entities(platform, principal, of, behind)


def _remember(channel: str) -> None:
    """The bar that was clicked, for the run that follows."""
    st.session_state[_CLICKED] = channel


def _row(principal: Principal, found: AttributionAnswer, models: list[Model], one: ChannelCredit) -> tuple[Cell, ...]:
    total = len(found.journeys)
    cells: list[Cell] = [one.channel]
    for model in models:
        credit = next((other.conversions for other in found.credits[model] if other.channel == one.channel), 0.0)
        text = f"{credit:,.1f}"
        is_chosen = model is found.question.model
        cells.append(ShareCell(text=text, share=max(0.0, credit / total)) if is_chosen else text)
    cells.append(str(numbers.compact(one.value, principal.tenant.currency)))
    if found.has_cost:
        cost = None if one.cost is None else str(numbers.compact(one.cost, principal.tenant.currency))
        cells += [
            cost or numbers.UNDEFINED,
            numbers.UNDEFINED if one.return_on_cost is None else f"{one.return_on_cost:.1f}×",
        ]
    return tuple(cells)
