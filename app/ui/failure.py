"""What a reader sees when a page fails: what happened, what to do, and an id to quote. Never a stack trace."""

import logging

from app.ui.notice import TileError, error_box
from core.errors import UserError
from core.ids import new_reference

log = logging.getLogger("plumbline.pages")


def failure_of(error: Exception, *, what: str = "This could not be shown") -> TileError:
    """The box for an error; one that may not be shown is logged under the reference that the box shows."""
    if isinstance(error, UserError):
        return TileError(what=what, why=error.message)
    reference = new_reference()
    log.error("unforeseen error %s", reference, exc_info=error)
    return TileError(
        what="Something went wrong here",
        why="This part of the page failed; the rest is not affected.",
        remedy="Try again. If it stays, tell your administrator the reference.",
        reference=reference,
    )


def draw_failure(error: Exception) -> bool:
    """Draw the box for an error that no page caught; returns True, so that nothing else is drawn."""
    error_box(failure_of(error), key="page_failure")
    return True
