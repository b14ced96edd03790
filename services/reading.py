"""The one door to rows: a query runs under the row and column policies of who asks, and is put on record."""

import datetime as dt
import time
from collections.abc import Mapping, Sequence

import pyarrow as pa
from sqlglot import exp

from core.result import Watermark
from metrics.compiled import RolledQuery
from metrics.policy import restrict
from services.platform import Platform
from services.policies import find_view
from services.results import Answer
from tenants.access import Principal
from tenants.audit import AuditAction, Event
from tenants.usage import UsageItem


def read_rows(
    platform: Platform,
    principal: Principal,
    tree: exp.Query,
    sql: str,
    parameters: Sequence[object] = (),
    *,
    subject: str = "",
    as_of: dt.datetime | None = None,
    tables: Mapping[str, pa.Table] | None = None,
    rolled: RolledQuery | None = None,
    max_rows: int | None = None,
) -> tuple[pa.Table, Watermark, str]:
    """The rows of a query as the principal may see them, the watermark, and the SQL that answers it.

    Rows that were read before, by the same SQL over the same data, are not read again. `sql` is `tree` as text, run as
    it is where no policy binds the principal. `subject` is what was asked for, the tables where it is empty. With
    `as_of` tables are what they were at that moment. `tables` are answers the principal had already, to be read by
    name. `rolled` is the same question over rollups of what the principal sees. `max_rows` is for rows that are
    counted and not handed out. Raises RefusedError, LimitError.
    """
    view = find_view(platform, principal)
    if view is not None:
        sql, parameters = restrict(tree, view, parameters, known=tables or ())
    started = time.monotonic()
    store = platform.store(principal.tenant)
    if tables:
        table, watermark = store.query(sql, parameters, as_of=as_of, tables=tables, max_rows=max_rows)
        answer = Answer(table=table, watermark=watermark)
    else:
        answer = platform.results.query(
            store, principal.tenant.id, sql, parameters, as_of=as_of, rolled=rolled, max_rows=max_rows
        )
    milliseconds = round((time.monotonic() - started) * 1000)
    read = sorted({one.name for one in tree.find_all(exp.Table)} - {one.alias for one in tree.find_all(exp.CTE)})
    event = Event(
        action=AuditAction.DATA_ACCESSED,
        subject=subject or ", ".join(read),
        principal=principal,
        data={
            "tables": read,
            "policies": [] if view is None else list(view.policies),
            "rows": answer.table.num_rows,
            "watermark": answer.watermark.version,
            **({} if as_of is None else {"as_of": as_of.isoformat()}),
        },
        usage={UsageItem.QUERIES: 1, UsageItem.QUERY_MS: milliseconds},
    )
    # The answer is given out only after it is on record who got it.
    platform.access_log.record(principal.tenant.id, event)
    return answer.table, answer.watermark, sql
