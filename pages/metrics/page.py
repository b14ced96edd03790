"""Metrics: the catalogue, one metric with its lineage and uses, and the definition of its model with its history."""

import streamlit as st

from app.ui.definition_editor import draw_definition
from app.ui.failure import failure_of
from app.ui.lineage_map import draw_lineage, lineage_tree
from app.ui.parts import (
    Alert,
    CardHeader,
    DataTable,
    EmptyState,
    MetaItem,
    PageHead,
    Span,
    TableColumn,
    TileError,
    Tone,
    alert_box,
    card,
    card_header,
    cards,
    data_table,
    empty_state,
    error_box,
    page_bar,
    page_head,
)
from app.ui.sharing import share_model_dialog
from app.ui.stylesheet import catalogue_style
from core import numbers
from core.errors import UserError
from core.names import suggestion
from metrics import MetricQuery
from services.catalogue import Entry, list_entries
from services.definitions import find_catalog
from services.platform import Platform
from services.query import ask
from tenants.access import Permission, Principal


def draw(platform: Platform, principal: Principal) -> None:
    """Draw the catalogue, or the metric (`?metric=bookings`) or the model (`?model=deals`) that the URL names."""
    catalog = find_catalog(platform, principal)
    if catalog is None:
        page_head(PageHead(answer="No metric is defined yet."), key="metrics")
        text = f"Write a model in YAML and run: plumbline metrics apply DIR --tenant {principal.tenant.slug}"
        with card(key="metrics_none"):
            empty_state(EmptyState(title="Nothing here", text=text), key="metrics_none")
        return
    entries = list_entries(platform, principal)
    metric, model = st.query_params.get("metric"), st.query_params.get("model")
    if metric is not None and metric in entries:
        _metric(platform, principal, entries[metric], entries)
    elif model is not None:
        _model(platform, principal, model)
    else:
        _list(entries, unknown=metric or "")


def _list(entries: dict[str, Entry], *, unknown: str) -> None:
    broken = [entry for entry in entries.values() if entry.problem]
    answer = (Span(f"{len(entries)} metrics"), " are defined.")
    cause = f" {len(broken)} cannot be computed at present." if broken else ""
    if unknown:
        cause = f" There is no metric {unknown}. {suggestion(unknown, entries)}"
    page_head(PageHead(answer=answer, cause=cause), key="metrics")
    with page_bar(key="metrics"):
        words = st.text_input(
            "Search", key="metrics_search", placeholder="Search name, meaning or owner", label_visibility="collapsed"
        )
    found = [entry for entry in entries.values() if _fits(entry, words)]
    with card(key="metrics"):
        if not found:
            empty_state(EmptyState(title="No metric fits", text="Change the search."), key="metrics_empty")
            return
        columns = ("Metric", "State", "Used by", "Model", "Kind", "Unit", "Owner", "What it means")
        table = DataTable(
            caption="The metrics of this organisation",
            columns=tuple(TableColumn(label=label, is_number=label == "Used by") for label in columns),
            rows=tuple(_row(entry) for entry in found),
            row_acts=tuple(entry.metric.name for entry in found),
            total_rows=len(entries),
        )
        opened = data_table(table, key="metrics")
    if opened is not None:
        _go(metric=opened)


def _row(entry: Entry) -> tuple[str, ...]:
    metric = entry.metric
    meaning = metric.description.split(". ")[0].removesuffix(".")
    shown = meaning if len(meaning) <= 70 else f"{meaning[:69]}\u2026"
    return (
        metric.label,
        "Broken" if entry.problem else "In doubt" if entry.doubt else "Sound",
        f"{entry.uses:,}",
        metric.model,
        metric.kind,
        metric.unit or "\u2014",
        metric.owner or "\u2014",
        shown or "\u2014",
    )


def _fits(entry: Entry, words: str) -> bool:
    metric = entry.metric
    text = f"{metric.name} {metric.label} {metric.description} {metric.owner} {metric.model}".casefold()
    return all(word in text for word in words.casefold().split())


