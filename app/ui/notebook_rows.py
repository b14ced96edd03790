"""Rows of notebooks: a star, a title with its state, one line of what it is, and one verb."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.ui.action import Action
from app.ui.badge import Badge
from app.ui.surface import surface
from app.ui.template import render


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookRow:
    """A notebook, or one of its versions. `star` is the act of its star; without one there is no star."""

    title: str
    text: str
    note: str
    action: Action | None
    badge: Badge | None = None
    star: str = ""
    is_starred: bool = False
    more: tuple[Action, ...] = ()

    @property
    def star_label(self) -> str:
        """What the star does, in words."""
        return f"{'Take the mark from' if self.is_starred else 'Mark'} {self.title} as a favourite"


def render_notebook_rows(rows: Sequence[NotebookRow]) -> Markup:
    """The markup of the rows."""
    return render("notebook_rows.html", rows=rows)


def notebook_rows(rows: Sequence[NotebookRow], *, key: str, on_act: Callable[[str], None]) -> None:
    """Draw the rows in a card."""
    surface(render_notebook_rows(rows), key=f"rows_{key}", on_act=on_act)
