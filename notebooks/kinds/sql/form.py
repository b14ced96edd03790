"""The form of a SQL cell."""

from notebooks.form import FormField, Widget
from notebooks.kinds.sql.spec import MAX_SHOWN

FORM = (
    FormField(key="title", label="Title", widget=Widget.LINE),
    FormField(
        key="sql",
        label="One SELECT",
        widget=Widget.SQL,
        is_required=True,
        help="{{ input }} and {{ cell.column }} are values; another cell is a table by its name.",
    ),
    FormField(key="limit", label="Rows shown", widget=Widget.INTEGER, default=100, minimum=1, maximum=MAX_SHOWN),
)
