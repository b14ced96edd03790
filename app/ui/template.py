"""The one door to markup: autoescaped templates in `app/ui/templates`.

Everything the surface shows comes through `render`, so text a member typed can never become an element.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from app.ui.sentence import spans

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).resolve().parent / "templates"


@cache
def environment() -> "Environment":
    """The templates' environment: everything escaped, unknown names refused."""
    from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        # Compiled templates are kept from one start to the next, in a folder only this user can write.
        bytecode_cache=FileSystemBytecodeCache(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["spans"] = spans
    return made


def render(template: str, /, **values: object) -> Markup:
    """The markup of one template; values that are not `Markup` already are escaped."""
    return Markup(environment().get_template(template).render(values))  # noqa: S704  the template escaped it


def join(parts: list[Markup]) -> Markup:
    """Several pieces of markup one after another."""
    return Markup("").join(parts)
