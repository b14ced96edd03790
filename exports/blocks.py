"""The report model: what a report says, in order, with no word on pages, fonts or file formats.

All texts are plain and shown literally in every format, but for `Text`, which knows a little Markdown.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from charts import Chart
from core.numbers import Figure, Number
from core.result import Column, Quotient

PRODUCT_BLUE = "#3a5fd9"
# PDF compares no more of one (ISO 32000-2, 7.6.4.3.3).
LONGEST_PASSWORD = 127
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


class PageSize(StrEnum):
    """The paper of formats that have pages."""

    A4 = "a4"
    LETTER = "letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading; level 1 opens a part of the report, 2 and 3 are below it."""

    text: str
    level: int = 1

    def __post_init__(self) -> None:
        if self.level not in {1, 2, 3}:
            raise ValueError(f"a heading has level 1, 2 or 3, not {self.level}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Prose in the Markdown of `exports.markdown`: paragraphs, headings, bullets, bold, italic."""

    markdown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiTile:
    """One key figure.

    `change` is a text with its sign ("+8.5%"); `is_better` says whether that is good, None for neither. `comparison`
    names what it is compared with ("vs Q3 on the same day"), `note` is one sentence. `trend` is a sparkline. `number`
    and `previous` are the value and what it is compared with, in `unit`, for formats that calculate; None is undefined.
    """

    label: str
    value: Figure
    number: Number | None = None
    previous: Number | None = None
    unit: str | None = None
    decimals: int | None = None
    change: str = ""
    is_better: bool | None = None
    comparison: str = ""
    note: str = ""
    trend: Chart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiRow:
    """Key figures side by side."""

    tiles: tuple[KpiTile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartBlock:
    """A chart with its title and sub-title. Two halves in a row stand side by side where the page is wide enough.

    `is_additive` says that the values of a series add up over time.
    """

    chart: Chart
    is_half: bool = False
    is_additive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TableBlock:
    """A table. `rows` and `totals` are as wide as `columns`.

    `total_rows` is how many rows there are in all, of which `rows` are the first: what is left out is said. Where it
    could not be counted to the end, `is_total_exact` is False. `totals` has the value of each column over all rows,
    computed at that grain and None where there is none; it is empty for a table without totals. `additive` names the
    columns whose rows add up to their total, `quotients` those that are one column over another. `helpers` are columns
    that only serve quotients: formats that calculate keep them out of sight, the others leave them out (`shown`).
    `heat` names the columns whose cells are shaded from the smallest to the largest. `subtotals` are the places of rows
    that sum others up; they are set in bold.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[object, ...], ...]
    subtitle: str = ""
    total_rows: int | None = None
    is_total_exact: bool = True
    totals: tuple[object, ...] = ()
    additive: frozenset[str] = frozenset()
    quotients: Mapping[str, Quotient] = field(default_factory=dict)
    helpers: frozenset[str] = frozenset()
    heat: frozenset[str] = frozenset()
    subtotals: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        wrong = next((len(row) for row in self.rows if len(row) != len(self.columns)), None)
        if wrong is not None:
            raise ValueError(f"table {self.title!r} has {len(self.columns)} columns but a row of {wrong} values")
        if self.totals and len(self.totals) != len(self.columns):
            raise ValueError(f"table {self.title!r} has {len(self.columns)} columns but {len(self.totals)} totals")

    def shown(self) -> "TableBlock":
        """The table without its helpers, for formats that do not calculate."""
        if not self.helpers:
            return self
        kept = [index for index, column in enumerate(self.columns) if column.name not in self.helpers]
        return replace(
            self,
            columns=tuple(self.columns[index] for index in kept),
            rows=tuple(tuple(row[index] for index in kept) for row in self.rows),
            totals=tuple(self.totals[index] for index in kept) if self.totals else (),
            quotients={},
            helpers=frozenset(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A part of the report that could not be made, in its place: what it was, why, and the id to quote."""

    title: str
    reason: str
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBreak:
    """What follows starts on a new page, where the format has pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a metric means: "Win rate", "won deals over closed deals", and who answers for it."""

    label: str
    text: str
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Footnotes:
    """What a reader needs to check the numbers.

    `filters` is a sentence, `watermark` the version of the data, `policy` whose rows these are; empty ones are left
    out.
    """

    definitions: tuple[Definition, ...] = ()
    filters: str = ""
    watermark: str = ""
    policy: str = ""


Block = Heading | Text | KpiRow | ChartBlock | TableBlock | Problem | PageBreak | Footnotes


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report, ready to be written in any format.

    `generated_at` is aware and shown in its own zone. `period` names the time covered ("Q4 2026, day 52 of 92").
    `is_landscape` turns pages on their side, `has_cover` puts a cover and a list of contents before a format that has
    pages, `has_data` its tables into a PDF.
    `watermark` is the version of the data as words ("Data as of 21 Nov 2026, 10:31 UTC"). `accent` is the tenant's
    colour as #rrggbb, `logo` its own mark as PNG. With a `password` the file opens with it alone. Raises ValueError for
    a naive time, another colour notation, or a password of more than 127 bytes.
    """

    title: str
    tenant_name: str
    generated_at: dt.datetime
    subtitle: str = ""
    period: str = ""
    prepared_for: str = ""
    watermark: str = ""
    accent: str = PRODUCT_BLUE
    logo: bytes | None = None
    page_size: PageSize = PageSize.A4
    is_landscape: bool = False
    has_cover: bool = False
    has_data: bool = False
    password: str = field(default="", repr=False)
    blocks: tuple[Block, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.generated_at.tzinfo is None:
            raise ValueError("generated_at must be aware: a report says in which zone its time is")
        if not _HEX.fullmatch(self.accent):
            raise ValueError(f"accent must be a colour as #rrggbb, not {self.accent!r}")
        if len(self.password.encode()) > LONGEST_PASSWORD:
            raise ValueError(f"a password has at most {LONGEST_PASSWORD} bytes")
