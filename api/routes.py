"""The API for signed-in members: who am I, which metrics are there, and a question to the metrics layer."""

import datetime as dt
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from api.errors import on_error, on_invalid
from api.events import event_routes
from api.local import local_routes
from api.scim import scim_routes
from core.errors import AppError, ForbiddenError
from metrics.query import MetricQuery, parse_grain
from services.answers import answer_as_json, describe_metrics
from services.platform import Platform
from services.query import ask
from tenants.access import Principal


class QueryBody(BaseModel):
    """A question, as in docs/metrics.md; `from` and `to` are both included."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    metrics: tuple[str, ...] = Field(min_length=1)
    by: tuple[str, ...] = ()
    grain: str | None = None
    start: dt.date | None = Field(default=None, alias="from")
    end: dt.date | None = Field(default=None, alias="to")
    where: str | None = None
    order: tuple[str, ...] = ()
    limit: int | None = Field(default=None, ge=1)
    range: str | None = None
    compare: tuple[str, ...] = ()
    having: str | None = None
    totals: bool = False
    fill: bool = False
    top: int | None = Field(default=None, ge=1)


async def _principal(request: Request) -> Principal:
    # Not in a thread of the pool: there is nothing to wait for, and a busy server is slow to come back from one.
    principal = getattr(request.state, "principal", None)
    if not isinstance(principal, Principal):
        raise ForbiddenError("Sign in first.")
    return principal


Asking = Annotated[Principal, Depends(_principal)]


def build_api(platform: Platform, *, local_token: str) -> FastAPI:
    """The API application, mounted under /api behind the gate."""
    application = FastAPI(title="Plumbline API", version="1", docs_url=None, redoc_url=None)
    application.add_exception_handler(AppError, on_error)
    application.add_exception_handler(RequestValidationError, on_invalid)
    application.add_exception_handler(Exception, on_error)
    application.include_router(local_routes(platform, local_token))
    application.routes.extend(scim_routes(platform))
    application.routes.extend(event_routes(platform))

    @application.get("/v1/me")
    def me(principal: Asking) -> dict[str, object]:
        """Who the session belongs to."""
        permissions = sorted(permission.value for permission in principal.permissions)
        return {
            "email": principal.email,
            "name": principal.name,
            "role": principal.role,
            "tenant": principal.tenant.slug,
            "permissions": permissions,
        }

    @application.get("/v1/metrics")
    def metrics(principal: Asking) -> dict[str, object]:
        """The metrics of the member's tenant, with what each can be split by."""
        return {"metrics": describe_metrics(platform, principal)}

    @application.post("/v1/query")
    def query(body: QueryBody, principal: Asking) -> dict[str, object]:
        """Answer a question; the same JSON as `plumbline query --format json`."""
        question = MetricQuery(
            metrics=body.metrics,
            by=body.by,
            grain=parse_grain(body.grain) if body.grain else None,
            start=body.start,
            end=body.end,
            where=body.where,
            order=body.order,
            limit=body.limit,
            range=body.range,
            compare=body.compare,
            having=body.having,
            has_totals=body.totals,
            is_filled=body.fill,
            top=body.top,
        )
        return answer_as_json(platform, principal, ask(platform, principal, question), body.metrics)

    return application
