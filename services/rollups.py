"""Rollups of a tenant's large tables: which are worth building, building them, and finding those that were built.

The questions of one page become few scans, and so do slow questions that are asked again and again. A rollup holds the
rows of one view of the store, serves what can be proved equal, and is checked against the base before it is used.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from math import prod
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

from core.errors import InternalError, UserError
from metrics import Catalog, CompileContext, MetricQuery
from metrics.guard import DIALECT
from metrics.plan import build_plan
from metrics.policy import ReaderView, restrict
from metrics.rollup import Rollup, StoredRollup, choose_rollups, compile_rollup, compile_totals, needs_of
from services.definitions import find_catalog
from services.permitted import permitted
from services.platform import Platform
from services.policies import find_view
from services.tenant_calendar import compile_context
from tenants.access import Permission, Principal

if TYPE_CHECKING:
    from tenants.store.size import TableSize

log = logging.getLogger("plumbline.rollups")

# A rollup has at most so many rows, and at most one for so many of its model: for one page it must be made in a moment.
_MOST_ROWS = 500_000
_PAGE_SHRINKAGE = 100
_SHRINKAGE = 20
# One that is built once and read often serves several questions only where it stays very small.
_JOINED_SHRINKAGE = 500
# A question that was so often too slow is worth a rollup by itself.
_OFTEN = 3
_builder = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rollups")


def reads_large_tables(platform: Platform, principal: Principal, metrics: Iterable[str]) -> bool:
    """Whether a table that is counted for these metrics is large enough for its questions to share scans."""
    catalog = find_catalog(platform, principal)
    if catalog is None:
        return False
    models = catalog.models_of(name for name in metrics if name in catalog.metrics)
    tables = sorted({model.table for model in models if model.table})
    least = platform.settings.rollup_min_rows
    # Of the other tables nothing is looked up: a first page waits for this.
    known = platform.rollups.sizes(catalog) or platform.store(principal.tenant).sizes(tables, least_rows=least)
    return any(known[table].rows >= least for table in tables if table in known)


def find_rollups(platform: Platform, principal: Principal, catalog: Catalog) -> tuple[StoredRollup, ...]:
    """The rollups that hold what the principal sees, of the data and definitions of a catalogue."""
    if platform.rollups.is_empty(catalog):
        return ()
    kept = platform.store(principal.tenant).extracts()
    found = platform.rollups.find(catalog, _key(find_view(platform, principal)))
    return tuple(stored for stored in found if stored.table in kept)


def build_for_page(platform: Platform, principal: Principal, queries: Iterable[MetricQuery]) -> tuple[Rollup, ...]:
    """Build what at least two questions of a page can share; returns what was built.

    Questions that would be refused, and those to small models, are left to themselves.
    """
    return _build_all(platform, principal, queries, lambda rollup: rollup, is_page=True)


@permitted(Permission.DEFINITION_APPLY)
def suggest_rollups(platform: Platform, principal: Principal) -> tuple[Rollup, ...]:
    """What would serve the slow questions that were asked often, over all days, and is not there yet."""
    catalog = find_catalog(platform, principal)
    if catalog is None:
        return ()
    return _choose(platform, principal, catalog, _often_asked(platform, principal), _of_all_days, is_page=False)


@permitted(Permission.DEFINITION_APPLY)
def build_suggested(platform: Platform, principal: Principal) -> tuple[Rollup, ...]:
    """Build what is suggested; returns what was built."""
    return _build_suggested(platform, principal)


def note_question(platform: Platform, principal: Principal, query: MetricQuery, milliseconds: float) -> None:
    """Remember what the data themselves were slow to answer; what is asked often gets a rollup in the background."""
    logged = platform.questions.record(principal.tenant.id, query, milliseconds)
    if logged.count >= _OFTEN and reads_large_tables(platform, principal, query.metrics):
        _builder.submit(_build_suggested, platform, principal)


def _build_suggested(platform: Platform, principal: Principal) -> tuple[Rollup, ...]:
    queries = _often_asked(platform, principal)
    return _build_all(platform, principal, queries, _of_all_days, is_page=False)


def _often_asked(platform: Platform, principal: Principal) -> list[MetricQuery]:
    return [one.query for one in platform.questions.repeated(principal.tenant.id, least=_OFTEN)]


def _of_all_days(rollup: Rollup) -> Rollup:
    """Tomorrow's question is about other days."""
    return replace(rollup, start=None, end=None, is_daily=rollup.time is not None)


def _build_all(
    platform: Platform,
    principal: Principal,
    queries: Iterable[MetricQuery],
    widen: Callable[[Rollup], Rollup],
    *,
    is_page: bool,
) -> tuple[Rollup, ...]:
    catalog = find_catalog(platform, principal)
    if catalog is None:
        return ()
    try:
        view = find_view(platform, principal)
        chosen = _choose(platform, principal, catalog, queries, widen, is_page=is_page)
    except UserError as error:
        # Whoever asks one of the questions is told so.
        log.warning("no rollup of %s was built: %s", principal.tenant.slug, error.message)
        return ()
    begun = [rollup for rollup in chosen if platform.rollups.begin(catalog, _key(view), rollup)]
    return tuple(
        rollup for rollup in begun if _build(platform, principal, catalog, view, rollup, is_checked=not is_page)
    )


