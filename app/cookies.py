"""The cookies of a sign-in: out of reach of scripts, and where we are reached by https of this very host alone."""

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import Response

from core.settings import Settings


def set_cookie(response: Response, settings: Settings, name: str, value: str, *, max_age: int) -> None:
    """Give the browser a cookie for `max_age` seconds."""
    response.set_cookie(
        settings.cookie_name(name),
        value,
        max_age=max_age,
        httponly=True,
        samesite="lax",
        secure=settings.is_https,
        path="/",
    )


def drop_cookie(response: Response, settings: Settings, name: str) -> None:
    """Take a cookie from the browser."""
    # Without the attributes it was set with a prefixed one is not dropped.
    response.delete_cookie(
        settings.cookie_name(name), httponly=True, samesite="lax", secure=settings.is_https, path="/"
    )


def read_cookie(headers: Headers, settings: Settings, name: str) -> str | None:
    """The value of a cookie, if the request carries it."""
    # Cookies of other programs on the same host come along; one that is odd must not hide ours.
    return cookie_parser(headers.get("cookie", "")).get(settings.cookie_name(name))
