"""The gutter of a cell: its name and kind, how its run went, and what can be done with it."""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from app.ui.surface import surface
from app.ui.template import render
from notebooks import CellRun

_TOOLS = (
    ("edit", "edit", "Edit"),
    ("up", "arrow_upward", "Move up"),
    ("down", "arrow_downward", "Move down"),
    ("copy", "content_copy", "Duplicate"),
    ("delete", "delete", "Delete"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gutter:
    """`run` is None while the cell is running. `is_editable` shows the tools.

    `comments` counts the open ones; who may not comment reads them.
    """

    name: str
    kind: str
    run: CellRun | None = None
    is_editable: bool = False
    comments: int = 0
    may_comment: bool = True

    @property
    def state(self) -> str:
        """The mark of the state: ran, failed or running."""
        if self.run is None:
            return "running"
        return "failed" if self.run.problem is not None else "ran"

    @property
    def words(self) -> str:
        """The state in words, with time and rows where the cell asked for some."""
        if self.run is None:
            return "Running"
        if self.run.problem is not None:
            return "Not shown"
        if not self.run.asked:
            return "Ready"
        seconds = f"{self.run.elapsed_s:.2f} s" if self.run.elapsed_s < 10 else f"{self.run.elapsed_s:.0f} s"
        return f"{seconds} · {self.run.rows:,} row{'s' * (self.run.rows != 1)}"

    @property
    def said(self) -> str:
        """The verb that opens the comments, with how many are open."""
        silent = "Comment" if self.may_comment else ""
        return f"{self.comments} comment{'s' * (self.comments != 1)}" if self.comments else silent

    @property
    def tools(self) -> tuple[tuple[str, str, str], ...]:
        """Acts with their icons and labels."""
        return _TOOLS if self.is_editable else ()


def render_gutter(gutter: Gutter) -> Markup:
    """The markup of a gutter."""
    return render("gutter.html", gutter=gutter)


def draw_gutter(gutter: Gutter, *, on_act: Callable[[str], None]) -> None:
    """Draw the gutter; an act is `edit`, `up`, `down`, `copy`, `delete`, `comment` or `run`."""
    surface(render_gutter(gutter), key=f"gutter_{gutter.name}_{gutter.state == 'running'}", on_act=on_act)
