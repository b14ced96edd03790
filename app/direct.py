"""The way of the API's requests past what Streamlit does for pages: sessions of its own, compression, checks of paths.

With them a question costs the event loop, which all members share, a quarter more.
"""

from starlette.routing import Match, Mount
from starlette.types import ASGIApp, Receive, Scope, Send


class Direct:
    """ASGI middleware that hands the API its requests at once, and lets everything else through."""

    def __init__(self, app: ASGIApp, *, api: Mount) -> None:
        self.app = app
        self.api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        match, found = self.api.matches(scope) if scope["type"] == "http" else (Match.NONE, {})
        if match is Match.FULL:
            await self.api.handle({**scope, **found}, receive, send)
        else:
            await self.app(scope, receive, send)
