"""The rows behind a row of an answer, as the reader may see them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.result import Result
from metrics import MetricQuery, compile_rows
from metrics.relative import find_range
from metrics.spec import OTHER, PERIOD, TOTAL
from services.definitions import require_catalog
from services.explore.question import Question, member_text
from services.permitted import permitted
from services.platform import Platform
from services.reading import read_rows
from services.sql import plain_columns
from services.tenant_calendar import compile_context
from tenants.access import Permission, Principal

MAX_BEHIND = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Rows of a model's table. `model` is its label; `has_more` says that there are more than are shown."""

    model: str
    result: Result
    has_more: bool


def can_open(row: Mapping[str, object]) -> bool:
    """Whether a row of an answer has rows of its own: that of all other members and a period without a day have not."""
    return not row.get(OTHER) and not (PERIOD in row and row[PERIOD] is None)


@permitted(Permission.DATA_READ)
def find_rows(
    platform: Platform, principal: Principal, question: Question, metric: str, row: Mapping[str, object]
) -> Behind:
    """The rows that a metric counts in a row of an answer. Raises UserError where they cannot be told."""
    catalog = require_catalog(platform, principal)
    moment = question.moment(principal.tenant.zone)
    context = compile_context(platform, principal, as_of=moment)
    whole = question.to_query(catalog)
    query = MetricQuery(metrics=(metric,), start=whole.start, end=whole.end, range=whole.range)
    period = row.get(PERIOD)
    if question.grain is not None and isinstance(period, dt.date):
        first = period.date() if isinstance(period, dt.datetime) else period
        last = context.calendar.next_first_day(first, question.grain) - dt.timedelta(days=1)
        if whole.range:
            start, end = find_range(whole.range, context.today, context.calendar)
            query = replace(query, range=None, start=start, end=end)
        query = replace(query, start=max(first, query.start or first), end=min(last, query.end or last))
    dimensions = {found.name: found for found in catalog.dimensions_of(question.metrics)}
    kept = question.by[: len(question.by) - int(str(row.get(TOTAL) or 0))]
    parts = [member_text(dimensions[name], row[name]) for name in kept]
    parts += [whole.where] if whole.where else []
    query = replace(query, where=" AND ".join(f"({part})" for part in parts) or None)
    compiled = compile_rows(catalog, query, context, limit=MAX_BEHIND + 1)
    table, watermark, sql = read_rows(
        platform, principal, compiled.tree, compiled.sql, compiled.parameters, subject=f"rows of {metric}",
        as_of=moment,
    )  # fmt: skip
    result = Result(
        columns=plain_columns(table.schema),
        table=table.slice(0, MAX_BEHIND),
        watermark=watermark,
        sql=sql,
        sentence=compiled.sentence,
    )
    model = catalog.models[compiled.lineage[0].model].label
    return Behind(model=model, result=result, has_more=table.num_rows > MAX_BEHIND)
