"""Serves the gallery on a loopback port: the set-up of the product, without its data.

python -m tests.app_ui.server [PORT]
"""

import socket
import sys
from pathlib import Path

import uvicorn
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from streamlit.starlette import App

from app.ui.configuration import APP
from app.ui.parts import configure

GALLERY = Path(__file__).resolve().parent / "gallery.py"


async def _signed_out(request: Request) -> Response:
    return HTMLResponse(f"<h1>Signed out by {request.method}</h1>")


def build() -> App:
    """The gallery as an application."""
    configure()
    return App(
        GALLERY,
        routes=[
            # Streamlit serves the folder `static` beside the script; here the script is in another folder.
            Mount("/app/static", StaticFiles(directory=APP / "static")),
            Route("/signout", _signed_out, methods=["GET", "POST"]),
        ],
    )


def main() -> None:
    """Print the address, then serve until the process is ended."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    with socket.create_server(("127.0.0.1", port)) as listener:
        sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        uvicorn.Server(uvicorn.Config(build(), log_level="warning")).run(sockets=[listener])


if __name__ == "__main__":
    main()
