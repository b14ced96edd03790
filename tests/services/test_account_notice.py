"""A member is told by mail of what changed about how they sign in, and a mail that fails undoes nothing."""

import pyotp
import pytest
from sqlalchemy import select

from core.origin import begin_request
from services.account import change_password
from services.organisation import add_member
from services.platform import Platform
from services.scim.directory import directory_principal
from services.scim.users import patch_user
from services.second_factor import begin_enrolment, confirm_enrolment, reset_factor
from services.signin import sign_in_with_password
from tenants.schema import AuditRow
from tests.mail_server import MailServer
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


def test_each_change_is_told_to_whom_it_concerns(mailing: Platform, mail: MailServer) -> None:
    begin_request("192.0.2.7", "<b>\r\nBcc: all@evil.example")
    boss = boss_of(mailing)
    eve = add_member(mailing, boss, email="eve@acme.example", name="Eve", role="analyst", password=PASSWORD)
    change_password(mailing, eve, None, present=PASSWORD, new=NEW)
    text = mail.messages[0].get_content()
    assert "from 192.0.2.7" in text
    # What a browser calls itself is its own to say, and not repeated.
    assert "evil.example" not in mail.raw[0].decode()
    assert told(mail) == [("eve@acme.example", "On Plumbline, your password was changed.")]
    code = pyotp.TOTP(begin_enrolment(mailing, eve).key).at(mailing.clock())
    confirm_enrolment(mailing, eve, code)
    reset_factor(mailing, boss, eve.email)
    assert told(mail) == [
        ("eve@acme.example", "On Plumbline, a second factor was set up for you."),
        ("eve@acme.example", "On Plumbline, your second factor was removed by boss@acme.example."),
    ]
    prove(mailing, boss, "acme.example")
    change = {"op": "replace", "path": "userName", "value": "eva@acme.example"}
    patch_user(mailing, directory_principal(boss.tenant), str(eve.member_id), {"Operations": [change]})
    assert [to for to, _ in told(mail)] == ["eve@acme.example", "eva@acme.example"]
    assert said(mailing) == [True] * 5
    begin_request("")


@pytest.mark.parametrize("refusal", ["550 no such person", "451 later"])
def test_a_mail_that_fails_undoes_nothing_and_is_on_record(mailing: Platform, mail: MailServer, refusal: str) -> None:
    boss = boss_of(mailing)
    eve = add_member(mailing, boss, email="eve@acme.example", name="Eve", role="analyst", password=PASSWORD)
    mail.refusal = lambda _recipient: refusal
    change_password(mailing, eve, None, present=PASSWORD, new=NEW)
    assert sign_in_with_password(mailing, eve.email, NEW)
    assert said(mailing) == [False]
