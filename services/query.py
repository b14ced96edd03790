"""Ask the metrics layer as a principal: permission, compile, run in the tenant's store."""

import datetime as dt
import time
from dataclasses import replace

from sqlglot import exp

from core.errors import LimitError
from core.result import Result
from metrics import CompiledQuery, compile_members, compile_once
from metrics.guard import DIALECT
from metrics.query import MetricQuery
from services.as_of import parse_as_of
from services.definitions import require_catalog
from services.permitted import permitted
from services.platform import Platform
from services.question_log import SLOW_MS
from services.reading import read_rows
from services.rollups import find_rollups, note_question
from services.tenant_calendar import compile_context
from tenants.access import Permission, Principal


@permitted(Permission.METRIC_QUERY)
def ask(platform: Platform, principal: Principal, query: MetricQuery, *, as_of: str | None = None) -> Result:
    """The answer to a question. Raises InvalidError, RefusedError, LimitError, ForbiddenError.

    With `as_of`, a day in the tenant's zone or a moment, every table is what it was then, and that day is today.
    """
    catalog = require_catalog(platform, principal)
    if as_of is None:
        context = compile_context(platform, principal, catalog=catalog)
        rollups = find_rollups(platform, principal, catalog)
        return _timed(platform, principal, query, compile_once(catalog, query, context, rollups=rollups))
    moment = parse_as_of(as_of, principal.tenant.zone)
    context = compile_context(platform, principal, as_of=moment, catalog=catalog)
    result = run_compiled(platform, principal, compile_once(catalog, query, context), as_of=moment)
    return say_as_of(result, as_of)


def say_as_of(result: Result, as_of: str | None) -> Result:
    """An answer whose sentence says as of when it is."""
    return result if not as_of else replace(result, sentence=f"{result.sentence.removesuffix('.')}, as of {as_of}.")


def _timed(platform: Platform, principal: Principal, query: MetricQuery, compiled: CompiledQuery) -> Result:
    """The answer; what the data themselves were slow to give is remembered."""
    started = time.monotonic()
    result = run_compiled(platform, principal, compiled)
    milliseconds = (time.monotonic() - started) * 1000
    if compiled.rolled is None and milliseconds >= SLOW_MS:
        note_question(platform, principal, query, milliseconds)
    return result


@permitted(Permission.METRIC_QUERY)
def list_values(platform: Platform, principal: Principal, dimension: str, metrics: tuple[str, ...]) -> list[str]:
    """The values of a dimension that these metrics can be filtered by, at most 200, most frequent first."""
    catalog = require_catalog(platform, principal)
    result = run_compiled(platform, principal, compile_members(catalog, dimension, metrics, limit=200))
    return [str(value) for value in result.values(result.columns[0].name) if value is not None]


def run_compiled(
    platform: Platform, principal: Principal, compiled: CompiledQuery, *, as_of: dt.datetime | None = None
) -> Result:
    """Run a compiled question in the tenant's store, under the policies of who asks and on record."""
    metrics = sorted({one.metric for one in compiled.lineage})
    try:
        table, watermark, sql = read_rows(
            platform,
            principal,
            compiled.tree,
            compiled.sql,
            compiled.parameters,
            subject=", ".join(metrics),
            as_of=as_of,
            rolled=compiled.rolled,
        )
    except LimitError as error:
        if "max_rows" not in error.data:
            raise
        raise _too_large(platform, compiled, _count_rows(platform, principal, compiled, metrics, as_of)) from error
    if table.num_rows * len(compiled.columns) > platform.settings.query_max_cells:
        raise _too_large(platform, compiled, table.num_rows)
    return Result(
        columns=compiled.columns,
        table=table,
        watermark=watermark,
        sql=sql,
        sentence=compiled.sentence,
        running=compiled.running,
    )


def _count_rows(
    platform: Platform, principal: Principal, compiled: CompiledQuery, metrics: list[str], as_of: dt.datetime | None
) -> int:
    """How many rows an answer would have that is too large to be given."""
    counted = exp.select(exp.Count(this=exp.Star())).from_(compiled.tree.subquery("answer"))
    subject = f"number of rows of {', '.join(metrics)}"
    sql = counted.sql(dialect=DIALECT)
    table, _, _ = read_rows(platform, principal, counted, sql, compiled.parameters, subject=subject, as_of=as_of)
    return int(table.column(0)[0].as_py())


def _too_large(platform: Platform, compiled: CompiledQuery, rows: int) -> LimitError:
    cells, settings = rows * len(compiled.columns), platform.settings
    return LimitError(
        f"The answer would have {rows:,} rows and {cells:,} cells; at most {settings.query_max_rows:,} rows and"
        f" {settings.query_max_cells:,} cells are given. Split by less, add a filter, keep the largest members with"
        " `top`, or set a limit.",
        data={"rows": rows, "cells": cells},
    )
