"""The form of a pivot cell."""

from metrics.period import PeriodKind
from notebooks.form import FormField, Widget
from notebooks.kinds.pivot.spec import MAX_ROWS
from notebooks.scope import CELL_PERIODS

FORM = (
    FormField(key="metric", label="Metric", widget=Widget.METRIC, is_required=True),
    FormField(key="rows", label="Rows by", widget=Widget.DIMENSIONS, is_required=True, help="One dimension, or two."),
    FormField(key="columns", label="Columns by", widget=Widget.DIMENSION, is_required=True),
    FormField(
        key="period",
        label="Period to date",
        widget=Widget.CHOICE,
        choices=CELL_PERIODS,
        default=PeriodKind.QUARTER,
    ),
    FormField(key="limit", label="Rows shown", widget=Widget.INTEGER, default=100, minimum=1, maximum=MAX_ROWS),
    FormField(key="where", label="Only where", widget=Widget.FILTER),
    FormField(key="title", label="Title", widget=Widget.LINE),
)
