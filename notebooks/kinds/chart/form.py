"""The form of a chart cell."""

from metrics.period import PeriodKind
from notebooks.form import FormField, Widget
from notebooks.kinds.chart.spec import CHARTS, DEFAULT_LAST, MAX_BARS, MAX_LAST
from notebooks.scope import CELL_PERIODS

FORM = (
    FormField(
        key="chart",
        label="Chart",
        widget=Widget.CHOICE,
        choices=CHARTS,
        help="Left empty, the one that suits: bars over members, a map over countries, columns or lines over time.",
    ),
    FormField(key="metrics", label="Metrics", widget=Widget.METRICS, is_required=True),
    FormField(key="grain", label="Over time by", widget=Widget.CHOICE, choices=tuple(DEFAULT_LAST)),
    FormField(key="last", label="Periods", widget=Widget.INTEGER, minimum=1, maximum=MAX_LAST),
    FormField(key="by", label="Split by", widget=Widget.DIMENSIONS, help="One dimension; two for a sankey chart."),
    FormField(
        key="period",
        label="Period to date",
        widget=Widget.CHOICE,
        choices=CELL_PERIODS,
        help=f"Where it does not run over time; otherwise {PeriodKind.QUARTER}.",
    ),
    FormField(key="limit", label="Bars shown", widget=Widget.INTEGER, default=12, minimum=1, maximum=MAX_BARS),
    FormField(key="where", label="Only where", widget=Widget.FILTER),
    FormField(
        key="target",
        label="Target",
        widget=Widget.LINE,
        help="Over time or for gauges: 1200000 or 0.25.",
    ),
    FormField(key="title", label="Title", widget=Widget.LINE),
    FormField(key="events", label="Events", widget=Widget.LINES, help="One a line: 2026-03-01 Price rise."),
)
