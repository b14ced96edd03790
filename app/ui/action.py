"""Something a person can do from a drawn part: a verb with the event it sends, or the address it opens."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One verb.

    `act` is sent to the page (see `app.ui.surface`). With `href` the verb is a plain link instead, for files and
    pages outside the application: a link inside it would start a new session.
    """

    label: str
    act: str = ""
    href: str = ""
    icon: str = ""
    is_primary: bool = False

    def __post_init__(self) -> None:
        if bool(self.act) == bool(self.href):
            raise ValueError(f"the action {self.label!r} needs either an act or a href")
        if self.href and not self.href.startswith(("/", "https://", "http://", "mailto:")):
            raise ValueError(f"the action {self.label!r} may not open {self.href!r}; use a path or a web address")
