"""From one page of an API to the next."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import cast

from connectors.errors import TransientSourceError
from connectors.http.client import Answer
from connectors.kinds.rest.endpoint import Endpoint, PageKind
from connectors.kinds.rest.records import Record, find_path

_NEXT = re.compile(r'<([^>]+)>\s*;[^,]*\brel="?next"?', re.IGNORECASE)


class RowsMovedError(TransientSourceError):
    """Rows were moved from page to page while they were read: some would be left out."""

    code = "source_rows_moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which page to ask for: by `token`, by the `address` an answer gave, by rows to leave out, or by number.

    With offsets each page begins with the `last` record of the one before: where another stands there, rows were moved
    in between and some would be left out.
    """

    token: str = ""
    address: str = ""
    number: int = 0
    last: str = ""

    def as_json(self) -> dict[str, object]:
        """To be kept in a cursor."""
        return asdict(self)


def page_of(kept: object) -> Page:
    """A page from a cursor."""
    return Page(**cast(Mapping[str, str], kept)) if kept else Page()  # type: ignore[arg-type]


def parameters(endpoint: Endpoint, page: Page) -> dict[str, str]:
    """What asks for a page."""
    pages = endpoint.pages
    asked = dict(endpoint.params)
    if pages.size_parameter:
        asked[pages.size_parameter] = str(pages.size)
    if pages.kind is PageKind.CURSOR and page.token:
        asked[pages.parameter] = page.token
    elif pages.kind is PageKind.OFFSET:
        asked[pages.parameter] = str(max(0, page.number - 1))
    elif pages.kind is PageKind.PAGE:
        asked[pages.parameter] = str(pages.first + page.number)
    return asked


def without_overlap(endpoint: Endpoint, page: Page, records: Sequence[Record]) -> Sequence[Record]:
    """The records that were not on the page before. Raises RowsMovedError where rows were moved in between."""
    if endpoint.pages.kind is not PageKind.OFFSET or not page.number:
        return records
    if not records or _mark(records[0]) != page.last:
        raise RowsMovedError(f"{endpoint.name}: rows were moved between its pages; it is read from the start.")
    return records[1:]


def next_page(endpoint: Endpoint, page: Page, answer: Answer, records: Sequence[Record]) -> Page | None:
    """The page behind this one; None at the end. `records` are those of the answer without what was there before."""
    kind = endpoint.pages.kind
    if kind is PageKind.CURSOR:
        token = find_path(answer.content, endpoint.pages.token)
        return Page(token=str(token)) if token not in {None, "", page.token} else None
    if kind in {PageKind.LINK, PageKind.NEXT}:
        linked = _NEXT.search(answer.headers.get("link", "")) if kind is PageKind.LINK else None
        found = find_path(answer.content, endpoint.pages.token) if kind is PageKind.NEXT else linked and linked[1]
        return Page(address=str(found)) if found and found != page.address else None
    if kind is PageKind.NONE or not records:
        return None
    if kind is PageKind.PAGE:
        return Page(number=page.number + 1)
    return Page(number=page.number + len(records), last=_mark(records[-1]))


def _mark(record: Record) -> str:
    return repr(sorted(record.items()))
