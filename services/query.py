"""Ask the metrics layer as a principal: permission, compile, run in the tenant's store."""

import time

from core.result import Result
from metrics import CompileContext, CompiledQuery, compile_members, compile_query
from metrics.query import MetricQuery
from services.definitions import require_catalog
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, Event
from tenants.usage import UsageItem


def ask(platform: Platform, principal: Principal, query: MetricQuery) -> Result:
    """The answer to a question. Raises InvalidError, RefusedError, LimitError, ForbiddenError."""
    principal.require(Permission.METRIC_QUERY)
    catalog = require_catalog(platform, principal.tenant)
    return run_compiled(platform, principal, compile_query(catalog, query, compile_context(platform, principal)))


def list_values(platform: Platform, principal: Principal, dimension: str, metrics: tuple[str, ...]) -> list[str]:
    """The values of a dimension that these metrics can be filtered by, at most 200, most frequent first."""
    principal.require(Permission.METRIC_QUERY)
    catalog = require_catalog(platform, principal.tenant)
    result = run_compiled(platform, principal, compile_members(catalog, dimension, metrics, limit=200))
    return [str(value) for value in result.values(result.columns[0].name) if value is not None]


def run_compiled(platform: Platform, principal: Principal, compiled: CompiledQuery) -> Result:
    """Run compiled SQL in the tenant's store."""
    started = time.monotonic()
    table, watermark = platform.store(principal.tenant).query(compiled.sql, compiled.parameters)
    milliseconds = round((time.monotonic() - started) * 1000)
    metrics = sorted({one.metric for one in compiled.lineage})
    tables = sorted({one.table for one in compiled.lineage if one.table is not None})
    event = Event(
        action=AuditAction.DATA_ACCESSED,
        subject=", ".join(metrics) or ", ".join(tables),
        principal=principal,
        data={"tables": tables, "policies": [], "rows": table.num_rows, "watermark": watermark.version},
        usage={UsageItem.QUERIES: 1, UsageItem.QUERY_MS: milliseconds},
    )
    # The answer is given out only after it is on record who got it.
    platform.access_log.record(principal.tenant.id, event)
    return Result(
        columns=compiled.columns,
        table=table,
        watermark=watermark,
        sql=compiled.sql,
        sentence=compiled.sentence,
        running=compiled.running,
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
