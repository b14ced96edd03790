"""Runs a page as a browser does, over the pages' websocket, and keeps what the server said to draw."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from google.protobuf.message import Message
from starlette.testclient import WebSocketTestSession
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from app.ui.context import SESSION_COOKIE
from tests.app.conftest import Running

# Made anew for each run, or made of what a widget holds: they tell a reader nothing.
_MADE_UP = re.compile(r"(^|_)(id|hash|name_hash|url|file_id|page_script_hash|query_string)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What a page showed in the end: its texts in order, its bytes, and whether its address led to a page at all."""

    texts: tuple[str, ...]
    raw: bytes
    is_found: bool


def run_page(
    app: Running, cookie: str, path: str, params: Mapping[str, str] | None = None, *, below: str = ""
) -> Drawn:
    """Open `path` with these parameters, signed in by that cookie, and let its script run to the end.

    `below` is a guest's address, below which the pages answer as well.
    """
    with _opened(app, cookie, path, params or {}, below) as (_, said):
        pass
    # What is drawn at a place replaces what was there: a skeleton, until the rest has come.
    places = {tuple(one.metadata.delta_path): one.delta for one in said if one.WhichOneof("type") == "delta"}
    drawn = [places[place] for place in sorted(places)]
    return Drawn(
        texts=tuple(text for one in drawn for text in _texts(one)),
        raw=b"".join(one.SerializeToString() for one in drawn),
        is_found=all(one.WhichOneof("type") != "page_not_found" for one in said),
    )


@contextmanager
def open_upload(app: Running, cookie: str) -> Iterator[str]:
    """The address that an open page is told to put a file at."""
    asked = BackMsg()
    asked.file_urls_request.file_names.append("rows.csv")
    with _opened(app, cookie, "", {}) as (socket, _):
        socket.send_bytes(asked.SerializeToString())
        while True:
            said = ForwardMsg.FromString(socket.receive_bytes())
            if said.WhichOneof("type") == "file_urls_response":
                yield said.file_urls_response.file_urls[0].upload_url
                return


@contextmanager
def _opened(
    app: Running, cookie: str, path: str, params: Mapping[str, str], below: str = ""
) -> Iterator[tuple[WebSocketTestSession, list[ForwardMsg]]]:
    """The websocket of a page whose script has run, and what was said until then."""
    headers = {"cookie": f"{SESSION_COOKIE}={cookie}", "origin": "http://localhost:8080", "host": "localhost:8080"}
    asked = BackMsg()
    asked.rerun_script.page_name = path
    asked.rerun_script.query_string = urlencode(params)
    with app.client.websocket_connect(f"{below}/_stcore/stream", subprotocols=["streamlit"], headers=headers) as socket:
        socket.send_bytes(asked.SerializeToString())
        yield socket, list(_said(socket))


def _said(socket: WebSocketTestSession) -> Iterator[ForwardMsg]:
    """The messages until the script has run; a page that begins again goes on."""
    while True:
        message = ForwardMsg.FromString(socket.receive_bytes())
        yield message
        has_ended = message.WhichOneof("type") == "script_finished"
        if has_ended and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return


def _texts(message: Message) -> Iterator[str]:
    for field, value in message.ListFields():
        if _MADE_UP.search(field.name):
            continue
        for one in value if field.is_repeated else [value]:
            if isinstance(one, Message):
                yield from _texts(one)
            elif isinstance(one, str) and one:
                yield one
