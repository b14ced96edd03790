"""An open spreadsheet: fetched as a workbook, once for each connection, and read as files are.

A workbook is a packed file with a directory at its end, so that one which breaks off cannot be taken for a whole one,
as a text with commas could.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO

import pyarrow as pa

from connectors.contract import Batch, Cursor, Reach, SourceConfig, Stream, StreamPlan
from connectors.errors import AccessRevokedError, SourceLimitError, TerminalSourceError, TransientSourceError
from connectors.http import Auth, HttpClient, open_client
from connectors.kinds.files.source import FilesConnection
from connectors.kinds.google_sheets.config import Workbook, find_workbook, own
from core.errors import InvalidError

_NOT_PUBLISHED = (
    "The spreadsheet is not published any more, or not shared with anyone who has the link. Publish it again (File, "
    "Share, Publish to web); somebody who may do that must connect the source again if its link is a new one."
)


@contextmanager
def connect(config: SourceConfig, reach: Reach) -> Iterator["SheetsConnection"]:
    """Open a spreadsheet. Raises SourceError, OutboundRefused."""
    mine = own(config)
    workbook = find_workbook(mine.link.get_secret_value())
    if workbook is None:
        raise InvalidError("The link is none of a spreadsheet.")
    with open_client(workbook.origin, Auth(), reach, timeout_s=mine.timeout_s) as client:
        yield SheetsConnection(client, workbook, mine.table, reach)


class SheetsConnection:
    """One spreadsheet."""

    def __init__(self, client: HttpClient, workbook: Workbook, table: str, reach: Reach) -> None:
        self._client = client
        self._workbook = workbook
        # What a file is called is what its table is called.
        self._path = reach.work / (re.sub(r"[^\w-]+", "_", table) + ".xlsx")
        self._files = FilesConnection(self._path, reach.work)

    def check(self) -> str:
        """Make sure that it can be read; a link says not whose it is."""
        self._fetch()
        return self._files.check()

    def discover(self) -> Sequence[Stream]:
        """Its sheets, with their guessed keys."""
        self._fetch()
        return self._files.discover()

    def read(self, plan: StreamPlan, cursor: Cursor | None) -> Iterator[Batch]:
        """All rows of a sheet."""
        self._fetch()
        yield from self._files.read(plan, cursor)

    def read_keys(self, plan: StreamPlan) -> Iterator[pa.Table]:
        """Not of sheets: a full read tells already which rows there are."""
        return self._files.read_keys(plan)

    def _fetch(self) -> None:
        if self._path.exists():
            return
        try:
            content, headers = self._client.get_bytes(self._workbook.path)
        except (AccessRevokedError, SourceLimitError):
            raise
        except TerminalSourceError as error:
            raise AccessRevokedError(f"{_NOT_PUBLISHED} ({error.message})") from None
        if "html" in headers.get("content-type", ""):
            # Instead of a status there is a page that asks to sign in, or says sorry.
            raise AccessRevokedError(_NOT_PUBLISHED)
        if not zipfile.is_zipfile(BytesIO(content)):
            raise TransientSourceError("The workbook breaks off, or is none.")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_bytes(content)
