"""Funnels: how many get how far, where they are lost, how long it takes, and how much of that is known yet."""

import csv
import io
import itertools
from collections.abc import Callable

import streamlit as st

from app.ui.chart import draw_chart
from app.ui.choosing import choose_one, choose_several, write_text
from app.ui.event_controls import (
    address,
    choose_events,
    choose_filter,
    choose_range,
    keep_question,
)
from app.ui.event_page import draw_answered
from app.ui.funnel_cards import draw_funnel_cards, draw_segments_card, open_bar, segments_sentence
from app.ui.parts import (
    CardHeader,
    DataTable,
    FooterLine,
    PageHead,
    ShareCell,
    Span,
    TableColumn,
    card,
    card_header,
    cards,
    data_table,
    footer_line,
    page_head,
)
from core import numbers
from metrics.behaviour import Entry, Exclusion, Order, Period, StepCount
from services.behaviour import FunnelAnswer, FunnelQuestion, answer_funnel, parse_funnel
from services.behaviour.cells import cell_of_funnel
from services.behaviour.drawing import draw_conversion, draw_funnel
from services.behaviour.questions import Counted
from services.platform import Platform
from tenants.access import Permission, Principal

_WINDOWS = {
    "1h": "Within an hour", "1d": "Within a day", "7d": "Within 7 days", "30d": "Within 30 days",
    "90d": "Within 90 days", "180d": "Within 180 days", "none": "No limit",
}  # fmt: skip
_ORDERS = {
    Order.ORDERED: "In this order", Order.STRICT: "With nothing between", Order.ANY: "In any order",
    Order.ANCHORED: "First step first",
}  # fmt: skip
_EXCLUSIONS = {Exclusion.STOP: "ends the attempt", Exclusion.DROP: "takes the entity out"}
_ENTRIES = {
    Entry.EVERY: ("Every first step", "Each first step begins an attempt, and the best one counts."),
    Entry.FIRST: ("The first one alone", "Later first steps begin nothing; they serve other steps alone."),
}
_GAPS = {"10m": "10 minutes", "30m": "30 minutes", "1h": "An hour", "4h": "4 hours", "1d": "A day", "7d": "7 days"}
_GRACES = {"0s": "Nothing", "1s": "A second", "5s": "5 seconds", "1m": "A minute"}
_DAY_S = 86_400
_CLICKED = "funnels_clicked"


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the page."""
    found = draw_answered(
        platform,
        principal,
        lambda: answer_funnel(platform, principal, parse_funnel(address())),
        key="funnels",
        unanswered="This funnel has no answer.",
        head=_answer,
        controls=_controls,
        cell=lambda found: cell_of_funnel(found.question, "funnel"),
    )
    if found is None:
        return
    _steps(platform, principal, found)
    if found.result.segments:
        draw_segments_card(platform, principal, found)
    if found.conversion is not None:
        _conversion(found)
    draw_funnel_cards(platform, principal, found)


def _answer(found: FunnelAnswer) -> None:
    steps, who = found.result.steps, found.counted_label.lower()
    first, last = steps[0], steps[-1]
    within = (
        "" if found.spec.window is None else f" {_WINDOWS.get(found.question.window, found.question.window).lower()}"
    )
    share = numbers.compact(last.rate, "ratio")
    answer = f"{share} of {who} get from {first.name} to {last.name}{within}{found.rules}."
    if not first.count:
        answer = f"No {who} did {first.name}."
    leak = _leak(steps)
    cause = "" if leak is None else f" The largest loss is between {leak[0].name} and {leak[1].name}."
    cause += segments_sentence(found)
    page_head(PageHead(answer=(Span(answer),), cause=cause, text=_maturity(found)), key="funnels")


def _leak(steps: tuple[StepCount, ...]) -> tuple[StepCount, StepCount] | None:
    """The two steps between which the largest share of those who got to the first is lost."""
    pairs = [(one, other) for one, other in itertools.pairwise(steps) if one.count]
    return min(pairs, key=lambda pair: pair[1].step_rate or 0.0) if pairs else None


def _maturity(found: FunnelAnswer) -> str:
    known = found.conversion
    if known is None:
        return ""
    settled = numbers.compact(known.maturity, "ratio")
    text = f"{known.still_open:,} of {known.entered:,} still have time to convert; {settled} are settled."
    if known.still_open and known.expected is not None:
        expected = numbers.compact(known.expected, "ratio")
        text += f" With the others counted as open, {expected} are expected."
    return text


def _controls(found: FunnelAnswer) -> None:
    question, known = found.question, found.choices
    keep = keep_question(question)
    choose_events(known, question.entity, keep, key="funnels")
    with st.popover(f"{len(question.steps)} steps", icon=":material/filter_alt:", key="funnels_steps"):
        _choose_steps(found, keep)
    windows = {question.window: question.window} | _WINDOWS
    choose_one("Window", windows, question.window, lambda one: keep(window=one), key="funnels_window", is_open=True)
    splits = {"": "Not split"} | {name: f"By {label.lower()}" for name, label in known.dimensions.items()}
    choose_one("Split by", splits, question.by, lambda one: keep(by=one), key="funnels_by")
    choose_range(question.range, found.days, keep, key="funnels")
    choose_filter(question.where, known, keep, key="funnels")
    with st.popover("More", icon=":material/more_horiz:", key="funnels_more"):
        _more(found, keep)


def _more(found: FunnelAnswer, keep: Callable[..., None]) -> None:
    question = found.question
    trends = {"": "No trend"} | {str(period): f"By {period}" for period in Period}
    choose_one(
        "Trend", trends, str(question.trend or ""), lambda one: keep(trend=Period(one) if one else None),
        key="funnels_trend_by", is_labelled=True,
    )  # fmt: skip
    compared = {"": "Nothing", "yes": "As many days before"}
    choose_one(
        "Compare with", compared, "yes" if question.is_compared else "", lambda one: keep(is_compared=bool(one)),
        key="funnels_compare", is_labelled=True,
    )  # fmt: skip
    if question.by:
        tops = {str(number): f"The {number} with most" for number in sorted({3, 5, 8, 15, 30, question.top})}
        choose_one(
            "Values shown", tops, str(question.top), lambda one: keep(top=int(one)), key="funnels_top",
            is_labelled=True,
        )  # fmt: skip
    _choose_counted(found, keep)
    write_text(
        "Longest time from step to step", ",".join(question.limits),
        lambda one: keep(limits=tuple(part.strip() for part in one.split(",") if part.strip())),
        key="funnels_limits", hint=",".join(["7d", *["none"] * (len(question.steps) - 2)]),
    )  # fmt: skip
    dimensions = found.choices.dimensions
    choose_several(
        "Hold constant", list(dimensions), question.held, dimensions, lambda chosen: keep(held=chosen),
        key="funnels_held",
    )  # fmt: skip


def _choose_counted(found: FunnelAnswer, keep: Callable[..., None]) -> None:
    """What is counted and which first steps begin, each with a sentence of what that means."""
    question, who = found.question, found.entity_label.lower()
    words = {
        Counted.ENTITIES: (found.entity_label, f"Each of the {who} counts once, with the deepest step it reaches."),
        Counted.ATTEMPTS: ("Every attempt", "A first step begins another attempt once the one before is over."),
        Counted.SESSIONS: ("Every session", f"The steps fall into one session of one of the {who}."),
    }
    choose_one(
        "Count", {str(one): word for one, (word, _) in words.items()}, str(question.counted),
        lambda one: keep(counted=Counted(one or Counted.ENTITIES)), key="funnels_count", is_labelled=True,
    )  # fmt: skip
    st.caption(words[question.counted][1])
    if question.counted is Counted.SESSIONS:
        gaps = {question.gap: question.gap} | _GAPS
        choose_one(
            "A session ends after", gaps, question.gap, lambda one: keep(gap=one or FunnelQuestion().gap),
            key="funnels_gap", is_labelled=True, is_open=True,
        )  # fmt: skip
        st.caption("It ends where nothing at all happens for longer, whichever the event.")
    choose_one(
        "Begin with", {str(one): word for one, (word, _) in _ENTRIES.items()}, str(question.entry),
        lambda one: keep(entry=Entry(one or Entry.EVERY)), key="funnels_entry", is_labelled=True,
    )  # fmt: skip
    st.caption(_ENTRIES[question.entry][1])
    graces = {question.grace: question.grace} | _GRACES
    choose_one(
        "Clocks may differ by", graces, question.grace, lambda one: keep(grace=one or FunnelQuestion().grace),
        key="funnels_grace", is_labelled=True, is_open=True,
    )  # fmt: skip
    st.caption("Events this close to the first of a moment are of that moment, in the order of the steps.")


def _choose_steps(found: FunnelAnswer, keep: Callable[..., None]) -> None:
    question = found.question
    names = list(dict.fromkeys([*question.steps, *question.excluded, *found.choices.counts]))
    counts = {name: f"{name} ({count:,})" for name, count in found.choices.counts.items()}
    choose_several(
        "Steps, in order", names, question.steps, counts, lambda chosen: keep(steps=chosen),
        key="funnels_step_names", is_open=True, help_text="Several: a | b. With a filter: a where region = 'x'.",
    )  # fmt: skip
    choose_one(
        "Order", {str(order): word for order, word in _ORDERS.items()}, str(question.order),
        lambda one: keep(order=Order(one)), key="funnels_order", is_labelled=True, width=300,
    )  # fmt: skip
    choose_several(
        "Excluded", names, question.excluded, counts, lambda chosen: keep(excluded=chosen),
        key="funnels_excluded", is_open=True,
    )  # fmt: skip
    choose_one(
        "An excluded event", {str(one): word for one, word in _EXCLUSIONS.items()}, str(question.exclusion),
        lambda one: keep(exclusion=Exclusion(one)), key="funnels_exclusion", is_labelled=True, width=300,
    )  # fmt: skip


def _steps(platform: Platform, principal: Principal, found: FunnelAnswer) -> None:
    may_open = principal.can(Permission.DATA_READ)
    steps, who = found.result.steps, found.counted_label
    with card(key="funnels_chart"):
        subtitle = f"{steps[0].count:,} {who.lower()}" + (". Choose a bar for those behind it" if may_open else "")
        card_header(CardHeader(title=f"{steps[0].name} to {steps[-1].name}", subtitle=subtitle), key="funnels_chart")
        chart = draw_funnel(found.result, f"{steps[0].name} to {steps[-1].name}")
        draw_chart(chart, key="funnels_chart", on_click=_remember if may_open else None)
    with card(key="funnels_steps"):
        hint = "Choose a step for those who got there" if may_open else ""
        card_header(CardHeader(title="Step by step", subtitle=hint, is_ruled=True), key="funnels_steps")
        act = data_table(_step_table(found, may_open=may_open), key="funnels_steps")
        left, right = st.columns([4, 1], vertical_alignment="center")
        with left:
            dropped = (f"{found.result.dropped:,} taken out by an exclusion",) if found.result.dropped else ()
            notes = (
                "Intervals are Wilson's at 95 %", f"{found.events.row_count:,} events",
                f"Data version {found.watermark.version}", *dropped, *found.notes,
            )  # fmt: skip
            footer_line(FooterLine(notes=notes), key="funnels_steps")
        right.download_button(
            "CSV", data=_csv(found), file_name="funnel.csv", mime="text/csv", icon=":material/download:",
            key="funnels_csv", on_click="ignore",
        )  # fmt: skip
    clicked = st.session_state.pop(_CLICKED, None)
    if act is not None:
        open_bar(platform, principal, found, act)
    elif clicked in chart.series[0].x:
        open_bar(platform, principal, found, f"at:{chart.series[0].x.index(clicked)}")


def _remember(name: str) -> None:
    """The bar that was clicked, for the run that follows."""
    st.session_state[_CLICKED] = name


def _step_table(found: FunnelAnswer, *, may_open: bool) -> DataTable:
    rows = []
    for number, step in enumerate(found.result.steps):
        low, high = step.step_interval or (None, None)
        interval = "" if number == 0 or low is None or high is None else f"{low * 100:.1f} to {high * 100:.1f}"
        rows.append(
            (
                step.name, f"{step.count:,}", ShareCell(text=_share(step.rate), share=step.rate or 0.0),
                "" if number == 0 else _share(step.step_rate), interval, _time(step.step_median_s if number else None),
                _time(step.median_s if number else None), _time(step.p90_s if number else None),
            )
        )  # fmt: skip
    labels = ("Step", found.counted_label, "Of the first", "Of the step before", "Interval, %", "Median from before",
              "Median from first", "90 % within")  # fmt: skip
    columns = tuple(TableColumn(label=label, is_number=place > 0) for place, label in enumerate(labels))
    acts = tuple(f"at:{number}" for number in range(len(rows))) if may_open else ()
    return DataTable(caption="The funnel step by step", columns=columns, rows=tuple(rows), row_acts=acts)


def _conversion(found: FunnelAnswer) -> None:
    if found.conversion is None or found.conversion.curve.ages.size == 0:
        return
    curve, told = cards([1.62, 1], key="funnels_time")
    steps = found.result.steps
    with curve:
        title = f"Days from {steps[0].name} to {steps[-1].name}"
        subtitle = "Share converted by then, with those still open counted as open; bounds at 95 %"
        card_header(CardHeader(title=title, subtitle=subtitle), key="funnels_time")
        draw_chart(draw_conversion(found.conversion, title), key="funnels_time")
    with told:
        card_header(CardHeader(title="How much is known", is_ruled=True), key="funnels_known")
        known = found.conversion
        rows = (
            ("Did the first step", f"{known.entered:,}"),
            ("Settled", _share(known.maturity)),
            ("Still have time", f"{known.still_open:,}"),
            ("Converted so far", _share(steps[-1].rate)),
            ("Expected in the end", _share(known.expected)),
        )
        columns = (TableColumn(label="What"), TableColumn(label="Figure", is_number=True))
        data_table(DataTable(caption="How much is known", columns=columns, rows=rows), key="funnels_known")


def _share(share: float | None) -> str:
    return str(numbers.compact(share, "ratio"))


def _time(seconds: float | None) -> str:
    """A length of time in the unit that suits it.

    >>> _time(5400.0), _time(86400.0 * 3)
    ('1.5 h', '3.0 d')
    """
    if seconds is None:
        return numbers.UNDEFINED
    for size, unit in ((_DAY_S, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def _csv(found: FunnelAnswer) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["segment", "step", "count", "rate", "step_rate"])
    writer.writerows(list(row.values()) for row in found.result.table().to_pylist())
    return text.getvalue().encode("utf-8-sig")
