"""Checks an XLSX file before it is opened: a zip of reasonable size, not encrypted, with sheets that fit in memory.

A workbook's reader unpacks everything and keeps a rectangle from the first to the last used cell in memory, so that two
cells far apart in a tiny file would be enough to exhaust it. Everything is looked at here in bounded memory first.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.errors import Place, malformed, over_limit, unreadable
from connectors.kinds.files.content import CHUNK_BYTES, expansion_problem
from connectors.kinds.files.raw import Task

_ZIP_MAGIC = b"PK"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0"
_ENCRYPTED_FLAG = 0x1
_SHEET = re.compile(r"xl/(?:worksheets|chartsheets)/[^/]*\.xml", re.IGNORECASE)
_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"'][^>]*?(/?)>")
_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*?\br=[\"']([0-9]{1,7})[\"'][^>]*?(/?)>")
_ROW_START = re.compile(rb"<(?:\w+:)?row[\s>]")
_CELL_START = re.compile(rb"<(?:\w+:)?c[\s>]")
_ERROR = re.compile(rb"<(?:\w+:)?c\s[^>]*?\bt=[\"']e[\"']")
# Longer than any start tag that is looked for; tags cut by the end of a piece are found in the next one.
_OVERLAP = 512


@dataclass(slots=True)
class _Extent:
    """How far a sheet reaches: the last row and the last column that hold something."""

    rows: int = 0
    columns: int = 0
    row_count: int = 0
    in_row: int = 0

    def add(self, piece: bytes) -> None:
        """A piece that ends at the end of a tag."""
        for letters, number, is_blank in _CELL.findall(piece):
            if not is_blank:
                self.rows = max(self.rows, int(number))
                self.columns = max(self.columns, _column_number(letters))
        for number, is_blank in _ROW.findall(piece):
            if not is_blank:
                self.rows = max(self.rows, int(number))
        # Cells and rows without a reference stand where they are counted to.
        first, *others = _ROW_START.split(piece)
        self.in_row += len(_CELL_START.findall(first))
        for cells in others:
            self.row_count += 1
            self.columns = max(self.columns, self.in_row)
            self.in_row = len(_CELL_START.findall(cells))
        self.columns = max(self.columns, self.in_row)

    @property
    def cells(self) -> int:
        return max(self.rows, self.row_count) * self.columns


def check_workbook(task: Task) -> int:
    """The number of cells that hold an error such as #N/A.

    Raises UnreadableError, MalformedError or SourceLimitError for what should not be opened."""
    place, limits = Place(file=task.name), task.limits
    _check_magic(task)
    try:
        with zipfile.ZipFile(task.path) as archive:
            members = archive.infolist()
            if any(member.flag_bits & _ENCRYPTED_FLAG for member in members):
                raise unreadable(task.name, "the workbook is encrypted. Save it without a password.")
            size, expanded = task.path.stat().st_size, sum(member.file_size for member in members)
            if expanded > limits.max_workbook_bytes:
                raise over_limit(
                    place,
                    f"the workbook expands to {expanded:,} bytes; at most {limits.max_workbook_bytes:,} are read."
                    " Save its sheets as CSV.",
                )
            if expanded > limits.expansion_floor_bytes and expanded > limits.max_expansion * size:
                raise over_limit(place, expansion_problem(size, limits.max_expansion))
            return sum(_check_member(archive, member, task) for member in members)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
        raise malformed(
            place, "this is not a workbook, or it is damaged. Open it in Excel and save it again."
        ) from None


def _check_magic(task: Task) -> None:
    try:
        with task.path.open("rb") as file:
            magic = file.read(4)
    except PermissionError:
        raise unreadable(
            task.name, "reading it is not permitted. Allow it for the user that runs this program."
        ) from None
    place = Place(file=task.name)
    if not magic:
        raise malformed(place, "the file is empty (0 bytes).")
    if magic == _OLE_MAGIC:
        raise unreadable(
            task.name,
            "it is protected by a password, or saved in the old .xls format. Save it as .xlsx without a password.",
        )
    if not magic.startswith(_ZIP_MAGIC):
        raise malformed(
            place, "this is not a workbook (an .xlsx file is a zip archive). Is it a CSV file with a wrong ending?"
        )


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, task: Task) -> int:
    """Unpacks a member once, up to the size it declares; more than that, or other content, is an error of the archive.

    Returns the number of cells with errors.
    """
    errors, is_sheet, extent = 0, _SHEET.fullmatch(member.filename) is not None, _Extent()
    for piece in _whole_tags(_pieces(archive, member)):
        if is_sheet:
            extent.add(piece)
            errors += len(_ERROR.findall(piece))
            if extent.cells > task.limits.max_cells:
                raise over_limit(
                    Place(file=task.name),
                    f"a sheet reaches over more than {task.limits.max_cells:,} cells. Delete stray cells far from the"
                    " table, or save the sheet as CSV.",
                )
    return errors


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(member) as file:
        while piece := file.read(CHUNK_BYTES):
            yield piece


def _whole_tags(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that end with a tag, as far as tags are not absurdly long."""
    rest = b""
    for piece in pieces:
        joined = rest + piece
        cut = joined.rfind(b"<", max(0, len(joined) - _OVERLAP))
        cut = len(joined) if cut < 0 else cut
        yield joined[:cut]
        rest = joined[cut:]
    if rest:
        yield rest


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
