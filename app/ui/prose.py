"""Texts of members in the Markdown subset, as a surface: every sign that is no such markup is shown as it is."""

from markupsafe import Markup

from app.ui.surface import surface
from app.ui.template import render
from exports.markdown import Bullets, Paragraph, Title, parse_markdown


def render_prose(text: str) -> Markup:
    """The markup of a text."""
    elements = parse_markdown(text)
    kinds = {Paragraph: "paragraph", Title: "title", Bullets: "bullets"}
    return render("prose.html", elements=[(kinds[type(element)], element) for element in elements])


def prose(text: str, *, key: str) -> None:
    """Draw a text."""
    surface(render_prose(text), key=f"prose_{key}")
