"""Messages that come back: read as mail servers write them, on record once, and nothing more is mailed in vain."""

import email.policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from core.settings import Settings
from services.alerts.alerts import add_alert
from services.alerts.spec import AlertPlan
from services.deliveries.bounces import read_notification
from services.deliveries.deliver import resend
from services.deliveries.history import DeliveryFilter, list_deliveries
from services.deliveries.pulse import has_work
from services.deliveries.schedules import add_schedule
from services.deliveries.spec import DeliveryState, Plan
from services.deliveries.worker import deliver_due
from services.platform import Platform
from tenants.schema import AuditRow
from tests.mail_server import MailServer
from tests.services.deliveries.conftest import MovingClock, World, build_world

# As Postfix writes it.
NOTIFICATION = """\
Return-Path: <>
From: MAILER-DAEMON@mx.acme.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: bounces@plumbline.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

--B1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B1
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.example
Arrival-Date: Mon, 30 Nov 2026 08:00:00 +0000 (UTC)

Final-Recipient: rfc822; whoever@acme.example
Action: {action}
Status: {status}
Remote-MTA: dns; mx.acme.example
Diagnostic-Code: smtp; 550 {status} <whoever@acme.example>:
    Recipient address rejected: User unknown

--B1
Content-Description: Undelivered Message
Content-Type: {kind}

From: Plumbline <reports@plumbline.example>
Message-ID: {message_id}
Subject: Review

--B1--
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A Maildir."""
    for name in ("new", "cur", "tmp"):
        (tmp_path / "returned" / name).mkdir(parents=True)
    return tmp_path / "returned"


@pytest.fixture
def settings(settings: Settings, folder: Path) -> Settings:
    """Returned messages go to a mailbox of their own."""
    returned = {"bounce_folder": folder, "mail_return_path": "bounces@plumbline.example"}
    return settings.model_copy(update=returned)


def notification(
    message_id: str, *, status: str = "5.1.1", action: str = "failed", kind: str = "message/rfc822"
) -> bytes:
    said = NOTIFICATION.format(message_id=message_id, status=status, action=action, kind=kind)
    return said.replace("\n", "\r\n").encode()


def come_back(world: World, folder: Path, to: str, *, status: str = "5.1.1") -> None:
    """The newest message to somebody comes back."""
    message_id = str(world.mail.to(to)[-1]["Message-ID"])
    (folder / "new" / f"{len(world.mail.messages)}.host").write_bytes(notification(message_id, status=status))
    assert has_work(world.platform)
    deliver_due(world.platform)
    assert not any((folder / "new").iterdir())


def states(world: World, to: str) -> list[DeliveryState]:
    return [one.state for one in list_deliveries(world.platform, world.admin, DeliveryFilter(recipient=to))]


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_what_a_server_says_is_read(kind: str) -> None:
    found = read_notification(notification("<a@plumbline.example>", kind=kind))
    assert found is not None
    assert (found.message_id, found.status) == ("<a@plumbline.example>", "5.1.1")
    assert found.said == "550 5.1.1 <whoever@acme.example>: Recipient address rejected: User unknown"


def test_a_delay_or_another_mail_is_no_return() -> None:
    assert read_notification(notification("<a@b>", action="delayed", status="4.4.1")) is None
    other = EmailMessage(policy=email.policy.SMTP)
    other["Subject"] = "Out of office"
    other.set_content("I am away.")
    for content in (bytes(other), b"", b"\xff\x00 no mail", notification("")):
        assert read_notification(content) is None


def test_an_address_that_does_not_exist_gets_nothing_more_until_a_message_stays_there(
    world: World, folder: Path
) -> None:
    ada = world.add("ada", "analyst")
    plan = Plan(name="weekly", notebook="review", cron="0 8 * * mon", recipients=("emma@acme.example", ada.email))
    add_schedule(world.platform, world.admin, plan)
    world.deliver_next()
    come_back(world, folder, "emma@acme.example")
    (bounced,) = list_deliveries(world.platform, world.admin, DeliveryFilter(recipient="emma@acme.example"))
    assert bounced.state is DeliveryState.BOUNCED
    assert "User unknown" in bounced.reason
    world.deliver_next()
    assert states(world, "emma@acme.example") == [DeliveryState.SKIPPED, DeliveryState.BOUNCED]
    assert states(world, ada.email) == [DeliveryState.SENT] * 2
    assert resend(world.platform, world.admin, bounced.id)[0].state is DeliveryState.SENT
    world.deliver_next()
    assert states(world, "emma@acme.example")[0] is DeliveryState.SENT
    with world.platform.session() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "delivery:bounced")).all()
        assert [(row.subject, row.data["status"]) for row in rows] == [("emma@acme.example", "5.1.1")]


def test_a_full_mailbox_stops_after_three_in_a_row_and_the_schedules_maker_is_told(world: World, folder: Path) -> None:
    ada = world.add("ada", "analyst")
    plan = Plan(name="weekly", notebook="review", cron="0 8 * * mon", recipients=("amy@acme.example",))
    add_schedule(world.platform, ada, plan)
    for _ in range(3):
        assert world.mail.to(ada.email) == []
        world.deliver_next()
        come_back(world, folder, "amy@acme.example", status="5.2.2")
    assert states(world, "amy@acme.example") == [DeliveryState.BOUNCED] * 3
    (told,) = world.mail.to(ada.email)
    assert told["Subject"] == "weekly does not reach amy@acme.example"
    assert "5.2.2" in told.get_content()
    world.deliver_next()
    assert states(world, "amy@acme.example")[0] is DeliveryState.SKIPPED
    # An alert is mail too.
    add_alert(
        world.platform, ada, AlertPlan(name="watch", rule="over 1", metric="value", recipients=("amy@acme.example",))
    )
    deliver_due(world.platform)
    assert states(world, "amy@acme.example")[0] is DeliveryState.SKIPPED
    assert len(world.mail.to("amy@acme.example")) == 3


def test_what_tells_of_nothing_is_kept_as_seen_and_a_second_notice_changes_nothing(world: World, folder: Path) -> None:
    world.schedule("emma@acme.example")
    world.deliver_next()
    for name, content in (("1", b"Subject: hello\r\n\r\nhi"), ("2", notification("<unknown@plumbline.example>"))):
        (folder / "new" / name).write_bytes(content)
    deliver_due(world.platform)
    assert sorted(path.name for path in (folder / "cur").iterdir()) == ["1:2,S", "2:2,S"]
    come_back(world, folder, "emma@acme.example", status="5.2.2")
    come_back(world, folder, "emma@acme.example", status="5.1.1")
    (bounced,) = list_deliveries(world.platform, world.admin, DeliveryFilter(recipient="emma@acme.example"))
    assert "5.2.2" in bounced.reason


def test_returned_messages_go_to_the_return_path(settings: Settings, mail: MailServer, clock: MovingClock) -> None:
    senders: list[str] = []
    taken = mail.handle_DATA

    async def take(server: object, session: object, envelope: object) -> str:
        senders.append(str(envelope.mail_from))  # type: ignore[attr-defined]
        return await taken(server, session, envelope)  # type: ignore[arg-type]

    mail.handle_DATA = take  # type: ignore[method-assign, assignment]
    platform = Platform(mail.settings(settings), clock=clock)
    world = build_world(platform, mail, clock)
    world.schedule("emma@acme.example")
    world.deliver_next()
    assert senders == ["bounces@plumbline.example"]
    platform.close()
