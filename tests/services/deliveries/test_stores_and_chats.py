"""Deliveries into an S3-compatible store, to Slack and to Teams, and files too large for a message; all on loopback."""

import io
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pypdf
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.delivered import delivered_routes
from core.errors import InvalidError
from services.deliveries.channels.slack import connect_slack
from services.deliveries.history import DeliveryFilter, list_deliveries
from services.deliveries.worker import deliver_due
from tests.mail_server import attachments, html_of
from tests.services.deliveries.conftest import World

TOKEN = "xoxb-1-2-three"


@dataclass
class Chat:
    """Slack's methods and a Teams workflow on loopback; `refusals` are Slack's errors by method."""

    address: str = ""
    refusals: dict[str, str] = field(default_factory=dict)
    status: int = 200
    posts: list[dict[str, str]] = field(default_factory=list)
    uploads: list[bytes] = field(default_factory=list)
    cards: list[dict[str, object]] = field(default_factory=list)

    def answer(self, method: str, given: dict[str, str]) -> dict[str, object]:
        """What Slack answers to a method, as its reference shows it."""
        if method in self.refusals:
            return {"ok": False, "error": self.refusals[method]}
        if method == "users.lookupByEmail":
            return {"ok": True, "user": {"id": "U" + given["email"].split("@")[0].upper()}}
        if method == "conversations.open":
            return {"ok": True, "channel": {"id": "D" + given["users"]}}
        if method == "chat.postMessage":
            self.posts.append(given)
            return {"ok": True, "channel": given["channel"], "ts": "1.5"}
        if method == "files.getUploadURLExternal":
            return {"ok": True, "upload_url": f"{self.address}/upload", "file_id": "F1"}
        self.posts.append(given)
        return {"ok": True, "files": [{"id": "F1", "title": "review"}]}


@contextmanager
def chatting() -> Iterator[Chat]:
    """A running server."""
    chat = Chat()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"] or 0))
            name = self.path.rpartition("/")[2]
            if name == "upload":
                chat.uploads.append(body)
                self._say(b"OK")
            elif name == "card":
                chat.cards.append(json.loads(body))
                self._say(b"1", chat.status)
            else:
                assert self.headers["authorization"] == f"Bearer {TOKEN}"
                is_json = "json" in self.headers["content-type"]
                given = json.loads(body) if is_json else {k: v[0] for k, v in parse_qs(body.decode()).items()}
                self._say(json.dumps(chat.answer(name, given)).encode())

        do_GET = do_POST  # noqa: N815 - the name the server looks for

        def _say(self, body: bytes, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    chat.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield chat
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def chat() -> Iterator[Chat]:
    """A running chat."""
    with chatting() as running:
        yield running


def allow(world: World, **settings: object) -> None:
    world.platform.settings = world.platform.settings.model_copy(update=settings)


def states(world: World) -> dict[str, str]:
    """How the newest delivery to each stands."""
    found = list_deliveries(world.platform, world.admin, DeliveryFilter())
    return {one.recipient.split("@")[0]: f"{one.state.value} {one.reason or one.receipt}" for one in reversed(found)}


def test_slack_tells_each_reader_directly_of_their_own_rows(world: World, chat: Chat) -> None:
    allow(world, slack_url=f"{chat.address}/api/")
    world.schedule("emma@acme.example", "amy@acme.example", channel={"kind": "slack"})
    world.deliver_next()
    assert states(world)["emma"].startswith("failed Slack is not connected")
    with pytest.raises(InvalidError, match="begins with xoxb-"):
        connect_slack(world.platform, world.admin, "secret")
    connect_slack(world.platform, world.admin, TOKEN)
    chat.refusals = {"users.lookupByEmail": "ratelimited"}
    world.deliver_next()
    assert states(world)["emma"] == "rendered Slack says ratelimited."
    chat.refusals = {}
    world.clock.move(minutes=2)
    deliver_due(world.platform)
    assert states(world)["emma"] == "sent DUEMMA 1.5"
    messages = {post["channel"]: json.dumps(post["blocks"]) for post in chat.posts if "blocks" in post}
    assert set(messages) == {"DUEMMA", "DUAMY"}
    assert "EMEA" in messages["DUEMMA"]
    assert "AMER" not in messages["DUEMMA"]
    assert "AMER" in messages["DUAMY"]
    texts = ["".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(_pdf(b))).pages) for b in chat.uploads]
    assert sorted("EMEA" in text.split("Rows where")[0] for text in texts) == [False, True]
    assert {post["thread_ts"] for post in chat.posts if "files" in post} == {"1.5"}


