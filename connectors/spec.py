"""What a caller may set or watch while files are staged: limits and progress."""

from dataclasses import dataclass
from enum import StrEnum

_MIB = 1024**2
_GIB = 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The largest input that is accepted, and what may be used while reading it. Sizes are in bytes.

    `max_expanded_bytes` and `max_expansion` (expanded over packed size) hold for .gz and XLSX; the ratio is only looked
    at above `expansion_floor_bytes`, because a small file of blanks packs very well and does no harm.
    `max_cells` is for a worksheet, which is read into memory as a whole; the other formats are streamed.
    """

    max_files: int = 1_000
    max_columns: int = 2_000
    max_row_bytes: int = 16 * _MIB
    max_file_bytes: int = 20 * _GIB
    max_expanded_bytes: int = 20 * _GIB
    max_workbook_bytes: int = 1 * _GIB
    max_expansion: int = 200
    expansion_floor_bytes: int = 32 * _MIB
    max_cells: int = 10_000_000
    memory_bytes: int = 512 * _MIB
    threads: int = 2


class Stage(StrEnum):
    """What is being done to a file."""

    READING = "reading"
    TYPING = "typing"
    WRITING = "writing"
    MATCHING = "matching"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an import is: `share` of the whole is 0 to 1 and never falls; `file` is the one being worked on."""

    stage: Stage
    file: str
    share: float
