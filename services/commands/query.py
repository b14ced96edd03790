"""Asks for metrics."""

import datetime as dt

from pydantic import Field

from core.errors import InvalidError
from metrics.query import MetricQuery, parse_grain
from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "query"


class Request(CommandRequest):
    """A question as typed on the command line; `member` is the address whose rights apply."""

    tenant: str
    metrics: tuple[str, ...] = Field(min_length=1)
    by: tuple[str, ...] = ()
    grain: str | None = None
    start: str | None = None
    end: str | None = None
    where: str | None = None
    order: tuple[str, ...] = ()
    limit: int | None = Field(default=None, ge=1)
    range: str | None = None
    compare: tuple[str, ...] = ()
    having: str | None = None
    totals: bool = False
    fill: bool = False
    top: int | None = Field(default=None, ge=1)
    member: str | None = None
    as_of: str | None = None


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """Answer. Raises InvalidError, RefusedError, LimitError, ForbiddenError."""
    from services.answers import answer_as_json, result_as_json
    from services.organisation import require_member
    from services.query import ask

    tenant = platform.tenant(request.tenant)
    principal = require_member(platform, tenant, request.member) if request.member else operator(tenant)
    question = MetricQuery(
        metrics=request.metrics,
        by=request.by,
        grain=parse_grain(request.grain) if request.grain else None,
        start=_date(request.start, "--from"),
        end=_date(request.end, "--to"),
        where=request.where,
        order=request.order,
        limit=request.limit,
        range=request.range,
        compare=request.compare,
        having=request.having,
        has_totals=request.totals,
        is_filled=request.fill,
        top=request.top,
    )
    result = ask(platform, principal, question, as_of=request.as_of)
    # Checks are of the data as they are now.
    return result_as_json(result) if request.as_of else answer_as_json(platform, principal, result, request.metrics)


def _date(text: str | None, option: str) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise InvalidError(f"{option} {text!r} is not a date; write it as 2026-01-31.") from error
