"""The pages' own scripts and styles, a hundred files for a first page, from Streamlit's package.

They are read in the event loop: each is in the memory of the system already, and handing it to a thread takes longer
than reading it, all the more while other threads import what the page is made of.
"""

from functools import cache
from pathlib import Path
from typing import Final

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX: Final = "/static/"
# What every page needs, and the browser would ask for only once the page's first elements have arrived.
_NEEDED: Final = (
    "Autocomplete",
    "BidiComponent",
    "ButtonGroup",
    "Html",
    "MenuButton",
    "WidgetLabel",
    "WidgetLabelHelpIconInline",
    "_arrayReduce",
    "purify.es",
    "recordbatch",
    "serialization",
    "useBasicWidgetState",
    "useCollator",
    "useLoadMoreSentinel",
)
_TYPES: Final = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".woff2": "font/woff2"}
# The name of each file has its content's hash in it.
_FOREVER: Final = "public, immutable, max-age=31536000"


class Bundle:
    """ASGI middleware that answers for the bundle, and lets everything else through."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        file = _files().get(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        if file is None:
            await self.app(scope, receive, send)
            return
        response = Response(file.read_bytes(), media_type=_TYPES[file.suffix], headers={"cache-control": _FOREVER})
        await response(scope, receive, send)


@cache
def _files() -> dict[str, Path]:
    """The files by the path they are asked for."""
    import streamlit

    # What is asked for below /static/ is in the folder's own folder `static`.
    folder = Path(streamlit.__file__).parent / "static"
    found = (file for file in folder.rglob("*") if file.suffix in _TYPES)
    return {f"/{file.relative_to(folder).as_posix()}": file for file in found}


@cache
def preload_header() -> str:
    """A `Link` header that lets the browser fetch with a page what its first elements will need."""
    names = [path for path in _files() if path.startswith(f"{PREFIX}js/")]
    needed = [path for path in names if path.removeprefix(f"{PREFIX}js/").rsplit(".", 2)[0] in _NEEDED]
    return ", ".join(f"<{path}>; rel=modulepreload" for path in sorted(needed))
