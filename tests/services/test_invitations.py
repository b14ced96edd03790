"""Invitations by mail: sent by a real server, good once and for a time, and never lost when the mail fails."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from core.errors import InvalidError
from core.settings import Settings
from services.members import describe_members, find_member_id, invite_again, invite_member
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.signin import SigninRefused, find_principal, sign_in_with_link
from tenants.access import Principal, operator
from tenants.schema import AuditRow, SigninLinkRow
from tests.mail_server import MailServer, running_mail_server
from tests.services.deliveries.conftest import MovingClock


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[MailServer]:
    """A mail server on loopback."""
    with running_mail_server(tmp_path) as server:
        yield server


@pytest.fixture
def clock() -> MovingClock:
    """The platform's clock."""
    return MovingClock()


@pytest.fixture
def mailing(settings: Settings, mail: MailServer, clock: MovingClock) -> Iterator[Platform]:
    """A platform whose mail goes to that server."""
    made = Platform(mail.settings(settings), clock=clock)
    yield made
    made.close()


def boss_of(platform: Platform) -> Principal:
    acme = operator(create_tenant(platform, slug="acme", name="Acme <Sons>"))
    return add_member(platform, acme, email="boss@acme.example", name="Boss", role="admin")


def token_of(text: str) -> str:
    found = re.search(r"/signin/(\S+)", text)
    assert found is not None
    return found[1]


def test_an_invitation_by_mail_signs_in_once_and_for_a_time(
    mailing: Platform, mail: MailServer, clock: MovingClock
) -> None:
    boss = boss_of(mailing)
    invitation = invite_member(mailing, boss, email="Eve@acme.example", name="Eve", role="analyst", by_mail=True)
    assert (invitation.is_sent, invitation.problem) == (True, "")
    [message] = mail.messages
    assert (mail.recipients, message["Subject"]) == (["eve@acme.example"], "Your invitation to Acme <Sons>")
    assert message["List-Unsubscribe"] is None
    token = token_of(message.get_content())
    with mailing.session() as session:
        [row] = session.scalars(select(SigninLinkRow))
        assert token not in row.token_hash
        events = session.scalars(select(AuditRow).where(AuditRow.action == "invitation:sent"))
        assert [(event.subject, event.data["is_sent"]) for event in events] == [("eve@acme.example", True)]
    principal = find_principal(mailing, sign_in_with_link(mailing, token))
    assert principal is not None
    assert principal.email == "eve@acme.example"
    with pytest.raises(SigninRefused):
        sign_in_with_link(mailing, token)
    invite_again(mailing, boss, find_member_id(mailing, boss, "eve@acme.example"), by_mail=True)
    clock.now += dt.timedelta(hours=mailing.settings.signin_link_hours)
    with pytest.raises(SigninRefused):
        sign_in_with_link(mailing, token_of(mail.messages[1].get_content()))


def test_a_mail_that_is_refused_leaves_the_member_and_the_link_to_send_by_hand(
    mailing: Platform, mail: MailServer
) -> None:
    boss = boss_of(mailing)
    mail.refusal = lambda _recipient: "550 no such box"
    invitation = invite_member(mailing, boss, email="eve@acme.example", name="Eve", role="analyst", by_mail=True)
    assert invitation.is_sent is False
    assert "550 no such box" in invitation.problem
    assert [member.email for member in describe_members(mailing, boss)] == ["boss@acme.example", "eve@acme.example"]
    assert sign_in_with_link(mailing, token_of(invitation.text))


def test_without_a_mail_server_nobody_is_added_by_mail(platform: Platform) -> None:
    boss = boss_of(platform)
    with pytest.raises(InvalidError, match="No mail server is set"):
        invite_member(platform, boss, email="eve@acme.example", name="Eve", role="analyst", by_mail=True)
    assert [member.email for member in describe_members(platform, boss)] == ["boss@acme.example"]
