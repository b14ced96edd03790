"""The form of a text cell."""

from notebooks.form import FormField, Widget

FORM = (
    FormField(
        key="text",
        label="Text",
        widget=Widget.PROSE,
        is_required=True,
        help="Paragraphs, # headings, - lists, **bold**, *italic*, `code`; {{ cell.column }} is a value.",
    ),
)
