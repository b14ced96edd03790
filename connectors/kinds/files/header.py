"""Column names from the first row of a file: unique, fit for SQL, and what was changed to make them so."""

import re
from collections.abc import Sequence

from connectors.errors import Place, over_limit
from connectors.kinds.files.raw import RawColumn
from connectors.spec import Limits
from core.names import identifier

_NAME_LENGTH = 120
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_DATA = re.compile(
    r"[-+$€£¥]*[0-9][0-9.,'  ]*%?(?:[eE][-+]?[0-9]+)?"
    r"|[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+| ?[AaPp][Mm])?)?"
)


def name_columns(headers: Sequence[str], file: str, limits: Limits) -> tuple[RawColumn, ...]:
    """Columns for the cells of a header row; blank and repeated names carry a warning.

    Raises SourceLimitError when there are too many.
    """
    if len(headers) > limits.max_columns:
        raise over_limit(
            Place(file=file, row=1),
            f"it has {len(headers):,} columns; at most {limits.max_columns:,} are read. Leave out columns, or turn them"
            " into rows.",
        )
    columns: list[RawColumn] = []
    taken: set[str] = set()
    for number, header in enumerate(headers, start=1):
        clean = " ".join(header.split())
        wanted = identifier(clean, fallback=f"column_{number}")[:_NAME_LENGTH]
        name = _unique(wanted, taken)
        taken.add(name)
        warning = ""
        if not clean:
            warning = f"Column {number} has no name in the file and is called {name}."
        elif name != wanted:
            warning = f"The column name '{clean}' (column {number}) was taken already; this one is called {name}."
        columns.append(RawColumn(name=name, header=clean, stored=f"c{number}", warning=warning))
    return tuple(columns)


def is_data_row(cells: Sequence[str]) -> bool:
    """Whether every cell of a row that should name columns is a number or a date; years alone may well be names.

    >>> is_data_row(["1", "2017-01-05", ""]), is_data_row(["region", "2017"]), is_data_row(["2016", "2017"])
    (True, False, False)
    """
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled or all(_YEAR.fullmatch(cell) for cell in filled):
        return False
    return all(_DATA.fullmatch(cell) for cell in filled)


def _unique(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name
