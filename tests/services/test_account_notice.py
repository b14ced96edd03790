"""A member is told by mail of what changed about how they sign in, later where the mail server is down."""

import datetime as dt

import pyotp
import pytest
from sqlalchemy import select

from core.clock import as_utc
from core.errors import InvalidError
from core.origin import begin_request
from services.account import change_password
from services.account_notice import send_due_notices
from services.notice_pulse import has_due_notice
from services.organisation import add_member
from services.platform import Platform
from services.scim.directory import directory_principal
from services.scim.users import patch_user
from services.second_factor import begin_enrolment, confirm_enrolment, remove_factor, reset_factor
from services.signin import sign_in_with_password
from tenants.access import Principal
from tenants.notice_schema import NoticeRow
from tenants.schema import AuditRow
from tests.mail_server import MailServer
from tests.services.deliveries.conftest import MovingClock
from tests.services.sso.conftest import prove
from tests.services.test_account import PASSWORD
from tests.services.test_invitations import boss_of, clock, mail, mailing

__all__ = ["clock", "mail", "mailing"]
NEW = "staple battery horse"


def told(mail: MailServer) -> list[tuple[str, str]]:
    """To whom, and the first line, of each mail; then they are forgotten."""
    found = [(str(one["To"]), one.get_content().splitlines()[0]) for one in mail.messages]
    mail.messages.clear()
    return found


def said(platform: Platform) -> list[bool]:
    with platform.session() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "member:told").order_by(AuditRow.at)).all()
    return [bool(row.data["is_sent"]) for row in rows]


def waiting(platform: Platform) -> list[NoticeRow]:
    with platform.session() as session:
        found = list(session.scalars(select(NoticeRow)))
        session.expunge_all()
    return found


def changed(platform: Platform) -> Principal:
    """A member who has just changed their password."""
    boss = boss_of(platform)
    eve = add_member(platform, boss, email="eve@acme.example", name="Eve", role="analyst", password=PASSWORD)
    change_password(platform, eve, None, present=PASSWORD, new=NEW)
    return eve


def test_each_change_is_told_to_whom_it_concerns(mailing: Platform, mail: MailServer) -> None:
    begin_request("192.0.2.7", "<b>\r\nBcc: all@evil.example")
    boss = boss_of(mailing)
    eve = add_member(mailing, boss, email="eve@acme.example", name="Eve", role="analyst", password=PASSWORD)
    change_password(mailing, eve, None, present=PASSWORD, new=NEW)
    # The change does not wait for the mail server.
    assert (mail.messages, has_due_notice(mailing)) == ([], True)
    send_due_notices(mailing)
    assert not has_due_notice(mailing)
    text = mail.messages[0].get_content()
    assert "from 192.0.2.7" in text
    # What a browser calls itself is its own to say, and not repeated.
    assert "evil.example" not in mail.raw[0].decode()
    assert told(mail) == [("eve@acme.example", "On Plumbline, your password was changed.")]
    code = pyotp.TOTP(begin_enrolment(mailing, eve).key).at(mailing.clock())
    confirm_enrolment(mailing, eve, code)
    reset_factor(mailing, boss, eve.email)
    send_due_notices(mailing)
    assert told(mail) == [
        ("eve@acme.example", "On Plumbline, a second factor was set up for you."),
        ("eve@acme.example", "On Plumbline, your second factor was removed by boss@acme.example."),
    ]
    prove(mailing, boss, "acme.example")
    change = {"op": "replace", "path": "userName", "value": "eva@acme.example"}
    patch_user(mailing, directory_principal(boss.tenant), str(eve.member_id), {"Operations": [change]})
    send_due_notices(mailing)
    assert [to for to, _ in told(mail)] == ["eve@acme.example", "eva@acme.example"]
    assert said(mailing) == [True] * 5
    begin_request("")


def test_a_mail_that_is_refused_undoes_nothing_and_is_on_record(mailing: Platform, mail: MailServer) -> None:
    eve = changed(mailing)
    mail.refusal = lambda _recipient: "550 no such person"
    send_due_notices(mailing)
    assert sign_in_with_password(mailing, eve.email, NEW)
    assert said(mailing) == [False]
    assert waiting(mailing) == []


def test_a_mail_server_that_is_down_is_tried_again_until_it_takes_the_mail(
    mailing: Platform, mail: MailServer, clock: MovingClock
) -> None:
    changed(mailing)
    mail.refusal = lambda _recipient: "451 later"
    for minutes in (1, 5, 30, 120):
        send_due_notices(mailing)
        [notice] = waiting(mailing)
        assert as_utc(notice.due_at) == clock.now + dt.timedelta(minutes=minutes)
        # Nothing is tried before its time.
        send_due_notices(mailing)
        assert [one.tries for one in waiting(mailing)] == [notice.tries]
        clock.now = as_utc(notice.due_at)
    mail.refusal = lambda _recipient: ""
    send_due_notices(mailing)
    assert [to for to, _ in told(mail)] == ["eve@acme.example"]
    assert (said(mailing), waiting(mailing)) == ([True], [])


def test_after_two_days_a_mail_is_given_up_and_that_is_on_record(
    mailing: Platform, mail: MailServer, clock: MovingClock
) -> None:
    changed(mailing)
    began = clock.now
    mail.refusal = lambda _recipient: "451 later"
    while notices := waiting(mailing):
        clock.now = as_utc(notices[0].due_at)
        send_due_notices(mailing)
    assert said(mailing) == [False]
    assert dt.timedelta(days=1) < clock.now - began < dt.timedelta(days=2)


def test_a_change_that_fails_tells_nobody(mailing: Platform) -> None:
    eve = changed(mailing)
    with pytest.raises(InvalidError):
        change_password(mailing, eve, None, present="not the password of eve", new=NEW)
    with pytest.raises(InvalidError):
        remove_factor(mailing, eve, "000000")
    assert [one.what for one in waiting(mailing)] == ["your password was changed"]


def test_one_process_sends_a_mail_and_one_that_is_killed_leaves_it_for_later_under_the_same_id(
    mailing: Platform, mail: MailServer, clock: MovingClock
) -> None:
    changed(mailing)
    [notice] = waiting(mailing)
    meanwhile: list[tuple[bool, dt.datetime]] = []

    def look_meanwhile(_recipient: str) -> str:
        send_due_notices(mailing)
        meanwhile.append((has_due_notice(mailing), as_utc(waiting(mailing)[0].due_at)))
        return ""

    mail.refusal = look_meanwhile
    send_due_notices(mailing)
    # While it is sent no other process has it; where this one does not come to an end, it is due again by then.
    assert meanwhile == [(False, clock.now + dt.timedelta(minutes=10))]
    [message] = mail.messages
    assert str(message["Message-ID"]).startswith(f"<{notice.id}@")
