"""The form of a funnel cell."""

from metrics.behaviour.spec import Exclusion, Order
from notebooks.form import FormField, Widget

FORM = (
    FormField(key="title", label="Title", widget=Widget.LINE),
    FormField(
        key="steps", label="Steps", widget=Widget.LINES, help="One a line: an event, or a | b where region = 'x'.",
        is_required=True,
    ),
    FormField(key="window", label="Window", widget=Widget.LINE, default="30d", help="Such as 12h, 30d or none."),
    FormField(key="order", label="Order", widget=Widget.CHOICE, choices=tuple(Order), default=Order.ORDERED),
    FormField(key="exclude", label="Excluded events", widget=Widget.LINES),
    FormField(
        key="exclusion", label="An excluded event", widget=Widget.CHOICE, choices=tuple(Exclusion),
        default=Exclusion.STOP,
    ),
    FormField(key="range", label="Range", widget=Widget.LINE, help="Such as last 6 months; of the first step."),
    FormField(key="events", label="Events of", widget=Widget.LINE, help="The model; empty for the first one."),
    FormField(key="entity", label="Whose", widget=Widget.LINE, help="Empty for the model's first entity."),
    FormField(key="where", label="Only where", widget=Widget.FILTER),
)  # fmt: skip
