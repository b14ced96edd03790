"""The form of a behaviour cell."""

from notebooks.form import FormField, Widget
from notebooks.paged import AskedPage

FORM = (
    FormField(key="title", label="Title", widget=Widget.LINE),
    FormField(key="page", label="Page", widget=Widget.CHOICE, choices=tuple(AskedPage), default=AskedPage.LIFECYCLE),
    FormField(
        key="question",
        label="Question",
        widget=Widget.LINE,
        help="The page's address after the question mark.",
    ),
)
