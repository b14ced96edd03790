"""The one shape of an error in JSON: `{"error": {"code", "message", "data"}}`."""

import logging
from collections.abc import Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse

from core.errors import AppError, InvalidError, UserError
from core.ids import new_reference

log = logging.getLogger("plumbline.api")


class MediaTypeError(UserError):
    """A body that says it is something else than what is read here."""

    code = "media_type"
    status = 415


def error_body(error: Exception) -> tuple[int, dict[str, object]]:
    """The status and body for an error; one that may not be shown is logged under a reference and told by it."""
    if isinstance(error, UserError):
        return error.status, {"code": error.code, "message": error.message, "data": dict(error.data)}
    reference = new_reference()
    log.error("unforeseen error %s", reference, exc_info=error)
    status = error.status if isinstance(error, AppError) else 500
    message = f"Something went wrong here. The log has it under {reference}."
    return status, {"code": "internal", "message": message, "data": {"reference": reference}}


async def on_error(_request: Request, error: Exception) -> JSONResponse:
    """Answer a request whose handler raised."""
    status, body = error_body(error)
    return JSONResponse({"error": body}, status_code=status)


async def on_invalid(request: Request, error: Exception) -> JSONResponse:
    """Answer a request whose body or parameters do not fit: every place that is wrong, in words."""
    if not isinstance(error, RequestValidationError):
        return await on_error(request, error)
    return await on_error(request, wrong_places(error.errors()))


def wrong_places(errors: Sequence[Any]) -> InvalidError:
    """What to answer where pydantic has found errors: every place that is wrong, in words."""
    places = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in errors]
    return InvalidError("; ".join(places))
