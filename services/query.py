"""Ask the metrics layer as a principal: permission, compile, run in the tenant's store."""

import datetime as dt
from dataclasses import replace

from sqlglot import exp

from core.errors import LimitError
from core.result import Result
from metrics import CompileContext, CompiledQuery, compile_members, compile_query
from metrics.guard import DIALECT
from metrics.query import MetricQuery
from services.as_of import parse_as_of
from services.definitions import require_catalog
from services.permitted import permitted
from services.platform import Platform
from services.reading import read_rows
from tenants.access import Permission, Principal


@permitted(Permission.METRIC_QUERY)
def ask(platform: Platform, principal: Principal, query: MetricQuery, *, as_of: str | None = None) -> Result:
    """The answer to a question. Raises InvalidError, RefusedError, LimitError, ForbiddenError.

    With `as_of`, a day in the tenant's zone or a moment, every table is what it was then, and that day is today.
    """
    catalog = require_catalog(platform, principal.tenant)
    context = compile_context(platform, principal)
    if as_of is None:
        return run_compiled(platform, principal, compile_query(catalog, query, context))
    moment = parse_as_of(as_of, principal.tenant.zone)
    context = replace(context, today=moment.astimezone(context.zone_info()).date())
    result = run_compiled(platform, principal, compile_query(catalog, query, context), as_of=moment)
    return replace(result, sentence=f"{result.sentence.removesuffix('.')}, as of {as_of}.")


@permitted(Permission.METRIC_QUERY)
def list_values(platform: Platform, principal: Principal, dimension: str, metrics: tuple[str, ...]) -> list[str]:
    """The values of a dimension that these metrics can be filtered by, at most 200, most frequent first."""
    catalog = require_catalog(platform, principal.tenant)
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


def compile_context(platform: Platform, principal: Principal) -> CompileContext:
    """What of the tenant decides an answer: its zone, its week, its day."""
    tenant = principal.tenant
    return CompileContext(
        zone=tenant.zone,
        week_start=tenant.week_start,
        fiscal_start_month=tenant.fiscal_start_month,
        today=tenant.today(platform.clock),
    )
