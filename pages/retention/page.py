"""Retention: who came back, cohort by cohort; the cohort that is weaker than the others, and what sets it apart."""

import csv
import io
from collections.abc import Callable

import streamlit as st

from app.ui.chart import draw_chart
from app.ui.choosing import choose_one, write_text
from app.ui.event_controls import (
    address,
    choose_events,
    choose_filter,
    choose_range,
    keep_question,
)
from app.ui.event_page import draw_answered
from app.ui.heat_map import heat_map
from app.ui.parts import (
    CardHeader,
    Change,
    Direction,
    FooterLine,
    InsightRow,
    PageHead,
    Span,
    card,
    card_header,
    cards,
    footer_line,
    insight_list,
    page_head,
)
from app.ui.retention_cards import column_label, draw_split_card, open_cell, split_sentence
from app.ui.retention_map import SHOWN, build_map, gap_text, map_title
from core import numbers
from metrics.behaviour import Mode, Period, parse_brackets
from metrics.behaviour.cohort_comparison import CohortGap
from services.behaviour import (
    RetentionAnswer,
    RetentionQuestion,
    answer_retention,
    parse_retention,
)
from services.behaviour.cells import cell_of_retention
from services.behaviour.drawing import draw_amounts, draw_retention, draw_split
from services.behaviour.questions import Shown
from services.behaviour.retention import overall_amounts, shown_amount
from services.behaviour.why import GapReason, explain_gap
from services.platform import Platform
from tenants.access import Permission, Principal

_PERIODS = {Period.DAY: "Daily", Period.WEEK: "Weekly", Period.MONTH: "Monthly", Period.QUARTER: "Quarterly"}
_MODES = {
    Mode.BOUNDED: "In that period", Mode.UNBOUNDED: "In it or later", Mode.ON_OR_BEFORE: "Ever up to it",
    Mode.STREAK: "In every period up to it",
}  # fmt: skip
_SHOWN_COHORTS = 36


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    found = draw_answered(
        platform,
        principal,
        lambda: answer_retention(platform, principal, parse_retention(address())),
        key="retention",
        unanswered="This question has no answer.",
        head=_answer,
        controls=_controls,
        cell=lambda found: cell_of_retention(found.question, "retention"),
    )
    if found is None:
        return
    draw_split_card(platform, principal, found)
    _cohorts(platform, principal, found)
    curve, why = cards([1.62, 1], key="retention")
    with curve:
        title = map_title(found) if found.values else f"Share back, by {found.question.period}"
        card_header(CardHeader(title=title, subtitle="Complete periods only"), key="retention_curve")
        chart = draw_retention(found.result, found.overall, found.weakest, title)
        if found.values:
            unit = "ratio" if found.question.shows.is_share else principal.tenant.currency
            chart = draw_amounts(overall_amounts(found), found.question.period, unit, title)
        elif found.split is not None:
            chart = draw_split(found.split.rows, found.question.period, title)
        draw_chart(chart, key="retention_curve")
    with why:
        _why(platform, principal, found)


def _answer(found: RetentionAnswer) -> None:
    period, unit = found.answered, found.question.period
    who = found.entity_label.lower()
    if period is None:
        answer = f"No {who} are old enough yet to have come back."
    else:
        share = numbers.compact(found.overall[period], "ratio")
        answer = f"{share} of {who} come back in {unit} {column_label(found, period)}."
    cause = " No cohort is weaker than the others beyond chance."
    if found.weakest is not None:
        cause = f" {gap_text(found.weakest, str(unit))}"
    cause += split_sentence(found)
    text = f"Start: {found.question.start}. Return: {found.question.returns}."
    page_head(PageHead(answer=(Span(answer),), cause=cause, text=text), key="retention")


def _controls(found: RetentionAnswer) -> None:
    question, known = found.question, found.choices
    keep = keep_question(question)
    choose_events(known, question.entity, keep, key="retention")
    events = {name: name for name in known.counts} | {"any": "Any event"}
    with st.popover(f"{question.start} → {question.returns}", icon=":material/bolt:", key="retention_events"):
        starts = {question.start: question.start} | events
        choose_one(
            "Start", starts, question.start, lambda one: keep(start=one), key="retention_start", is_labelled=True,
            is_open=True, width=300,
        )  # fmt: skip
        returns = {question.returns: question.returns} | events
        choose_one(
            "Comes back by", returns, question.returns, lambda one: keep(returns=one), key="retention_return",
            is_labelled=True, is_open=True, width=300,
        )  # fmt: skip
        st.caption("Several: a | b. With a filter: a where region = 'x'.")
    choose_one(
        "Period", {str(period): word for period, word in _PERIODS.items()}, str(question.period),
        lambda one: keep(period=Period(one), periods=parse_retention({"period": [one]}).periods, brackets=()),
        key="retention_period", width=120,
    )  # fmt: skip
    choose_one(
        "Counts", {str(mode): word for mode, word in _MODES.items()}, str(question.mode),
        lambda one: keep(mode=Mode(one)), key="retention_mode", width=170,
    )  # fmt: skip
    splits = {"": "Not split"} | {name: f"By {label.lower()}" for name, label in known.dimensions.items()}
    choose_one("Split by", splits, question.by, lambda one: keep(by=one), key="retention_by")
    choose_range(question.range, (question.first, question.last), keep, key="retention")
    choose_filter(question.where, known, keep, key="retention")
    with st.popover("More", icon=":material/more_horiz:", key="retention_more"):
        if known.events.value is not None:
            choose_one(
                "Cells show", {str(one): word for one, word in SHOWN.items()}, str(question.shows),
                lambda one: keep(shows=Shown(one)), key="retention_shows", is_labelled=True, width=300,
            )  # fmt: skip
        if question.by:
            tops = {str(number): f"The {number} with most" for number in sorted({3, 5, 8, 15, 30, question.top})}
            choose_one(
                "Values shown", tops, str(question.top), lambda one: keep(top=int(one)), key="retention_top",
                is_labelled=True,
            )  # fmt: skip
        _more(question, keep)


