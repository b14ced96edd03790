"""Which answers depend on a table whose check failed: they are shown, with a mark."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sqlglot
from sqlglot import exp

from metrics import Catalog
from notebooks import CellRun
from services.definitions import find_catalog
from services.permitted import permitted
from services.platform import Platform
from services.quality.results import failing_tables
from tenants.access import Permission, Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """The tables with a failed check, each with what should be so."""

    failing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def mark(self, run: CellRun) -> CellRun:
        """A cell's run, with the reason to doubt it where one of its questions read such a table."""
        if not self.failing:
            return run
        read = (table for asked in run.asked for table in tables_of(asked.sql))
        return replace(run, doubt=self.reason(read))

    def reason(self, tables: Iterable[str]) -> str:
        """Why what was read from these tables is in doubt; empty where it is not."""
        told = [f"{table}: {label}" for table in sorted(set(tables)) for label in self.failing.get(table, ())]
        return f"A check of the data failed. {'; '.join(told)}." if told else ""


@permitted(Permission.NOTEBOOK_READ)
def find_doubts(platform: Platform, principal: Principal) -> Doubts:
    """The doubts there are at present."""
    return Doubts(failing=failing_tables(platform, principal.tenant))


@permitted(Permission.DEFINITION_READ)
def doubted_metrics(platform: Platform, principal: Principal) -> dict[str, str]:
    """The metrics that count a table with a failed check, each with the reason."""
    doubts = Doubts(failing=failing_tables(platform, principal.tenant))
    catalog = find_catalog(platform, principal) if doubts.failing else None
    if catalog is None:
        return {}
    reasons = ((name, doubts.reason(_tables_of_metric(catalog, name))) for name in catalog.metrics)
    return {name: reason for name, reason in reasons if reason}


@permitted(Permission.METRIC_QUERY)
def find_doubt(platform: Platform, principal: Principal, metrics: Sequence[str], sql: str) -> str:
    """Why the answer to a question is in doubt: a check of a table that it read failed. Empty where it is not."""
    doubts = Doubts(failing=failing_tables(platform, principal.tenant))
    catalog = find_catalog(platform, principal) if doubts.failing else None
    if catalog is None:
        return ""
    # What was read may be a table made beforehand of the one that a metric counts.
    counted = {table for name in metrics if name in catalog.metrics for table in _tables_of_metric(catalog, name)}
    return doubts.reason(counted | tables_of(sql))


def _tables_of_metric(catalog: Catalog, metric: str) -> Iterator[str]:
    for model in catalog.models_of([metric]):
        yield from [model.table] if model.table is not None else tables_of(model.sql or "")


def tables_of(sql: str) -> set[str]:
    """The tables that a statement reads."""
    if not sql:
        return set()
    return {table.name for table in sqlglot.parse_one(sql, dialect="duckdb").find_all(exp.Table)}
