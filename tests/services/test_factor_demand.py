"""A demanded second factor: before it is set up nothing answers, and a password alone puts none in another's place."""

import pyotp
import pytest
from sqlalchemy import select

from core.errors import ConflictError, ForbiddenError
from services.commands import run_command
from services.factor_demand import EnrolmentRefused, demand_factor, describe_factor_demand, enrol_with_code
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.second_factor import (
    EnrolmentNeeded,
    SecondFactorNeeded,
    SecondFactorRefused,
    factor_state,
    remove_factor,
    reset_factor,
)
from services.signin import (
    create_signin_link,
    find_principal,
    sign_in_with_code,
    sign_in_with_link,
    sign_in_with_password,
    start_member_session,
)
from tenants.access import Principal, operator
from tenants.schema import AuditRow
from tests.services.test_account import PASSWORD, Clock, ann, clock, enrol, platform

__all__ = ["ann", "clock", "platform"]
BO = "bo@acme.example"


@pytest.fixture
def bo(platform: Platform, ann: Principal) -> Principal:
    return add_member(platform, ann, email=BO, name="Bo", role="analyst", password=PASSWORD)


def led(platform: Platform) -> EnrolmentNeeded:
    """What Bo's password leads to."""
    with pytest.raises(EnrolmentNeeded) as asked:
        sign_in_with_password(platform, BO, PASSWORD)
    return asked.value


def code(step: EnrolmentNeeded, clock: Clock) -> str:
    return pyotp.TOTP(step.enrolment.key).at(clock.now)


def test_who_has_none_sets_it_up_before_anything_answers(
    platform: Platform, ann: Principal, bo: Principal, clock: Clock
) -> None:
    by_password, by_provider = sign_in_with_password(platform, BO, PASSWORD), str(bo.member_id)
    by_provider = start_member_session(platform, by_provider, "oidc", provider_id="a provider")
    with pytest.raises(ConflictError, match="of your own first"):
        demand_factor(platform, ann, is_demanded=True)
    enrol(platform, ann, clock)
    demand_factor(platform, ann, is_demanded=True)
    demand = describe_factor_demand(platform, ann)
    assert (demand.is_demanded, demand.members, demand.without) == (True, 2, 1)
    # The session that there was answers no more; who came by a provider is left to its own second factor.
    assert find_principal(platform, by_password) is None
    assert find_principal(platform, by_provider) is not None
    step = led(platform)
    assert not factor_state(platform, bo).is_on
    with pytest.raises(EnrolmentRefused) as wrong:
        enrol_with_code(platform, step.challenge, step.enrolment.key, "000000")
    assert wrong.value.enrolment == step.enrolment
    enrolled = enrol_with_code(platform, step.challenge, step.enrolment.key, code(step, clock))
    assert find_principal(platform, enrolled.token) is not None
    clock.forward(seconds=30)
    with pytest.raises(SecondFactorNeeded) as asked:
        sign_in_with_password(platform, BO, PASSWORD)
    assert sign_in_with_code(platform, asked.value.challenge, enrolled.codes[0])
    with platform.session() as session:
        actions = session.scalars(select(AuditRow.action).where(AuditRow.subject.in_([BO, "acme"])))
        assert {"second-factor:added", "signin:configured"} <= set(actions)


def test_a_password_puts_no_other_factor_in_the_place_of_one(
    platform: Platform, ann: Principal, bo: Principal, clock: Clock
) -> None:
    enrol(platform, ann, clock)
    demand_factor(platform, ann, is_demanded=True)
    thief, owner = led(platform), led(platform)
    # Of two who know the password at once the older one's key is not shown the newer's, and does not count.
    for key in (thief.enrolment.key, "", "é"):
        with pytest.raises(SecondFactorRefused):
            enrol_with_code(platform, thief.challenge, key, code(thief, clock))
    # The code of a key that was never confirmed ends no sign-in.
    with pytest.raises(SecondFactorRefused):
        sign_in_with_code(platform, owner.challenge, code(owner, clock))
    enrol_with_code(platform, owner.challenge, owner.enrolment.key, code(owner, clock))
    clock.forward(seconds=30)
    # A step that was begun before is of no use against the factor that counts now, whatever key it names.
    for step in (thief, owner):
        with pytest.raises(SecondFactorRefused):
            enrol_with_code(platform, step.challenge, owner.enrolment.key, code(owner, clock))


def test_it_holds_for_links_after_a_reset_and_until_it_is_lifted(
    platform: Platform, ann: Principal, bo: Principal, clock: Clock
) -> None:
    app, _ = enrol(platform, ann, clock)
    demand_factor(platform, ann, is_demanded=True)
    link = create_signin_link(platform, bo).rpartition("/")[2]
    with pytest.raises(EnrolmentNeeded) as asked:
        sign_in_with_link(platform, link)
    step = asked.value
    token = enrol_with_code(platform, step.challenge, step.enrolment.key, code(step, clock)).token
    reset_factor(platform, ann, BO)
    assert find_principal(platform, token) is None
    remove_factor(platform, ann, app.at(clock.now))
    with pytest.raises(EnrolmentNeeded):
        sign_in_with_password(platform, "ann@acme.example", PASSWORD)
    demand_factor(platform, operator(ann.tenant), is_demanded=False)
    assert find_principal(platform, sign_in_with_password(platform, BO, PASSWORD)) is not None
    # Another tenant's demand is another tenant's, and nobody without the right makes one.
    other = operator(create_tenant(platform, slug="other", name="Other"))
    demand_factor(platform, other, is_demanded=True)
    assert find_principal(platform, sign_in_with_password(platform, BO, PASSWORD)) is not None
    with pytest.raises(ForbiddenError):
        demand_factor(platform, bo, is_demanded=True)


def test_the_command_demands_it_of_one_tenant_shows_it_and_lifts_it(
    platform: Platform, ann: Principal, bo: Principal, clock: Clock
) -> None:
    def say(tenant: str, **said: object) -> dict[str, object]:
        return run_command(platform, "second-factor", {"tenant": tenant, **said}, lambda _: None)

    create_tenant(platform, slug="other", name="Other")
    enrol(platform, ann, clock)
    token = sign_in_with_password(platform, BO, PASSWORD)
    assert say("acme") == {"is_demanded": False, "members": 2, "without": 1}
    assert find_principal(platform, token) is not None
    assert say("acme", is_demanded=True) == {"is_demanded": True, "members": 2, "without": 1}
    assert find_principal(platform, token) is None
    led(platform)
    assert say("acme") == {"is_demanded": True, "members": 2, "without": 1}
    assert say("other")["is_demanded"] is False
    assert say("acme", is_demanded=False)["is_demanded"] is False
    assert find_principal(platform, sign_in_with_password(platform, BO, PASSWORD)) is not None
    with platform.session() as session:
        events = session.scalars(select(AuditRow).where(AuditRow.action == "signin:configured").order_by(AuditRow.at))
        assert [one.data["factor_demanded"] for one in events] == [True, False]