def _choose(
    platform: Platform,
    principal: Principal,
    catalog: Catalog,
    queries: Iterable[MetricQuery],
    widen: Callable[[Rollup], Rollup],
    *,
    is_page: bool,
) -> tuple[Rollup, ...]:
    context = compile_context(platform, principal)
    known = find_rollups(platform, principal, catalog)
    needs: list[Rollup] = []
    for query in dict.fromkeys(queries):
        found = [widen(need) for need in _needs(catalog, query, context)]
        needs += [need for need in found if not any(stored.rollup.covers(need) for stored in known)]
    if not needs:
        return ()
    alone, together = (_PAGE_SHRINKAGE, _PAGE_SHRINKAGE) if is_page else (_SHRINKAGE, _JOINED_SHRINKAGE)
    sizes = _Sizes(platform, principal, catalog)
    return choose_rollups(
        needs,
        partial(sizes.is_small, shrinkage=alone),
        may_join=partial(sizes.is_small, shrinkage=together),
        least_needs=2 if is_page else 1,
    )


def _needs(catalog: Catalog, query: MetricQuery, context: CompileContext) -> Sequence[Rollup]:
    try:
        return needs_of(build_plan(catalog, query, context)) or ()
    except UserError:
        # Whoever asks it is told why it cannot be answered.
        return ()


def _build(
    platform: Platform,
    principal: Principal,
    catalog: Catalog,
    view: ReaderView | None,
    rollup: Rollup,
    *,
    is_checked: bool,
) -> bool:
    from tenants.store.extract import Extract

    trees = compile_rollup(catalog, rollup, compile_context(platform, principal))
    try:
        rows, totals = (_sql(tree, trees.parameters, view) for tree in (trees.rows, trees.totals))
        stored = StoredRollup(rollup=rollup, table=f"rollup {hashlib.sha256(rows.encode()).hexdigest()[:24]}")
        own = compile_totals(catalog, stored).sql(dialect=DIALECT)
        # Where nothing is joined, no row can be counted twice: it is the same scan, only grouped.
        reach = catalog.reaches[rollup.model]
        is_checked = is_checked or any(reach.require(name).path for name in rollup.dimensions)
        extract = Extract(name=stored.table, rows=rows, totals=totals if is_checked else None, own_totals=own)
        is_equal = platform.store(principal.tenant).extract(extract)
    except (UserError, InternalError) as error:
        # The questions are answered from the data themselves, only later.
        log.warning("a rollup of %s could not be built: %s", rollup.model, error)
        return False
    if not is_equal:
        log.warning("a rollup of %s has other totals than the data and is not used; is a key repeated?", rollup.model)
        return False
    platform.rollups.add(catalog, _key(view), stored)
    return True


def _key(view: ReaderView | None) -> str:
    return "" if view is None else view.key


def _sql(tree: exp.Select, parameters: Sequence[object], view: ReaderView | None) -> str:
    """The SQL of a tree over what a reader sees, with its values in it: a table cannot be made of a prepared query."""
    from tenants.store.literal import render_literal

    sql = tree.sql(dialect=DIALECT)
    if view is not None:
        sql, parameters = restrict(tree, view, parameters)
    whole = sqlglot.parse_one(sql, dialect=DIALECT)
    for place in list(whole.find_all(exp.Placeholder)):
        value = parameters[int(place.name) - 1]
        place.replace(sqlglot.parse_one(render_literal(value), dialect=DIALECT))
    return whole.sql(dialect=DIALECT)


def _sizes(platform: Platform, principal: Principal, catalog: Catalog) -> "Mapping[str, TableSize]":
    known = platform.rollups.sizes(catalog)
    if known is None:
        tables = {model.table for model in catalog.models.values() if model.table}
        least = platform.settings.rollup_min_rows
        known = platform.store(principal.tenant).sizes(sorted(tables), least_rows=least)
        platform.rollups.keep_sizes(catalog, known)
    return known


class _Sizes:
    """How large rollups of a catalogue would be."""

    def __init__(self, platform: Platform, principal: Principal, catalog: Catalog) -> None:
        self._catalog = catalog
        self._least_rows = platform.settings.rollup_min_rows
        self._sizes = _sizes(platform, principal, catalog)

    def is_small(self, rollup: Rollup, *, shrinkage: int) -> bool:
        """Whether a rollup would have far fewer rows than its model, which is large enough to care."""
        model = self._catalog.models[rollup.model]
        size = self._sizes.get(model.table or "")
        if size is None or size.rows < self._least_rows:
            return False
        counts = [self._days(rollup), *(self._values(rollup.model, name) for name in rollup.dimensions)]
        known = [count for count in counts if count is not None]
        most = min(size.rows / shrinkage, _MOST_ROWS) if self._least_rows else _MOST_ROWS
        return len(known) == len(counts) and prod(known) <= most

    def _days(self, rollup: Rollup) -> int | None:
        if rollup.time is None or not rollup.is_daily:
            return 1
        asked = (rollup.end - rollup.start).days + 1 if rollup.start and rollup.end else None
        model = self._catalog.models[rollup.model]
        columns = model.dimensions[rollup.time].scalar.columns
        stored = self._sizes[model.table or ""].days.get(columns[0]) if len(columns) == 1 else None
        known = [count for count in (asked, stored) if count is not None]
        return min(known) if known else None

    def _values(self, model: str, qualified: str) -> int | None:
        """About how many values a dimension has; one more for those without."""
        dimension = self._catalog.reaches[model].require(qualified)
        home = self._catalog.models[dimension.path[-1].to if dimension.path else model]
        size = self._sizes.get(home.table or "")
        if size is None:
            return None
        counts = [size.values.get(column) for column in dimension.definition.scalar.columns]
        known = [count + 1 for count in counts if count is not None]
        return prod(known) if len(known) == len(counts) else None