def _more(question: RetentionQuestion, change: Callable[..., None]) -> None:
    for name, label, is_on, is_offered in (
        ("is_of_previous", "Per cent of the previous period", question.is_of_previous, True),
        ("is_simple_mean", "Every cohort counts alike in the row of all", question.is_simple_mean, True),
        ("is_recurring", "Every start enters a cohort", question.is_recurring, True),
        (
            "is_rolling",
            "24-hour days since the start",
            question.is_rolling,
            question.period in (Period.DAY, Period.WEEK),
        ),
    ):
        key = f"retention_{name}"
        st.session_state[key] = is_on

        def switch(name: str = name, key: str = key) -> None:
            change(**{name: bool(st.session_state[key])})

        st.toggle(label, key=key, on_change=switch, disabled=not is_offered)
    write_text(
        "Brackets of periods", ",".join(map(str, question.brackets)),
        lambda text: change(brackets=parse_brackets(text)), key="retention_brackets",
        hint="0,1,3,7",
    )  # fmt: skip


def _cohorts(platform: Platform, principal: Principal, found: RetentionAnswer) -> None:
    unit, who = found.question.period, found.entity_label
    shown = found.result.cohorts[-_SHOWN_COHORTS:]
    may_open = principal.can(Permission.DATA_READ)
    size = sum(one.size for one in found.result.cohorts)
    with card(key="retention_map"):
        left_out = f"; the last {len(shown)} shown" if len(shown) < len(found.result.cohorts) else ""
        hint = f" Choose a cell for the {who.lower()} behind it." if may_open else ""
        subtitle = f"{size:,} {who.lower()} in {len(found.result.cohorts)} cohorts{left_out}.{hint}"
        card_header(CardHeader(title=map_title(found), subtitle=subtitle), key="retention_map")
        currency = principal.tenant.currency
        act = heat_map(build_map(found, shown, currency, may_open=may_open), key="retention")
        left, right = st.columns([4, 1], vertical_alignment="center")
        with left:
            notes = (
                f"Hatched: the {unit} is not over at the last event",
                f"{found.events.row_count:,} events", f"Data version {found.watermark.version}", *found.notes,
            )  # fmt: skip
            footer_line(FooterLine(notes=notes), key="retention_map")
        right.download_button(
            "CSV", data=_csv(found), file_name="retention.csv", mime="text/csv", icon=":material/download:",
            key="retention_csv", on_click="ignore",
        )  # fmt: skip
    if act is not None:
        open_cell(platform, principal, found, act)


def _why(platform: Platform, principal: Principal, found: RetentionAnswer) -> None:
    gap = found.weakest
    if gap is None:
        text = "Two-sided tests of each cohort against all others, at 5 % together"
        card_header(CardHeader(title="No weaker cohort", subtitle=text), key="retention_why")
        return
    reason = None if found.question.is_recurring else explain_gap(platform, principal, found, gap)
    of = f"{gap.rate:.0%} of {gap.cohort.size:,} against {gap.others_rate:.0%} of {gap.others_size:,}"
    header = CardHeader(title=f"Why {gap.cohort.label} is weaker", subtitle=of, is_ruled=True)
    card_header(header, key="retention_why")
    if reason is not None:
        insight_list(_parts(reason, gap), key="retention_why")


def _parts(reason: GapReason, gap: CohortGap) -> list[InsightRow]:
    rows = []
    for part in reason.movement.contributions[:3]:
        size, came = reason.members.get(part.member if isinstance(part.member, str) else None, (0, 0))
        member = "not set" if part.member is None else str(part.member)
        kept = f"{came} of its {size} came back" if size else "none in this cohort"
        sentence = f"{size} of {gap.cohort.size} are of it; {kept}."
        change = Change(
            text=numbers.change(float(part.amount), "ratio"),
            direction=Direction.BETTER if part.amount > 0 else Direction.WORSE,
        )
        rows.append(InsightRow(title=f"{reason.label}: {member}", sentence=sentence, change=change))
    return rows


def _csv(found: RetentionAnswer) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ["cohort", "size", "period", "count", "share", "is_complete", *(["amount"] if found.values else [])]
    )
    for one in found.result.cohorts:
        for place, count in enumerate(one.counts):
            if count is not None:
                row = [one.label, one.size, column_label(found, place), count, count / one.size, place < one.complete]
                row += [shown_amount(found, one, place)] if found.values else []
                writer.writerow(row)
    return text.getvalue().encode("utf-8-sig")
