"""The form of a metric cell."""

from metrics.period import PeriodKind
from notebooks.form import FormField, Widget
from notebooks.scope import CELL_PERIODS

FORM = (
    FormField(key="metric", label="Metric", widget=Widget.METRIC, is_required=True),
    FormField(
        key="period",
        label="Period to date",
        widget=Widget.CHOICE,
        choices=CELL_PERIODS,
        default=PeriodKind.QUARTER,
    ),
    FormField(key="explain", label="Explain changes by", widget=Widget.DIMENSION),
    FormField(key="where", label="Only where", widget=Widget.FILTER),
    FormField(key="title", label="Title", widget=Widget.LINE, help="Empty: the metric's name."),
)
