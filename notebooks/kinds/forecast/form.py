"""The form of a forecast cell."""

from metrics import Grain
from notebooks.form import FormField, Widget
from notebooks.kinds.forecast.spec import GRAINS, MOST_AHEAD

FORM = (
    FormField(key="metric", label="Metric", widget=Widget.METRIC, is_required=True),
    FormField(key="grain", label="By", widget=Widget.CHOICE, choices=GRAINS, default=Grain.MONTH),
    FormField(
        key="ahead", label="Periods ahead", widget=Widget.INTEGER, default=0, minimum=0, maximum=MOST_AHEAD,
        help="0: as many as are usual.",
    ),
    FormField(key="where", label="Only where", widget=Widget.FILTER),
    FormField(key="title", label="Title", widget=Widget.LINE, help="Empty: the metric and its periods."),
)  # fmt: skip
