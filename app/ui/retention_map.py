"""The heat map of a retention table: what each cohort's cells show, in shares or in money."""

from decimal import Decimal

from app.ui.heat_map import HeatCell, HeatMap, HeatRow, shade_of
from app.ui.retention_cards import column_label, percent
from core import numbers
from metrics.behaviour.cohort_comparison import CohortGap
from metrics.behaviour.result import Cohort
from services.behaviour import RetentionAnswer
from services.behaviour.questions import Shown
from services.behaviour.retention import overall_amounts, shown_amount

SHOWN = {
    Shown.SHARE: "Share that is back", Shown.AMOUNT: "Amount in the period", Shown.EACH: "Amount for each that started",
    Shown.RETURNED: "Amount for each that is back", Shown.TOTAL: "Amount so far for each (LTV)",
    Shown.OF_FIRST: "Share of the first amount (revenue retention)",
}  # fmt: skip


def map_title(found: RetentionAnswer) -> str:
    """What the cells are."""
    who, unit = found.entity_label, found.question.period
    if found.question.shows is Shown.SHARE:
        of = "the previous period" if found.question.is_of_previous else "the start"
        return f"{who} back in {unit} n, % of {of}"
    words = {
        Shown.AMOUNT: f"Amount of the returns in {unit} n", Shown.EACH: f"Amount in {unit} n for each that started",
        Shown.TOTAL: f"Amount up to {unit} n for each that started",
        Shown.RETURNED: f"Amount in {unit} n for each that is back",
        Shown.OF_FIRST: f"Amount in {unit} n, % of that in {unit} 0",
    }  # fmt: skip
    return words[found.question.shows]


def build_map(found: RetentionAnswer, shown: tuple[Cohort, ...], currency: str, *, may_open: bool) -> HeatMap:
    """The map of these cohorts, with the row of all."""
    columns = range(found.spec.columns)
    # Where start and return are one event, period 0 is the whole cohort, and would outshine all others; so does money.
    first = 1 if found.question.shows.is_share else 0
    values = [
        value for one in shown for place in columns if place >= first
        if (value := _value(found, one, place)) is not None
    ]  # fmt: skip
    low, high = (float(min(values)), float(max(values))) if values else (0.0, 1.0)
    marked = {gap.cohort.label: gap_text(gap, str(found.question.period)) for gap in found.gaps if gap.gap < 0}
    rows = []
    for one in shown:
        cells: list[HeatCell | None] = []
        for place in columns:
            value = _value(found, one, place)
            shade = 0.0 if value is None or place < first else shade_of(float(value), low, high)
            cells.append(_cell(found, one, place, _text(found, value, currency), shade, may_open=may_open))
        rows.append(HeatRow(label=one.label, size=f"{one.size:,}", cells=tuple(cells), mark=marked.get(one.label, "")))
    overall: tuple[float | Decimal | None, ...] = found.overall
    if found.question.shows is not Shown.SHARE:
        overall = overall_amounts(found)
    is_of_previous = found.question.is_of_previous and found.question.shows is Shown.SHARE
    return HeatMap(
        caption=f"{map_title(found)}, by cohort",
        corner="Started",
        size_label=found.entity_label,
        columns=tuple(column_label(found, place) for place in columns),
        rows=tuple(rows),
        overall=() if is_of_previous else tuple(_text(found, value, currency) for value in overall),
        overall_label="Mean of cohorts" if found.question.is_simple_mean else "All, complete",
        overall_size=f"{sum(one.size for one in found.result.cohorts):,}",
    )


def gap_text(gap: CohortGap, unit: str) -> str:
    """How a cohort differs from the others."""
    points = numbers.change(abs(gap.gap), "ratio").removeprefix("+")
    word = "weaker" if gap.gap < 0 else "stronger"
    return f"The {gap.cohort.label} cohort is {points} {word} than the others in {unit} {gap.period}."


def _value(found: RetentionAnswer, cohort: Cohort, place: int) -> float | Decimal | None:
    """The amount; or the share of the start, or of the period before where the question says so."""
    if found.question.shows is not Shown.SHARE:
        return shown_amount(found, cohort, place)
    count = cohort.counts[place]
    base = cohort.counts[place - 1] if found.question.is_of_previous and place else cohort.size
    return count / base if count is not None and base else None


def _text(found: RetentionAnswer, value: float | Decimal | None, currency: str) -> str:
    if found.question.shows.is_share:
        return percent(None if value is None else float(value))
    return str(numbers.compact(value, currency))


def _cell(
    found: RetentionAnswer, cohort: Cohort, place: int, text: str, shade: float, *, may_open: bool
) -> HeatCell | None:
    count = cohort.counts[place]
    if count is None:
        return None
    is_open = place >= cohort.complete
    state = ", not over yet" if is_open else ""
    told = f"{text} per cent" if found.question.shows.is_share else text
    spoken = (
        f"{cohort.label}, {found.question.period} {column_label(found, place)}: {count:,} of {cohort.size:,}, "
        f"{told}{state}"
    )
    act = f"{cohort.begins.isoformat()}:{place}" if may_open else ""
    return HeatCell(text=text, spoken=spoken, shade=shade, is_open=is_open, act=act)
