"""An API on loopback whose records a test decides, and which can be told to fail in many ways."""

import contextlib
import datetime as dt
import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

Query = Mapping[str, str]
Answerer = Callable[[str, str, Query, object], tuple[int, Mapping[str, str], object]]

Fault = tuple[int, Mapping[str, str]] | str


class ApiServer:
    """Answers by `answer(method, path, query, body)`; the next faults come first, one for each request.

    A fault is a status with header fields, or one of `reset`, `truncate` and `hang`.
    """

    def __init__(self, answer: Answerer) -> None:
        self.answer = answer
        self.faults: deque[Fault | None] = deque()
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.released = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.handle(self, "GET")

            def do_POST(self) -> None:
                outer.handle(self, "POST")

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def delay_faults(self, *, after: int, faults: Sequence[Fault]) -> None:
        """Let so many requests be answered, then let the faults come. The first request is the source's check."""
        self.faults.extend([*[None] * after, *faults])

    def handle(self, handler: BaseHTTPRequestHandler, method: str) -> None:
        """One request."""
        parts = urlsplit(handler.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        length = int(handler.headers.get("content-length") or 0)
        raw = handler.rfile.read(length)
        is_json = "json" in (handler.headers.get("content-type") or "")
        body: object = json.loads(raw) if raw and is_json else raw.decode()
        token = handler.headers.get("x-api-token", "")
        query = {**query, "authorization": handler.headers.get("authorization", token)}
        self.requests.append((method, parts.path, query))
        fault = self.faults.popleft() if self.faults else None
        if fault == "hang":
            self.released.wait(30)
            return
        if isinstance(fault, tuple):
            self._send(handler, fault[0], fault[1], b'{"message": "fault"}')
            return
        status, headers, content = self.answer(method, parts.path, query, body)
        text = content if isinstance(content, bytes) else json.dumps(content, default=_plain).encode()
        if fault == "truncate":
            text = text[: len(text) // 2]
        self._send(handler, status, headers, text, is_reset=fault == "reset")

    def _send(
        self,
        handler: BaseHTTPRequestHandler,
        status: int,
        headers: Mapping[str, str],
        text: bytes,
        *,
        is_reset: bool = False,
    ) -> None:
        handler.send_response_only(status)
        handler.send_header("Content-Length", str(len(text)))
        for name, value in {"Date": handler.date_time_string(), "Content-Type": "application/json", **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        if is_reset:
            handler.wfile.write(text[: len(text) // 2])
            handler.wfile.flush()
            # To close without lingering sends a reset instead of an end.
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
            return
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            handler.wfile.write(text)

    def close(self) -> None:
        """Stop answering."""
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def serving(answer: Answerer) -> Iterator[ApiServer]:
    """A server for the block."""
    server = ApiServer(answer)
    try:
        yield server
    finally:
        server.close()


def _plain(value: object) -> str:
    assert isinstance(value, dt.date)
    return value.isoformat()
