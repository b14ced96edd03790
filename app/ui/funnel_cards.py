"""What a funnel shows below its steps: over time, in money, against the time before, and from step to step."""

from app.ui.badge import Change
from app.ui.card import CardHeader, card, card_header
from app.ui.chart import draw_chart
from app.ui.data_table import Cell, DataTable, TableColumn, data_table
from app.ui.insight import InsightRow, insight_list
from app.ui.tone import Direction
from charts import Chart, ChartKind, Series
from core import numbers
from services.behaviour import FunnelAnswer
from services.behaviour.drawing import GRAINS


def draw_funnel_cards(found: FunnelAnswer, currency: str) -> None:
    """Draw those that there is something for."""
    if found.changes:
        _changes(found)
    if found.trend:
        _trend(found)
    if found.money:
        _money(found, currency)
    if found.transitions:
        _transitions(found)


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


def _trend(found: FunnelAnswer) -> None:
    chart = trend_chart(found)
    with card(key="funnels_trend"):
        subtitle = f"By the {found.question.trend} of the first step; hatched: some still have time"
        card_header(CardHeader(title=chart.title, subtitle=subtitle), key="funnels_trend")
        draw_chart(chart, key="funnels_trend")


def _money(found: FunnelAnswer, currency: str) -> None:
    with card(key="funnels_money"):
        subtitle = "Each counts with the amount of the event its way began with"
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


def _transitions(found: FunnelAnswer) -> None:
    names = list(dict.fromkeys(step.name for step in found.result.steps))
    rows: list[tuple[Cell, ...]] = []
    for source in names:
        counts = [found.transitions.get((source, target), 0) for target in names]
        rows.append((source, *(f"{count:,}" if count else "" for count in counts)))
    with card(key="funnels_moves"):
        subtitle = "Which step came right after which: right of the diagonal is on the way, left of it is back again"
        card_header(CardHeader(title="From step to step", subtitle=subtitle, is_ruled=True), key="funnels_moves")
        columns = (TableColumn(label="From"), *(TableColumn(label=f"To {name}", is_number=True) for name in names))
        table = DataTable(caption="Transitions between steps", columns=columns, rows=tuple(rows))
        data_table(table, key="funnels_moves")
