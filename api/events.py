"""Events in, under /api/events/v1: who holds a tenant's write key adds events, and can do nothing else."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from api.errors import error_body
from core.errors import ForbiddenError, LimitError
from services.events.batch import MOST_BYTES
from services.events.receive import Received, receive_events
from services.platform import Platform

PATH = "/events/v1"


def event_routes(platform: Platform) -> list[BaseRoute]:
    """The route."""

    async def receive(request: Request) -> JSONResponse:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            return _refuse(401, "unauthorized", "Send a write key as a bearer token.")
        try:
            body = await _body(request)
            received = await run_in_threadpool(receive_events, platform, key.strip(), body)
        except ForbiddenError as error:
            return _refuse(401, error.code, error.message)
        except Exception as error:
            status, told = error_body(error)
            return JSONResponse({"error": told}, status_code=status)
        return JSONResponse(_told(received), status_code=200 if received.added or received.known else 422)

    return [Route(PATH, receive, methods=["POST"])]


async def _body(request: Request) -> bytes:
    """The body, which is read no further than it may be long. Raises LimitError."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise LimitError(f"A batch has at most {MOST_BYTES:,} bytes. Send it in parts.")
    return body


def _told(received: Received) -> dict[str, object]:
    refused = [{"index": one.index, "reason": one.reason} for one in received.refused]
    return {"added": received.added, "known": received.known, "refused": refused}


def _refuse(status: int, code: str, message: str) -> JSONResponse:
    headers = {"www-authenticate": "Bearer"}
    return JSONResponse({"error": {"code": code, "message": message, "data": {}}}, status_code=status, headers=headers)
