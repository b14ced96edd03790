"""Where a read of what changed stands, as JSON: since when, on which page, and where the next read begins."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from connectors.kinds.rest.paging import Page, page_of
from core.errors import InvalidError


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Moments are ISO 8601 in UTC, empty where there is none; `began` is by the server's clock.

    The next read begins at the newest record, or at the moment this one began if that is earlier: what became visible
    while it went on may have been on a page that was read before.
    """

    since: str = ""
    newest: str = ""
    began: str = ""
    page: Page = field(default_factory=Page)
    is_done: bool = False
    is_resumed: bool = False

    def behind(self, moments: Iterable[str], sent_at: dt.datetime, following: Page | None) -> "Place":
        """The place behind a page."""
        return replace(
            self,
            newest=max([self.newest, *moments]),
            began=self.began or sent_at.isoformat(),
            page=following or Page(),
            is_done=following is None,
            is_resumed=False,
        )

    def restart(self) -> "Place":
        """The first page of the same changes."""
        return replace(self, page=Page(), is_resumed=False)

    def as_cursor(self) -> dict[str, object]:
        """As JSON."""
        if self.is_done:
            return {"base": min(self.newest or self.since, self.began)}
        return {"since": self.since, "newest": self.newest, "began": self.began, "page": self.page.as_json()}


def place_of(cursor: Mapping[str, object] | None, lag_s: int) -> Place:
    """Where to begin: where an unfinished read stood, or at the end of a finished one less the lag."""
    if not cursor:
        return Place()
    if "page" in cursor:
        since, newest, began = (str(cursor[name]) for name in ("since", "newest", "began"))
        return Place(since=since, newest=newest, began=began, page=page_of(cursor["page"]), is_resumed=True)
    base = str(cursor["base"])
    return Place(since=(dt.datetime.fromisoformat(base) - dt.timedelta(seconds=lag_s)).isoformat() if base else "")


def iso(value: object) -> str:
    """A moment as text that sorts by time. Raises InvalidError."""
    try:
        moment = dt.datetime.fromisoformat(str(value))
    except ValueError:
        raise InvalidError(f"Changes are told by moments such as 2026-01-31T10:00:00Z, not by {value!r}.") from None
    return (moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)).isoformat()
