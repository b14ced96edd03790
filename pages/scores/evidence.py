"""The model's card: calibration, what matters, the record of earlier days, drift, and versions."""

import datetime as dt

import streamlit as st

from app.ui.changing import draw_said, try_change
from app.ui.chart import draw_chart
from app.ui.parts import (
    Badge,
    CardHeader,
    DataTable,
    EmptyState,
    ShareCell,
    TableColumn,
    Tone,
    card,
    card_header,
    data_table,
    empty_state,
)
from charts import Chart, ChartKind, Role, Series
from core import numbers
from metrics.period import date_label
from services.platform import Platform
from services.scoring import ScoreCard, use_version
from services.scoring.card import DRIFTED
from tenants.access import Permission, Principal

_EPOCH = dt.date(1970, 1, 1)
_SHOWN_DRIVERS = 10


def draw_calibration(found: ScoreCard) -> None:
    """Of rows with similar chances, how often the event came."""
    title = "Does a chance mean what it says?"
    card_header(CardHeader(title=title, subtitle="Rows of later days, in ten groups of equal size"), key="scores_bins")
    bins = found.record.bins
    quality = found.record.quality
    if not bins or quality is None:
        text = "No earlier day has an outcome yet that the score could be tried on."
        empty_state(EmptyState(title="Not tried yet", text=text), key="scores_bins")
        return
    labels = tuple(f"{place}. {one.expected:.0%}" for place, one in enumerate(bins, start=1))
    chart = Chart(
        kind=ChartKind.COLUMN,
        title=title,
        description=(
            f"Chances were off by {100 * quality.calibration_error:.1f} points on average over {quality.rows:,} rows: "
            f"the likeliest tenth was expected at {bins[-1].expected:.0%} and came out at {bins[-1].observed:.0%}."
        ),
        series=(
            Series(name="Came to it", x=labels, y=tuple(one.observed for one in bins), role=Role.MAIN),
            Series(name="Expected", x=labels, y=tuple(one.expected for one in bins), role=Role.BAD, is_dashed=True),
        ),
        x_label="Expected chance",
        unit="ratio",
    )
    draw_chart(chart, key="scores_bins")


def draw_drivers(found: ScoreCard) -> None:
    """How much each column moves the scores, and whether it is still as it was learned."""
    title = "What it is made of"
    text = "Mean share of each column in the log-odds; drift is its stability index"
    card_header(CardHeader(title=title, subtitle=text, is_ruled=True), key="scores_drivers")
    if not found.drivers:
        empty_state(EmptyState(title="Not served", text="There is nothing to explain."), key="scores_drivers")
        return
    most = found.drivers[0][1] or 1.0
    drift = dict(found.drift)
    rows = tuple(
        (
            found.labels.get(name, name),
            ShareCell(text=f"{part:.2f}", share=part / most),
            _drift(drift.get(name)),
        )
        for name, part in found.drivers[:_SHOWN_DRIVERS]
    )
    table = DataTable(
        caption=title,
        columns=(
            TableColumn(label="Column"), TableColumn(label="Part", is_number=True),
            TableColumn(label="Drift", is_number=True),
        ),
        rows=rows,
        total_rows=len(found.drivers),
    )  # fmt: skip
    data_table(table, key="scores_drivers")


def _drift(index: float | None) -> str | Badge:
    if index is None:
        return "not known"
    return Badge(text=f"{index:.2f}", tone=Tone.BAD) if index > DRIFTED else f"{index:.2f}"


def draw_record(found: ScoreCard) -> None:
    """The same score made on earlier days, from what was known then."""
    if not found.record.trials:
        return
    with card(key="scores_record"):
        title = "Track record"
        text = "The same score made on earlier days, from what was known then"
        card_header(CardHeader(title=title, subtitle=text, is_ruled=True), key="scores_record")
        quality, lift = found.record.quality, found.record.lift
        rows = tuple(
            (
                date_label(_EPOCH + dt.timedelta(days=one.day)), f"{one.rows:,}", f"{one.expected:,.0f}",
                f"{one.events:,}", "not known" if one.area is None else f"{one.area:.3f}", f"{one.brier:.4f}",
                f"{one.baseline_brier:.4f}",
            )
            for one in found.record.trials
        )  # fmt: skip
        foot: tuple[str, ...] = ()
        if quality is not None:
            events = sum(one.events for one in found.record.trials)
            expected = sum(one.expected for one in found.record.trials)
            foot = (
                "Together", f"{quality.rows:,}", f"{expected:,.0f}", f"{events:,}", f"{quality.area:.3f}",
                f"{quality.brier:.4f}", f"{quality.baseline_brier:.4f}",
            )  # fmt: skip
        labels = ("Rows", "Expected", "Came to it", "Area under the curve", "Brier", "Brier of the baseline")
        notes = [one.reason for one in found.record.trials if one.reason]
        if lift is not None and quality is not None:
            notes.append(
                f"The likeliest tenth came to it {numbers.full(lift, decimals=1)} times as often as all rows. Chances "
                f"were off by {100 * quality.calibration_error:.1f} points on average."
            )
        table = DataTable(
            caption=title,
            columns=(TableColumn(label="Made on"), *(TableColumn(label=label, is_number=True) for label in labels)),
            rows=rows,
            foot=foot,
            notes=tuple(notes),
        )
        data_table(table, key="scores_record")


def draw_versions(platform: Platform, principal: Principal, found: ScoreCard, name: str) -> None:
    """The versions, of which one is used, and the choice of another."""
    with card(key="scores_versions"):
        title = "Versions"
        text = "It is learned anew each Monday; an earlier version can be held"
        card_header(CardHeader(title=title, subtitle=text, is_ruled=True), key="scores_versions")
        draw_said()
        rows = tuple((date_label(one.day), _state(is_used=one.is_used, is_held=one.is_held)) for one in found.versions)
        table = DataTable(
            caption=title, columns=(TableColumn(label="Learned as of"), TableColumn(label="State")), rows=rows
        )
        data_table(table, key="scores_versions")
        if principal.can(Permission.DEFINITION_APPLY):
            _choose(platform, principal, found, name)


def _state(*, is_used: bool, is_held: bool) -> str | Badge:
    if is_held:
        return Badge(text="held", tone=Tone.INFO)
    return Badge(text="in use", tone=Tone.GOOD) if is_used else ""


def _choose(platform: Platform, principal: Principal, found: ScoreCard, name: str) -> None:
    newest = "Follow the newest"
    days = {newest: None, **{f"Hold {date_label(one.day)}": one.day for one in found.versions}}
    held = next((one.day for one in found.versions if one.is_held), None)
    place = list(days.values()).index(held)
    chosen = st.selectbox("Version", list(days), index=place, key="scores_version", width=260)
    if days[chosen] != held and st.button("Use this version", key="scores_use_version", type="primary"):
        try_change(lambda: use_version(platform, principal, name, day=days[chosen]), f"{chosen}: done")
