"""The form of a retention cell."""

from metrics.behaviour.spec import Mode, Period
from notebooks.form import FormField, Widget
from notebooks.kinds.retention.spec import MOST_PERIODS

FORM = (
    FormField(key="title", label="Title", widget=Widget.LINE),
    FormField(
        key="start", label="Start", widget=Widget.LINE, help="Who starts: an event, or a | b. Empty: the model's."
    ),
    FormField(key="returns", label="Comes back by", widget=Widget.LINE, help="An event, or any. Empty: the model's."),
    FormField(key="period", label="Period", widget=Widget.CHOICE, choices=tuple(Period), default=Period.MONTH),
    FormField(key="periods", label="Periods", widget=Widget.INTEGER, default=13, minimum=1, maximum=MOST_PERIODS),
    FormField(key="mode", label="Counts", widget=Widget.CHOICE, choices=tuple(Mode), default=Mode.BOUNDED),
    FormField(key="range", label="Range", widget=Widget.LINE, help="Such as last 12 months; of the cohorts."),
    FormField(key="events", label="Events of", widget=Widget.LINE, help="The model; empty for the first one."),
    FormField(key="entity", label="Whose", widget=Widget.LINE, help="Empty for the model's first entity."),
    FormField(key="where", label="Only where", widget=Widget.FILTER),
)
