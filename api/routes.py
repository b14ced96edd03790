"""The API for signed-in members: who am I, which metrics are there, and a question to the metrics layer."""

import datetime as dt
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.errors import MediaTypeError, on_error, on_invalid, wrong_places
from api.events import event_routes
from api.local import local_routes
from api.scim import scim_routes
from core.errors import AppError, ForbiddenError
from metrics.query import MetricQuery, parse_grain
from services.answers import answer_as_json, describe_metrics
from services.platform import Platform
from services.query import ask
from tenants.access import Principal

_JSON: Final = "application/json"


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

    def query(body: QueryBody, principal: Asking) -> dict[str, object]:
        """Answer a question; the same JSON as `plumbline query --format json`."""
        return _answer(platform, principal, body)

    application.router.add_api_route(
        "/v1/query", query, methods=["POST"], route_class_override=_question_route(platform)
    )
    return application


def _question_route(platform: Platform) -> type[APIRoute]:
    """The route of questions, read, answered and written in one thread.

    FastAPI would read the body, find the principal and write the answer in steps of the event loop, which all members
    share: together they take as long as the answer.
    """

    def answer(principal: Principal, text: bytes) -> bytes:
        try:
            body = QueryBody.model_validate_json(text)
        except ValidationError as error:
            raise wrong_places([{**one, "loc": ("body", *one["loc"])} for one in error.errors()]) from error
        return to_json(_answer(platform, principal, body))

    async def handle(request: Request) -> Response:
        principal = await _principal(request)
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != _JSON:
            raise MediaTypeError(f"Send the question as {_JSON}, not as {media_type or 'nothing that is named'}.")
        content = await run_in_threadpool(answer, principal, await request.body())
        return Response(content, media_type=_JSON)

    class QuestionRoute(APIRoute):
        """The route as FastAPI lists it, with our own way to answer."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            return handle

    return QuestionRoute


def _answer(platform: Platform, principal: Principal, body: QueryBody) -> dict[str, object]:
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