def _pdf(body: bytes) -> bytes:
    """The file of an upload, be it sent as it is or as a form."""
    return body[body.index(b"%PDF") : body.rindex(b"%%EOF") + 6]


def test_a_channel_that_many_read_gets_the_rows_of_one_named_member(world: World, chat: Chat) -> None:
    allow(world, outbound_hosts="127.0.0.1", slack_url=f"{chat.address}/api/")
    for channel in ({"kind": "teams", "to": f"{chat.address}/card"}, {"kind": "slack", "to": "C1"}):
        for recipients in (("role:manager",), ("emma@acme.example", "amy@acme.example")):
            with pytest.raises(InvalidError, match="name exactly one recipient"):
                world.schedule(*recipients, channel=channel)
    with pytest.raises(InvalidError, match="is not a Slack channel"):
        world.schedule("emma@acme.example", channel={"kind": "slack", "to": "#sales"})
    chat.status = 503
    world.schedule("emma@acme.example", channel={"kind": "teams", "to": f"{chat.address}/card"})
    world.deliver_next()
    assert states(world)["emma"] == "rendered Status 503"
    chat.status = 202
    world.clock.move(minutes=2)
    deliver_due(world.platform)
    card = chat.cards[-1]["attachments"][0]["content"]  # type: ignore[index]
    assert card["type"] == "AdaptiveCard"
    assert "EMEA" in card["body"][1]["text"]
    assert "AMER" not in card["body"][1]["text"]
    (action,) = card["actions"]
    client = TestClient(Starlette(routes=delivered_routes(world.platform)))
    path = action["url"].removeprefix("http://localhost:8080")
    opened = client.get(path)
    assert (opened.status_code, opened.content[:5]) == (200, b"%PDF-")
    assert client.get(path.replace("review.pdf", "message.html")).status_code == 404
    assert client.get(re.sub(r"/\d+\.", "/99999999999.", path)).status_code == 404
    world.clock.move(days=8)
    assert client.get(path).status_code == 404


def test_files_too_large_for_a_message_become_links(world: World) -> None:
    allow(world, mail_max_mb=0.001)
    world.schedule("emma@acme.example")
    world.deliver_next()
    (message,) = world.mail.to("emma@acme.example")
    assert attachments(message) == {}
    found = re.search(r'href="http://localhost:8080(/delivered/[^"]+/review.pdf)"', html_of(message))
    assert found is not None
    opened = TestClient(Starlette(routes=delivered_routes(world.platform))).get(found[1])
    (kept,) = list_deliveries(world.platform, world.admin, DeliveryFilter())
    assert len(opened.content) == kept.files[2].size


def test_a_bucket_holds_each_recipients_own_files(world: World) -> None:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    with pytest.raises(InvalidError, match="PLUMBLINE_DELIVERY_BUCKET"):
        world.schedule("emma@acme.example", channel={"kind": "s3", "to": "weekly"})
    allow(
        world, delivery_bucket="reports/plumbline", delivery_bucket_endpoint=address, delivery_bucket_key="key",
        delivery_bucket_secret=SecretStr("secret"),
    )  # fmt: skip
    with pytest.raises(InvalidError, match="cannot be a folder of deliveries"):
        world.schedule("emma@acme.example", channel={"kind": "s3", "to": "../up"})
    world.schedule("role:manager", formats=("json",), channel={"kind": "s3", "to": "weekly"})
    world.deliver_next()
    assert states(world)["emma"].startswith("rendered The bucket cannot be written")
    import boto3

    client = boto3.client(
        "s3", endpoint_url=address, aws_access_key_id="key", aws_secret_access_key="secret", region_name="us-east-1"
    )
    client.create_bucket(Bucket="reports")
    world.clock.move(minutes=2)
    deliver_due(world.platform)
    assert states(world)["emma"].startswith("sent 2 objects in reports/plumbline/acme/weekly/")
    keys = sorted(one["Key"] for one in client.list_objects_v2(Bucket="reports")["Contents"])
    place = "plumbline/acme/weekly/2026-11-30T07-00Z"
    assert keys == [
        f"{place}/{name}@acme.example/{file}" for name in ("amy", "emma") for file in ("message.html", "review.json")
    ]
    body = json.loads(client.get_object(Bucket="reports", Key=keys[-1])["Body"].read())
    assert "EMEA" in json.dumps(body)
    assert "AMER" not in json.dumps(body)
    client.close()
    server.stop()
