"""The composition root: one ASGI application of pages, API, sign-in and health, behind the sign-in gate."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import text
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from app.bundle import Bundle
from app.deferred import Deferred
from app.delivered import delivered_routes
from app.delivering import Delivering
from app.direct import Direct
from app.gate import SigninGate
from app.signin import signin_routes
from app.sso import sso_routes
from app.ui.configuration import configure
from app.ui.context import start_pages
from app.unsubscribe import unsubscribe_routes
from app.warming import Warming
from services.platform import Platform

_SCRIPT = Path(__file__).parent / "script.py"


def create_app(platform: Platform, *, local_token: str, on_ready: Callable[[], None] = lambda: None) -> ASGIApp:
    """The application for an ASGI server, which owns `platform`. `on_ready` is called once everything is started."""
    configure(upload_max_mb=platform.settings.upload_max_mb)
    from streamlit.starlette import App

    from app.ui.failure import draw_failure

    start_pages(platform)
    api = Mount("/api", Deferred(lambda: _build_api(platform, local_token)))
    warming = Warming(platform)

    @asynccontextmanager
    async def lifespan(_app: App) -> AsyncIterator[None]:
        on_ready()
        delivering = Delivering(platform)
        delivering.start()
        yield
        await run_in_threadpool(warming.stop)
        await run_in_threadpool(delivering.stop)

    return App(
        _SCRIPT,
        routes=[
            *_health_routes(platform),
            *sso_routes(platform),
            *signin_routes(platform, warming),
            *unsubscribe_routes(platform),
            *delivered_routes(platform),
            api,
        ],
        middleware=[
            Middleware(SigninGate, platform=platform, warming=warming),
            Middleware(Direct, api=api),
            Middleware(Bundle),
        ],
        lifespan=lifespan,
        on_script_error=draw_failure,
    )


def _build_api(platform: Platform, local_token: str) -> ASGIApp:
    from api.routes import build_api

    return build_api(platform, local_token=local_token)


def _health_routes(platform: Platform) -> list[BaseRoute]:
    async def alive(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    def check() -> None:
        with platform.session() as session:
            session.execute(text("SELECT 1"))

    async def ready(_request: Request) -> Response:
        try:
            await run_in_threadpool(check)
        except Exception as error:
            return JSONResponse({"status": "metadata unavailable", "error": type(error).__name__}, status_code=503)
        return JSONResponse({"status": "ok"})

    return [Route("/healthz", alive), Route("/readyz", ready)]