def _metric(platform: Platform, principal: Principal, entry: Entry, entries: dict[str, Entry]) -> None:
    metric = entry.metric
    value = "" if entry.problem else _value(platform, principal, entry)
    answer = (Span(f"{metric.label}{': ' if value else ''}{value}"),)
    page_head(
        PageHead(answer=answer, crumbs=("Metrics",), text=metric.description or "No description has been written."),
        key="metric",
    )
    meta = [
        MetaItem(text=metric.kind, icon="functions"),
        MetaItem(text=f"Owner: {metric.owner or 'nobody'}", icon="person"),
        MetaItem(text=f"Unit: {metric.unit or 'none'}", icon="straighten"),
    ]
    with page_bar(meta, key="metric"):
        if st.button("All metrics", key="metric_back"):
            _go()
        if st.button(f"Definition of {metric.model}", icon=":material/edit_note:", key="metric_model"):
            _go(model=metric.model)
    if entry.problem:
        error_box(TileError(what="This metric cannot be computed at present", why=entry.problem), key="metric")
    if entry.doubt:
        alert_box(Alert(title="This metric may be wrong", text=entry.doubt, tone=Tone.WARN), key="metric_doubt")
    catalogue_style()
    chosen = _lineage(entry, entries)
    if chosen is not None:
        _go(metric=chosen)
    left, right = cards([1, 1], key="metric_uses")
    with left:
        _uses("Used by notebooks", [title for _, title in entry.notebooks], "No notebook shows it.", "notebooks")
    with right:
        acts = (*entry.made_of, *entry.part_of)
        rows = [
            f"{entries[act].metric.label}, {'an input of it' if act in entry.made_of else 'made of it'}" for act in acts
        ]
        otherwise = "It is made of measures alone, and no metric is made of it."
        opened = _uses("Related metrics", rows, otherwise, "related", acts)
        if opened is not None:
            _go(metric=opened)


def _value(platform: Platform, principal: Principal, entry: Entry) -> str:
    """What it is this quarter, or over everything where it has no time."""
    ranges = ("quarter to date", None)
    for range_ in ranges:
        try:
            result = ask(platform, principal, MetricQuery(metrics=(entry.metric.name,), range=range_))
        except UserError:
            continue
        value = result.row(0)[entry.metric.name]
        if isinstance(value, numbers.Number) and not isinstance(value, bool):
            shown = str(numbers.compact(value, entry.metric.unit))
        else:
            shown = str(value or "no value")
        return f"{shown}{', quarter to date' if range_ else ''}"
    return ""


def _lineage(entry: Entry, entries: dict[str, Entry]) -> str | None:
    """The tree of the metric, then the same as a table; returns the metric of the tree that was clicked."""
    with card(key="metric_lineage"):
        subtitle = f"Dimensions: {', '.join(entry.dimensions)}" if entry.dimensions else ""
        card_header(CardHeader(title="Where it comes from", subtitle=subtitle, is_ruled=True), key="metric_lineage")
        rows = [
            (
                entry.metric.label,
                origin.label,
                origin.table or "a SELECT",
                origin.source or "\u2014",
                f"{origin.loaded_at:%Y-%m-%d %H:%M} UTC" if origin.loaded_at else "\u2014",
            )
            for origin in entry.origins
        ]
        if not rows:
            empty_state(EmptyState(title="Not known", text="It cannot be computed at present."), key="metric_origin")
            return None
        chosen = draw_lineage(lineage_tree(entries, entry.metric.name), key="metric_tree")
        labels = ("Metric", "Model", "Table", "Source", "Last loaded")
        table = DataTable(
            caption=f"Where {entry.metric.label} comes from",
            columns=tuple(TableColumn(label=label) for label in labels),
            rows=tuple(rows),
        )
        data_table(table, key="metric_lineage")
    return chosen


def _uses(title: str, rows: list[str], otherwise: str, key: str, acts: tuple[str, ...] = ()) -> str | None:
    card_header(CardHeader(title=title, is_ruled=True), key=f"metric_{key}")
    if not rows:
        st.caption(otherwise)
        return None
    table = DataTable(
        caption=title, columns=(TableColumn(label="Name"),), rows=tuple((row,) for row in rows), row_acts=tuple(acts)
    )
    return data_table(table, key=f"metric_{key}")


def _model(platform: Platform, principal: Principal, model: str) -> None:
    page_head(
        PageHead(
            answer=f"Definition of {model}",
            crumbs=("Metrics",),
            text="What is saved here is in force everywhere at once: pages, reports, deliveries and the API.",
        ),
        key="model",
    )
    with page_bar(key="model"):
        if st.button("All metrics", key="model_back"):
            _go()
        can_share = principal.can(Permission.DEFINITION_APPLY)
        if can_share and st.button("Share", icon=":material/share:", key="model_share"):
            share_model_dialog(platform, principal, model)
    try:
        draw_definition(platform, principal, model)
    except UserError as error:
        error_box(failure_of(error), key="model")


def _go(**params: str) -> None:
    st.query_params.from_dict(params)
    st.rerun()
