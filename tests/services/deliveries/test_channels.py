"""Deliveries into a folder and to a webhook: the same rows, once, and what the other side says."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from core.errors import InvalidError
from services.deliveries.channels.webhook import signing_secret
from services.deliveries.history import DeliveryFilter, list_deliveries
from services.deliveries.spec import DeliveryState
from services.deliveries.worker import deliver_due
from tests.services.deliveries.conftest import World


class Receiver(ThreadingHTTPServer):
    """A webhook's receiver on loopback that answers as told."""

    def __init__(self) -> None:
        self.status = 204
        self.taken: list[tuple[dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Receiver)
        body = self.rfile.read(int(self.headers["content-length"]))
        server.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(server.status)
        self.send_header("location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A running receiver."""
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def allow(world: World, **settings: object) -> None:
    world.platform.settings = world.platform.settings.model_copy(update=settings)


def states(world: World) -> dict[str, str]:
    found = list_deliveries(world.platform, world.admin, DeliveryFilter())
    return {one.recipient.split("@")[0]: f"{one.state.value} {one.reason or one.receipt}" for one in found}


def test_a_folder_holds_each_recipients_own_files(world: World, tmp_path: Path) -> None:
    allow(world, delivery_folder=tmp_path / "out")
    world.schedule("role:manager", formats=("json",), channel={"kind": "folder", "to": "weekly"})
    world.deliver_next()
    files = sorted(path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*.json"))
    assert [str(path) for path in files] == [
        "acme/weekly/2026-11-30T07-00Z/amy@acme.example/review.json",
        "acme/weekly/2026-11-30T07-00Z/emma@acme.example/review.json",
    ]
    content = json.loads((tmp_path / "out" / files[1]).read_text())
    table = next(part for part in content["parts"] if part["rows"] and part["columns"][0]["name"] == "region")
    assert table["rows"] == [["EMEA", 10]]


@pytest.mark.parametrize("name", ["../up", "/etc", "", "A b", "."])
def test_a_folder_cannot_be_left(world: World, tmp_path: Path, name: str) -> None:
    allow(world, delivery_folder=tmp_path / "out")
    with pytest.raises(InvalidError, match="cannot be a folder of deliveries"):
        world.schedule("role:manager", channel={"kind": "folder", "to": name})


def test_a_folder_needs_the_operators_word(world: World) -> None:
    with pytest.raises(InvalidError, match="PLUMBLINE_DELIVERY_FOLDER"):
        world.schedule("role:manager", channel={"kind": "folder", "to": "weekly"})


def test_a_folder_that_cannot_be_written_is_tried_again(world: World, tmp_path: Path) -> None:
    allow(world, delivery_folder=tmp_path / "out")
    (tmp_path / "out").write_text("a file stands where the folder should be")
    world.schedule("emma@acme.example", formats=("json",), channel={"kind": "folder", "to": "weekly"})
    world.deliver_next()
    assert states(world)["emma"].startswith("rendered ")
    (tmp_path / "out").unlink()
    world.clock.move(minutes=1)
    deliver_due(world.platform)
    assert states(world)["emma"].startswith("sent 2 files in ")


def test_a_webhook_is_signed_and_carries_the_recipients_own_rows(world: World, receiver: Receiver) -> None:
    allow(world, outbound_hosts="127.0.0.1")
    world.schedule("emma@acme.example", formats=("json",), channel={"kind": "webhook", "to": receiver.address})
    world.deliver_next()
    ((headers, body),) = receiver.taken
    secret = base64.b64decode(signing_secret(world.platform, world.admin.tenant).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    data = json.loads(body)["data"]
    assert (data["schedule"], data["recipient"]) == ("weekly", "emma@acme.example")
    content = base64.b64decode(data["files"][0]["content"])
    assert b"EMEA" in content
    assert b"AMER" not in content
    assert states(world) == {"emma": "sent Status 204"}


@pytest.mark.parametrize(("status", "state"), [(500, "rendered"), (429, "rendered"), (410, "failed"), (302, "failed")])
def test_what_a_webhook_answers_decides_whether_it_is_tried_again(
    world: World, receiver: Receiver, status: int, state: str
) -> None:
    allow(world, outbound_hosts="127.0.0.1")
    receiver.status = status
    world.schedule("emma@acme.example", formats=("json",), channel={"kind": "webhook", "to": receiver.address})
    world.deliver_next()
    assert states(world)["emma"].startswith(state)
    receiver.status = 200
    world.clock.move(minutes=1)
    deliver_due(world.platform)
    ids = {headers["webhook-id"] for headers, _ in receiver.taken}
    assert len(ids) == 1
    assert len(receiver.taken) == (2 if state == "rendered" else 1)


def test_a_webhook_into_the_operators_network_is_refused(world: World, receiver: Receiver) -> None:
    address = receiver.address.replace("http:", "https:")
    world.schedule("emma@acme.example", formats=("json",), channel={"kind": "webhook", "to": address})
    world.deliver_next()
    (found,) = list_deliveries(world.platform, world.admin, DeliveryFilter())
    assert found.state is DeliveryState.FAILED
    assert "not a public address" in found.reason
    with pytest.raises(InvalidError, match="not an https address"):
        world.schedule("emma@acme.example", name="plain", channel={"kind": "webhook", "to": receiver.address})
