"""The fast reader: regular text in blocks through Arrow. What is not regular is left to the careful reader."""

from collections.abc import Callable

import pyarrow as pa
from pyarrow import csv

from connectors.kinds.files.delimited.dialect import Dialect
from connectors.kinds.files.delimited.quotes import QuoteCheck
from connectors.kinds.files.delimited.text import CheckedBytes
from connectors.kinds.files.raw import TextWriter

_BLOCK_BYTES = 8 * 1024**2


class IrregularError(ValueError):
    """The text needs the careful reader. Never leaves this package."""


def read_blocks(
    source: CheckedBytes,
    check: QuoteCheck,
    dialect: Dialect,
    writer: TextWriter,
    *,
    max_row_bytes: int,
    advance: Callable[[], None],
) -> None:
    """Writes all records of a text that has no header any more.

    Raises IrregularError for a record of another width, a stray quote or a very long one, and what the source raised.
    """
    if source.has_more():
        try:
            for batch in _open(source, dialect, writer.names, min(_BLOCK_BYTES, max_row_bytes)):
                writer.add_batch(batch)
                advance()
                if not check.is_regular or source.problem is not None:
                    break
        except pa.ArrowInvalid:
            # Arrow names neither row nor line reliably; the careful reader finds out what is wrong, or reads it.
            if source.problem is None:
                raise IrregularError from None
    if source.problem is not None:
        raise source.problem
    if not check.is_regular:
        raise IrregularError


def _open(source: CheckedBytes, dialect: Dialect, names: list[str], block_size: int) -> csv.CSVStreamingReader:
    return csv.open_csv(
        source,
        read_options=csv.ReadOptions(column_names=names, block_size=block_size),
        parse_options=csv.ParseOptions(
            delimiter=dialect.delimiter,
            quote_char=dialect.quote,
            double_quote=True,
            escape_char=False,
            newlines_in_values=True,
            ignore_empty_lines=True,
        ),
        convert_options=csv.ConvertOptions(
            column_types={name: pa.string() for name in names},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            # The bytes were checked before they came here.
            check_utf8=False,
        ),
    )
