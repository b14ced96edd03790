"""What a compilation is given besides the question, and what comes out of it."""

import datetime as dt
import zoneinfo
from dataclasses import dataclass, field

from sqlglot import exp

from core.errors import InvalidError
from core.result import Column
from metrics.calendar import Calendar
from metrics.guard import DIALECT
from metrics.own_periods import NO_CALENDARS, OwnCalendars


@dataclass(frozen=True, slots=True, kw_only=True)
class CompileContext:
    """The tenant's calendar and the caller's limit.

    `week_start` counts from 0, Monday, to 6, Sunday. `max_rows` caps the rows whatever the question says; ask for one
    more than is allowed to learn that there are too many. `today` is for ranges that are relative to it, and where
    running periods are cut. Fiscal years begin in `fiscal_start_month`; `own` has the periods of the tenant's tables.
    """

    zone: str = "UTC"
    week_start: int = 0
    fiscal_start_month: int = 1
    today: dt.date | None = None
    max_rows: int | None = None
    own: OwnCalendars = NO_CALENDARS

    @property
    def calendar(self) -> Calendar:
        """Where periods begin."""
        return Calendar(week_start=self.week_start, fiscal_start_month=self.fiscal_start_month, own=self.own)

    def zone_info(self) -> zoneinfo.ZoneInfo:
        """The zone's rules. Raises InvalidError for an unknown name."""
        try:
            return zoneinfo.ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError) as error:
            message = f"There is no time zone {self.zone!r}; use a name such as UTC or Europe/Berlin."
            raise InvalidError(message) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """Where a metric's numbers come from. `table` is None for a model over a SELECT, whose text is in `sql`."""

    metric: str
    model: str
    table: str | None
    sql: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledQuery:
    """The same question over rollups: its SQL, its values, and the tables of the rollups."""

    sql: str
    parameters: tuple[object, ...]
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledQuery:
    """A question as SQL for DuckDB.

    `parameters` are the values of `$1`, `$2` and so on, in that order; no value of the question is in the text.
    `columns` describes the result's columns in order, `sentence` says the question in English. `running` is the first
    day of the period that is not over yet, None where there is no grain or no today. `rolled` is a shorter way to the
    same answer, where there is one.
    """

    sql: str
    parameters: tuple[object, ...]
    columns: tuple[Column, ...]
    sentence: str
    lineage: tuple[Lineage, ...]
    tree: exp.Query = field(compare=False, repr=False)
    running: dt.date | None = None
    rolled: RolledQuery | None = None

    def to_sql(self, dialect: str = DIALECT, *, pretty: bool = True) -> str:
        """The same query for people to read, or for another engine."""
        return self.tree.sql(dialect=dialect, pretty=pretty)
