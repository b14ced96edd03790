"""The form of an input cell."""

from notebooks.form import FormField, Widget
from notebooks.kinds.input.spec import InputType

FORM = (
    FormField(key="title", label="Label", widget=Widget.LINE),
    FormField(
        key="type",
        label="Kind of value",
        widget=Widget.CHOICE,
        choices=tuple(InputType),
        default=InputType.CHOICE,
    ),
    FormField(key="dimension", label="Members of", widget=Widget.DIMENSION, help="For a choice among members."),
    FormField(key="options", label="Options", widget=Widget.LINES, help="For a choice among these, one a line."),
    FormField(key="default", label="Default", widget=Widget.LINE, help="Empty: nothing is chosen, all rows count."),
)
