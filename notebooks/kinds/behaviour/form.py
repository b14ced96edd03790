"""The form of a behaviour cell."""

from notebooks.events import EventsPage
from notebooks.form import FormField, Widget

FORM = (
    FormField(key="title", label="Title", widget=Widget.LINE),
    FormField(key="page", label="Page", widget=Widget.CHOICE, choices=tuple(EventsPage), default=EventsPage.LIFECYCLE),
    FormField(
        key="question",
        label="Question",
        widget=Widget.LINE,
        help="The page's address after the question mark.",
    ),
)
