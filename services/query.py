"""Ask the metrics layer as a principal: permission, compile, run in the tenant's store."""

from core.result import Result
from metrics import CompileContext, CompiledQuery, compile_members, compile_query
from metrics.query import MetricQuery
from services.definitions import require_catalog
from services.platform import Platform
from services.reading import read_rows
from tenants.access import Permission, Principal


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
    """Run a compiled question in the tenant's store, under the policies of who asks and on record."""
    metrics = sorted({one.metric for one in compiled.lineage})
    table, watermark, sql = read_rows(
        platform, principal, compiled.tree, compiled.sql, compiled.parameters, subject=", ".join(metrics)
    )
    return Result(
        columns=compiled.columns,
        table=table,
        watermark=watermark,
        sql=sql,
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
