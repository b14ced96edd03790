"""`plumbline serve`: takes the data folder, listens, prints sign-in links, and stops gracefully."""

import asyncio
import gc
import os
import resource
import signal
import socket
import sys
from types import FrameType
from typing import NoReturn

import uvicorn

from app.cli.output import show_json, show_progress, show_text
from core.errors import ConflictError
from core.ids import new_token
from core.settings import Settings
from services.demo import build_demo, demo_links
from services.owner import FolderLock, Owner
from services.platform import Platform

_GRACE_S = 5
# By default the interpreter looks for garbage after 700 new objects; a page makes many more, few of them in rings.
_GARBAGE_AFTER = 20_000


def serve_until_stopped(settings: Settings, *, with_demo: bool, as_json: bool) -> None:
    """Serve until SIGINT or SIGTERM. Raises ConflictError when the port or the data folder is taken."""
    # What answers a browser waits for its turn among threads that compute: less long than by default.
    sys.setswitchinterval(0.001)
    _allow_many_files()
    with FolderLock(settings.folder) as lock, _listen(settings) as listener:
        settings = settings.model_copy(update={"port": listener.getsockname()[1]})
        platform = Platform(settings)
        try:
            if with_demo:
                build_demo(platform, show_progress)
            _serve(platform, listener, lock, with_demo=with_demo, as_json=as_json)
        finally:
            platform.close()


def _serve(platform: Platform, listener: socket.socket, lock: FolderLock, *, with_demo: bool, as_json: bool) -> None:
    # All that is made until the server listens stays; looking for garbage among it would only take time.
    gc.disable()
    from app.main import create_app

    token = new_token()
    links = demo_links(platform) if with_demo else []

    def on_ready() -> None:
        gc.freeze()
        gc.enable()
        gc.set_threshold(_GARBAGE_AFTER)
        lock.announce(Owner(pid=os.getpid(), port=platform.settings.port, token=token))
        _announce(platform.settings.address, links, as_json=as_json)

    application = create_app(platform, local_token=token, on_ready=on_ready)
    config = uvicorn.Config(
        application,
        log_level="warning",
        timeout_graceful_shutdown=_GRACE_S,
        server_header=False,
        proxy_headers=False,
        ws="websockets-sansio",
    )
    # After its graceful stop the server raises the signal again; then the stores are closed and the exit code is 0.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))


def _allow_many_files() -> None:
    """Raise the soft limit of open files: each page a reader has open takes some."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 8192 if hard == resource.RLIM_INFINITY else min(8192, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _announce(address: str, links: list[dict[str, str]], *, as_json: bool) -> None:
    if as_json:
        show_json({"address": address, "links": links})
        return
    show_text(f"\nPlumbline is running on {address}\n")
    for link in links:
        show_text(f"  {link['name']}, {link['role']} at {link['tenant']}\n    {link['link']}")
    if links:
        show_text("\nOpen a link and press Sign in; each works once. Start again for new ones. Stop with Ctrl+C.")


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise ConflictError(
            f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}). "
            f"Choose another: make run PORT={settings.port + 10}, or --port."
        ) from error
    return listener
