"""How a text separates and quotes its fields, judged by its first records."""

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# A character that text does not have: it separates nothing, so that each line is one field.
NO_DELIMITER = "\x1f"
DELIMITERS = (",", ";", "\t", "|")
_QUOTES = ('"', "'")
_ESCAPE = "\\"
_MAX_RECORDS = 400
_MAX_SAMPLE = 131_072
_MAX_FIELD = 2 * 1024**2
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The characters that structure a text. `escape` is None where a quote inside quotes is doubled."""

    delimiter: str
    quote: str = '"'
    escape: str | None = None
    skips_space: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether the text follows RFC 4180 but for the delimiter and the quote."""
        return self.escape is None and not self.skips_space


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What the beginning of a text tells: its dialect, its first two records and where the second begins.

    `preamble` is what comes before the header, `header_text` the header as written, with its line end.
    """

    dialect: Dialect
    header: tuple[str, ...]
    second: tuple[str, ...] | None
    preamble: str
    header_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Score:
    """How well a dialect explains a sample; compared field by field, more is better."""

    dialect: Dialect
    share: float
    quoted: int
    width: int

    @property
    def rank(self) -> tuple[float, int, bool, bool, int]:
        plain = self.dialect.escape is None
        return (round(self.share, 6), self.quoted, plain, not self.dialect.skips_space, self.width)


def read_opening(text: str, *, is_whole: bool) -> Opening | None:
    """What the beginning of a text tells, or None when it has no record. `is_whole` is true when nothing follows it.

    Raises csv.Error when the first record is broken or does not end in `text`.
    """
    found = _SEPARATOR_LINE.match(text)
    preamble = found.group() if found else ""
    body = text[len(preamble) :]
    dialect = detect_dialect(body, is_whole=is_whole, delimiter=found.group(1) if found else None)
    lines = io.StringIO(body, newline="")
    consumed: list[str] = []
    reader = parse(_remember(lines, consumed), dialect)
    header = next((record for record in reader if record), None)
    if header is None:
        return None
    header_text = "".join(consumed)
    try:
        second = next((record for record in reader if record), None)
    except csv.Error:
        second = None
    return Opening(
        dialect=dialect,
        header=tuple(header),
        second=None if second is None else tuple(second),
        preamble=preamble,
        header_text=header_text,
    )


def detect_dialect(text: str, *, is_whole: bool, delimiter: str | None = None) -> Dialect:
    """The dialect that explains the records best.

    A delimiter in the first record is taken for one, however ragged the rest is: better refused than one column.
    """
    scores = [
        _score(text, dialect, quoted=quoted, is_whole=is_whole)
        for dialect, quoted in _candidates(text[:_MAX_SAMPLE], delimiter)
    ]
    wide = [score for score in scores if score.width > 1]
    if wide:
        return max(wide, key=lambda score: score.rank).dialect
    if delimiter is not None:
        return Dialect(delimiter=delimiter)
    return _titled(text, is_whole=is_whole) or Dialect(delimiter=NO_DELIMITER)


def parse(lines: Iterable[str], dialect: Dialect, *, max_characters: int = _MAX_FIELD) -> Iterator[list[str]]:
    """The records of a text, strictly: a quote out of place is a csv.Error. An empty line is an empty record."""
    # This limit is one for the whole process, so it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), max_characters))
    return csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        escapechar=dialect.escape,
        skipinitialspace=dialect.skips_space,
        strict=True,
    )


def _remember(lines: Iterable[str], consumed: list[str]) -> Iterator[str]:
    for line in lines:
        consumed.append(line)
        yield line


def _candidates(sample: str, wanted: str | None) -> Iterator[tuple[Dialect, int]]:
    """The dialects that a sample may be in, each with the number of fields that its quotes enclose."""
    escapes = (None, _ESCAPE) if _ESCAPE in sample else (None,)
    for delimiter in DELIMITERS if wanted is None else (wanted,):
        if delimiter not in sample:
            continue
        for quote, quoted in _possible_quotes(sample, delimiter):
            spaces = (False, True) if f"{delimiter} {quote}" in sample else (False,)
            for escape, skips_space in itertools.product(escapes, spaces):
                yield Dialect(delimiter=delimiter, quote=quote, escape=escape, skips_space=skips_space), quoted


def _possible_quotes(sample: str, delimiter: str) -> Iterator[tuple[str, int]]:
    """The quotes that may be in use, each with the number of fields it encloses.

    Apostrophes are common in text. They count as quotes only where they enclose something that needs it, or the header.
    """
    for quote in _QUOTES:
        enclosed = _enclosed(sample, quote, delimiter)
        needed = any(set(inner) & {delimiter, "\n", "\r", quote} for inner in enclosed)
        if quote == '"' or needed or (enclosed and sample.lstrip().startswith(quote)):
            yield quote, len(enclosed)


def _enclosed(sample: str, quote: str, delimiter: str) -> list[str]:
    """What stands between quotes that begin and end a field."""
    end = re.escape(delimiter)
    pattern = rf"(?:^|{end}) ?{quote}((?:[^{quote}\\]|{quote}{quote}|\\.)*+){quote}(?=[{end}\r\n]|\Z)"
    return re.findall(pattern, sample, re.MULTILINE | re.DOTALL)


def _score(text: str, dialect: Dialect, *, quoted: int, is_whole: bool) -> _Score:
    widths, is_broken = _widths(text, dialect, is_whole=is_whole)
    if not widths:
        return _Score(dialect=dialect, share=0.0, quoted=quoted, width=0)
    share = widths.count(widths[0]) / len(widths) * (0.5 if is_broken else 1.0)
    return _Score(dialect=dialect, share=share, quoted=quoted, width=widths[0])


def _widths(text: str, dialect: Dialect, *, is_whole: bool) -> tuple[list[int], bool]:
    """How many fields each of the first records has, and whether a record cannot be parsed."""
    lines = io.StringIO(text, newline="")
    records = (record for record in parse(lines, dialect) if record)
    widths: list[int] = []
    is_broken = False
    try:
        widths.extend(len(record) for record in itertools.islice(records, _MAX_RECORDS))
    except csv.Error:
        # At the end of a text that goes on, the last record is merely cut.
        is_broken = is_whole or lines.tell() < len(text)
    else:
        if not is_whole and len(widths) > 1 and lines.tell() >= len(text):
            widths.pop()
    return widths, is_broken


def _titled(text: str, *, is_whole: bool) -> Dialect | None:
    """The dialect of the records below a first line without delimiters, when they agree on one."""
    for delimiter in DELIMITERS:
        # A comma that is always followed by a blank is punctuation.
        if text.count(delimiter) == text.count(f"{delimiter} "):
            continue
        dialect = Dialect(delimiter=delimiter)
        widths, is_broken = _widths(text, dialect, is_whole=is_whole)
        width, count = Counter(widths[1:]).most_common(1)[0] if len(widths) > 2 else (1, 0)
        if width > 1 and not is_broken and count >= 0.9 * (len(widths) - 1):
            return dialect
    return None
