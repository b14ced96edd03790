"""The pages' websocket: opened by our own pages only, never for an earlier session, and cut when its session ends."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

_RECHECK_S: Final = 3.0
SIGNED_OUT: Final = 4401


class Watched:
    """An open websocket that is closed when its session has ended, also while the browser says nothing."""

    def __init__(
        self, receive: Receive, send: Send, is_signed_in: Callable[[bool], bool], hear: Callable[[bytes], None]
    ) -> None:
        self._receive = receive
        self._send = send
        self._is_signed_in = is_signed_in
        self._hear = hear
        self._pending: asyncio.Task[Message] | None = None
        self._checked_at = time.monotonic()
        self._is_closed = False

    async def receive(self) -> Message:
        """The next message, or a disconnect once the session has ended."""
        if self._pending is None:
            self._pending = asyncio.ensure_future(self._receive())
        while True:
            done, _ = await asyncio.wait({self._pending}, timeout=_RECHECK_S)
            if time.monotonic() - self._checked_at >= _RECHECK_S:
                self._checked_at = time.monotonic()
                if not await run_in_threadpool(self._is_signed_in, bool(done)):
                    return await self._close()
            if done:
                message, self._pending = self._pending.result(), None
                return message

    async def send(self, message: Message) -> None:
        """Pass a message on; what a page still says after the end is dropped."""
        if not self._is_closed:
            self._hear(message.get("bytes") or b"")
            await self._send(message)

    async def _close(self) -> Message:
        if self._pending is not None:
            self._pending.cancel()
        self._is_closed = True
        await self._send({"type": "websocket.close", "code": SIGNED_OUT, "reason": "signed out"})
        return {"type": "websocket.disconnect", "code": SIGNED_OUT, "reason": "signed out"}


def is_from_here(headers: Headers) -> bool:
    """Whether a page of this very host and port opened the connection; a client that is no browser sends no Origin."""
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")


def forget_session(scope: Scope) -> None:
    """Let every websocket begin a session of its own.

    A browser asks by the third entry of its protocols to go on with an earlier session, which is whoever's it was:
    after signing out and in again, it would show one member the state of another.
    """
    scope["subprotocols"] = scope.get("subprotocols", [])[:2]
    scope["headers"] = [
        (name, b",".join(value.split(b",")[:2]) if name == b"sec-websocket-protocol" else value)
        for name, value in scope["headers"]
    ]
