"""An ASGI application that is built when it is first asked: what nobody uses costs no time at start, and no memory."""

import threading
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send


class Deferred:
    """Stands in for an application; `build` is called once, in a thread."""

    def __init__(self, build: Callable[[], ASGIApp]) -> None:
        self._build = build
        self._app: ASGIApp | None = None
        self._building = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        app = await run_in_threadpool(self._made) if self._app is None else self._app
        await app(scope, receive, send)

    def _made(self) -> ASGIApp:
        with self._building:
            self._app = self._build() if self._app is None else self._app
            return self._app
