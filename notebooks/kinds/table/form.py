"""The form of a table cell."""

from metrics.period import PeriodKind
from notebooks.form import FormField, Widget
from notebooks.kinds.table.spec import MAX_ROWS
from notebooks.scope import CELL_PERIODS

FORM = (
    FormField(key="metrics", label="Metrics", widget=Widget.METRICS, is_required=True),
    FormField(key="by", label="Rows by", widget=Widget.DIMENSIONS),
    FormField(
        key="period",
        label="Period to date",
        widget=Widget.CHOICE,
        choices=CELL_PERIODS,
        default=PeriodKind.QUARTER,
    ),
    FormField(key="order", label="Order", widget=Widget.COLUMNS, help="Columns, with a minus for the largest first."),
    FormField(key="heat", label="Shade", widget=Widget.METRICS, help="From the smallest to the largest of a column."),
    FormField(key="limit", label="Rows shown", widget=Widget.INTEGER, default=100, minimum=1, maximum=MAX_ROWS),
    FormField(key="where", label="Only where", widget=Widget.FILTER),
    FormField(key="title", label="Title", widget=Widget.LINE),
)
