"""The choices of the page Ask, each showing what is chosen; a change becomes a new question at once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from app.ui.choosing import choose_one, choose_several, shown
from metrics import Catalog, Dimension, Grain, parse_grain
from services.explore import Question
from services.explore.countries import country_of, holiday_countries
from services.explore.question import NOT_SET
from services.platform import Platform
from services.query import list_values
from tenants.access import Principal

Keep = Callable[[Question], None]
RANGES = (
    "", "this month", "last 3 months", "quarter to date", "last 4 quarters", "year to date", "last 12 months",
    "last 8 quarters", "last 30 days", "yesterday",
)  # fmt: skip
COMPARISONS = {
    "": "No comparison",
    "prior_period": "Prior period",
    "prior_year": "Prior year",
    "same_weekday": "Same weekday",
    "target": "Target",
}
HOLIDAY = "holiday:"
TOPS = (None, 5, 10, 20, 50)
_CHARTS = {
    "": "Chart", "line": "Line", "column": "Columns", "area": "Area", "bar": "Bars", "map": "Map", "treemap": "Treemap",
    "histogram": "Histogram", "scatter": "Scatter", "sankey": "Flows", "calendar": "Calendar", "table": "Table only",
}  # fmt: skip


def draw_controls(platform: Platform, principal: Principal, catalog: Catalog, question: Question, keep: Keep) -> None:
    """Draw them into the bar. `keep` gets the new question after a change."""
    known = [name for name in question.metrics if name in catalog.metrics]
    labels = {name: metric.label for name, metric in catalog.metrics.items()}
    with st.popover(shown([labels[name] for name in known], "Metrics"), icon=":material/functions:", key="ask_m"):
        choose_several(
            "Metrics", list(labels), known, labels, lambda chosen: keep(replace(question, metrics=chosen)),
            key="ask_several_metrics",
        )  # fmt: skip
    dimensions = {one.name: one for one in catalog.dimensions_of(known)}
    names = {name: one.label if "." not in name else f"{one.label} ({name})" for name, one in dimensions.items()}
    split = [name for name in question.by if name in dimensions]
    with st.popover(shown([names[name] for name in split], "Split by"), icon=":material/call_split:", key="ask_b"):
        choose_several(
            "Split by", list(names), split, names, lambda chosen: keep(replace(question, by=chosen)),
            key="ask_several_by",
        )  # fmt: skip
        _more(question, keep)
    _filters(platform, principal, question, dimensions, names, catalog.segments_of(known), keep)
    grains = {"": "No periods"} | {str(grain): f"By {grain.replace('_', ' ')}" for grain in (*Grain, *catalog.grains)}
    choose_one(
        "Periods",
        grains,
        str(question.grain or ""),
        lambda one: keep(replace(question, grain=parse_grain(one)) if one else replace(question, grain=None)),
        key="ask_grain",
    )
    _range(question, keep)
    _compare(question, principal.tenant.zone, keep)
    choose_one("Chart", _CHARTS, question.chart, lambda one: keep(replace(question, chart=one)), key="ask_kind")


def _compare(question: Question, zone: str, keep: Keep) -> None:
    """What the answer is compared with; by holidays there is a second choice, of whose."""
    chosen = (question.compare or ("",))[0]
    country = chosen.removeprefix(HOLIDAY).upper() if chosen.startswith(HOLIDAY) else ""
    aligned = f"{HOLIDAY}{country or country_of(zone)}"
    options = {one: one for one in question.compare} | COMPARISONS | {aligned: "Prior year by holidays"}

    def choose(one: str) -> None:
        keep(replace(question, compare=(one,) if one else ()))

    choose_one("Compare with", options, aligned if country else chosen, choose, key="ask_compare")
    if country:
        countries = {country: country} | dict(holiday_countries())
        choose_one(
            "Holidays of", countries, country, lambda one: choose(f"{HOLIDAY}{one or country}"), key="ask_country",
        )  # fmt: skip


def _more(question: Question, keep: Keep) -> None:
    tops = {str(count or ""): f"The {count} largest" if count else "All members" for count in (*TOPS, question.top)}
    choose_one(
        "Members",
        tops,
        str(question.top or ""),
        lambda one: keep(replace(question, top=int(one) if one else None)),
        key="ask_top",
        is_labelled=True,
    )
    st.session_state["ask_totals"] = question.has_totals

    def change() -> None:
        keep(replace(question, has_totals=bool(st.session_state["ask_totals"])))

    st.toggle("Totals", key="ask_totals", on_change=change)
    st.session_state["ask_as_of"] = question.as_of

    def go_back() -> None:
        keep(replace(question, as_of=str(st.session_state["ask_as_of"]).strip()))

    st.text_input(
        "As of", key="ask_as_of", on_change=go_back, placeholder="2026-06-30",
        help="Tables as they were at the end of that day; those that a sync fills keep their history.",
    )  # fmt: skip


def _filters(
    platform: Platform, principal: Principal, question: Question, dimensions: dict[str, Dimension],
    names: dict[str, str], segments: Sequence[str], keep: Keep,
) -> None:  # fmt: skip
    """A member or several of each chosen dimension, saved segments, and filter text for everything else."""
    chosen = [name for name in question.filters if name in dimensions]
    count = len(chosen) + len(question.segments) + bool(question.where)
    with st.popover(f"Filter ({count})" if count else "Filter", icon=":material/tune:", key="ask_f"):
        plain = [name for name, one in dimensions.items() if not one.is_time]

        def choose(found: tuple[str, ...]) -> None:
            keep(replace(question, filters={name: question.filters.get(name, ()) for name in found}))

        choose_several("Filter by", plain, chosen, names, choose, key="ask_several_filters")
        for name in chosen:
            values = list_values(platform, principal, name, question.metrics)
            held = [value for value in question.filters[name] if value]
            options = list(dict.fromkeys([*held, *values, NOT_SET]))
            texts = {value: "Not set" if value == NOT_SET else value for value in options}
            choose_several(
                names[name], options, held, texts, partial(_keep_filter, question, name, keep),
                key=f"ask_several_{name}",
            )  # fmt: skip
        # One that is chosen stays to be seen, so that it can be taken out.
        offered = list(dict.fromkeys([*question.segments, *segments]))
        if offered:
            spoken = {name: name.replace("_", " ").capitalize() for name in offered}
            choose_several(
                "Saved segments", offered, question.segments, spoken,
                lambda found: keep(replace(question, segments=found)), key="ask_several_segments",
            )  # fmt: skip
        st.session_state["ask_where"] = question.where

        def write() -> None:
            keep(replace(question, where=str(st.session_state["ask_where"]).strip()))

        st.text_input("Or a filter in words", key="ask_where", on_change=write, placeholder="amount_band != 'small'")


def _keep_filter(question: Question, name: str, keep: Keep, values: tuple[str, ...]) -> None:
    # A dimension that was chosen stays so, without a member, until one is.
    keep(replace(question, filters={**question.filters, name: values or ("",)}))


def _range(question: Question, keep: Keep) -> None:
    dates = f"{question.start or '...'} to {question.end or '...'}" if question.start or question.end else ""
    ranges = {one: one.capitalize() or "All time" for one in dict.fromkeys((*RANGES, question.range))}
    if dates:
        ranges = {dates: dates} | ranges

    def choose(one: str) -> None:
        if one != dates or not dates:
            keep(replace(question, range=one.strip().casefold() if one != "All time" else "", start=None, end=None))

    choose_one("Range", ranges, dates or question.range, choose, key="ask_range", is_open=True)
