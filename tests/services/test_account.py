"""A member's own account: password, second factor, sessions."""

import datetime as dt
from collections.abc import Iterator

import pyotp
import pytest

from core.errors import ConflictError, ForbiddenError, InvalidError, RefusedError
from core.origin import begin_request
from core.settings import Settings
from services.account import change_password, end_own_sessions, has_password, own_sessions
from services.keys import rotate_tenant
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.second_factor import (
    SecondFactorNeeded,
    SecondFactorRefused,
    begin_enrolment,
    confirm_enrolment,
    factor_state,
    remove_factor,
    reset_factor,
)
from services.signin import (
    SigninLocked,
    SigninRefused,
    create_signin_link,
    find_principal,
    sign_in_with_code,
    sign_in_with_link,
    sign_in_with_password,
)
from tenants.access import Principal, operator

PASSWORD = "correct horse battery"
# The key of RFC 6238's test vectors, appendix B, in base32; its codes of eight digits end in ours of six.
RFC_KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


class Clock:
    """A clock that tests put forward."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 5, 4, 9, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **amount: float) -> None:
        self.now += dt.timedelta(**amount)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def platform(settings: Settings, clock: Clock) -> Iterator[Platform]:
    begin_request("192.0.2.7", "Firefox")
    made = Platform(settings, clock=clock)
    yield made
    made.close()
    begin_request("")


@pytest.fixture
def ann(platform: Platform) -> Principal:
    tenant = create_tenant(platform, slug="acme", name="Acme")
    return add_member(platform, operator(tenant), email="ann@acme.example", name="Ann", role="admin", password=PASSWORD)


def enrol(platform: Platform, principal: Principal, clock: Clock) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    """Set up a second factor; its codes of now are used up."""
    app = pyotp.TOTP(begin_enrolment(platform, principal).key)
    codes = confirm_enrolment(platform, principal, app.at(clock.now))
    clock.forward(seconds=30)
    return app, codes


def first_step(platform: Platform) -> str:
    with pytest.raises(SecondFactorNeeded) as needed:
        sign_in_with_password(platform, "ann@acme.example", PASSWORD)
    return needed.value.challenge


def test_a_password_then_takes_a_code_and_no_code_is_taken_twice(
    platform: Platform, ann: Principal, clock: Clock
) -> None:
    app, _ = enrol(platform, ann, clock)
    code = app.at(clock.now)
    cookie = sign_in_with_code(platform, first_step(platform), code)
    found = find_principal(platform, cookie)
    assert found is not None
    assert found.email == "ann@acme.example"
    with pytest.raises(SecondFactorRefused, match="used already"):
        sign_in_with_code(platform, first_step(platform), code)
    clock.forward(seconds=30)
    with pytest.raises(SecondFactorRefused):
        sign_in_with_code(platform, first_step(platform), code)
    assert sign_in_with_code(platform, first_step(platform), app.at(clock.now))


@pytest.mark.parametrize(
    ("at", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")]
)
def test_codes_are_those_of_the_standard(
    platform: Platform, ann: Principal, clock: Clock, monkeypatch: pytest.MonkeyPatch, at: int, code: str
) -> None:
    monkeypatch.setattr(pyotp, "random_base32", lambda: RFC_KEY)
    assert begin_enrolment(platform, ann).key == RFC_KEY
    clock.now = dt.datetime.fromtimestamp(at, dt.UTC)
    with pytest.raises(InvalidError, match="not the code"):
        confirm_enrolment(platform, ann, f"{(int(code) + 1) % 1_000_000:06}")
    assert len(confirm_enrolment(platform, ann, code)) == 10


def test_a_link_takes_the_code_too(platform: Platform, ann: Principal, clock: Clock) -> None:
    app, _ = enrol(platform, ann, clock)
    token = create_signin_link(platform, ann).rpartition("/")[2]
    with pytest.raises(SecondFactorNeeded) as needed:
        sign_in_with_link(platform, token)
    assert sign_in_with_code(platform, needed.value.challenge, app.at(clock.now))


def test_a_recovery_code_works_once_and_for_its_member_only(platform: Platform, ann: Principal, clock: Clock) -> None:
    bo = add_member(platform, ann, email="bo@acme.example", name="Bo", role="analyst", password="staple battery 77")
    _, codes = enrol(platform, ann, clock)
    _, of_bo = enrol(platform, bo, clock)
    assert sign_in_with_code(platform, first_step(platform), f" {codes[0].upper()} ")
    assert factor_state(platform, ann).codes_left == 9
    for wrong in (codes[0], of_bo[0], "", "000000", "aaaa-aaaa-aaaa-aaaa"):
        with pytest.raises(SecondFactorRefused):
            sign_in_with_code(platform, first_step(platform), wrong)
    assert factor_state(platform, bo).codes_left == 10


def outcome_of(platform: Platform, challenge: str) -> type[Exception] | None:
    """What a wrong code is answered with."""
    try:
        sign_in_with_code(platform, challenge, "000000")
    except (SecondFactorRefused, SigninLocked) as error:
        return type(error)
    return None


def test_guessing_codes_ends_soon(platform: Platform, ann: Principal, clock: Clock) -> None:
    app, _ = enrol(platform, ann, clock)
    challenge = first_step(platform)
    for _ in range(5):
        with pytest.raises(SecondFactorRefused, match="not right"):
            sign_in_with_code(platform, challenge, "000000")
    with pytest.raises(SecondFactorRefused, match="Begin it again"):
        sign_in_with_code(platform, challenge, app.at(clock.now))
    # A right password does not make the wrong codes forgotten.
    challenge = first_step(platform)
    outcomes = [outcome_of(platform, challenge) for _ in range(5)]
    assert outcomes == [SecondFactorRefused] * 3 + [SigninLocked] * 2
    clock.forward(hours=1)
    challenge = first_step(platform)
    clock.forward(minutes=5)
    with pytest.raises(SecondFactorRefused, match="took too long"):
        sign_in_with_code(platform, challenge, app.at(clock.now))


def test_a_factor_counts_once_confirmed_and_goes_with_a_code(platform: Platform, ann: Principal, clock: Clock) -> None:
    begin_enrolment(platform, ann)
    assert sign_in_with_password(platform, "ann@acme.example", PASSWORD)
    app, _ = enrol(platform, ann, clock)
    assert factor_state(platform, ann).is_on
    with pytest.raises(ConflictError, match="already"):
        begin_enrolment(platform, ann)
    with pytest.raises(InvalidError, match="not right"):
        remove_factor(platform, ann, "123456")
    remove_factor(platform, ann, app.at(clock.now))
    assert sign_in_with_password(platform, "ann@acme.example", PASSWORD)


def test_an_administrator_resets_a_lost_factor_in_the_own_tenant_only(
    platform: Platform, ann: Principal, clock: Clock
) -> None:
    other = create_tenant(platform, slug="other", name="Other")
    eve = add_member(platform, operator(other), email="eve@other.example", name="Eve", role="admin")
    bo = add_member(platform, ann, email="bo@acme.example", name="Bo", role="analyst")
    enrol(platform, ann, clock)
    for asking in (eve, bo):
        with pytest.raises(ForbiddenError):
            reset_factor(platform, asking, "ann@acme.example")
    reset_factor(platform, operator(ann.tenant), "ann@acme.example")
    assert sign_in_with_password(platform, "ann@acme.example", PASSWORD)


def test_a_factor_outlives_a_change_of_the_tenants_key(platform: Platform, ann: Principal, clock: Clock) -> None:
    app, _ = enrol(platform, ann, clock)
    rotate_tenant(platform, ann, lambda _: None)
    assert sign_in_with_code(platform, first_step(platform), app.at(clock.now))


def test_a_changed_password_opens_and_the_old_one_and_other_browsers_do_not(platform: Platform, ann: Principal) -> None:
    own, other = (sign_in_with_password(platform, "ann@acme.example", PASSWORD) for _ in range(2))
    with pytest.raises(InvalidError, match="not right"):
        change_password(platform, ann, own, present="wrong", new="staple battery horse")
    with pytest.raises(InvalidError, match="tried first"):
        change_password(platform, ann, own, present=PASSWORD, new="Password1234")
    assert change_password(platform, ann, own, present=PASSWORD, new="staple battery horse") == 1
    assert find_principal(platform, own) is not None
    assert find_principal(platform, other) is None
    with pytest.raises(SigninRefused):
        sign_in_with_password(platform, "ann@acme.example", PASSWORD)
    assert sign_in_with_password(platform, "ann@acme.example", "staple battery horse")


def test_a_password_is_not_set_where_single_sign_on_is_demanded(platform: Platform, ann: Principal) -> None:
    from tenants.schema import SigninPolicyRow

    with platform.session() as session:
        session.add(SigninPolicyRow(tenant_id=ann.tenant.id, is_sso_only=True))
    with pytest.raises(RefusedError, match="single sign-on"):
        change_password(platform, ann, None, present=PASSWORD, new="staple battery horse")


def test_a_member_without_a_password_sets_one(platform: Platform, ann: Principal) -> None:
    bo = add_member(platform, ann, email="bo@acme.example", name="Bo", role="analyst")
    assert not has_password(platform, bo)
    change_password(platform, bo, None, present="", new="staple battery horse")
    assert sign_in_with_password(platform, "bo@acme.example", "staple battery horse")


def test_a_member_sees_and_ends_the_own_sessions_only(platform: Platform, ann: Principal, clock: Clock) -> None:
    bo = add_member(platform, ann, email="bo@acme.example", name="Bo", role="analyst", password="staple battery horse")
    own = sign_in_with_password(platform, "ann@acme.example", PASSWORD)
    begin_request("2001:db8::7", "Chrome")
    clock.forward(minutes=1)
    second = sign_in_with_password(platform, "ann@acme.example", PASSWORD)
    of_bo = sign_in_with_password(platform, "bo@acme.example", "staple battery horse")
    listed = own_sessions(platform, ann, own)
    assert [(one.address, one.agent, one.way, one.is_own) for one in listed] == [
        ("2001:db8::7", "Chrome", "password", False),
        ("192.0.2.7", "Firefox", "password", True),
    ]
    assert end_own_sessions(platform, bo, session_id=listed[0].id) == 0
    assert end_own_sessions(platform, ann, session_id=listed[0].id) == 1
    assert find_principal(platform, second) is None
    assert find_principal(platform, own) is not None
    third = sign_in_with_password(platform, "ann@acme.example", PASSWORD)
    assert end_own_sessions(platform, ann, but=own) == 1
    assert find_principal(platform, third) is None
    assert find_principal(platform, of_bo) is not None
    clock.forward(hours=12)
    assert own_sessions(platform, ann, own) == []


def test_a_password_of_128_characters_is_taken_and_a_longer_one_refused(platform: Platform, ann: Principal) -> None:
    longest = "correct é horse " * 8
    with pytest.raises(InvalidError, match="longer than 128"):
        change_password(platform, ann, None, present=PASSWORD, new=longest + "x")
    change_password(platform, ann, None, present=PASSWORD, new=longest)
    assert sign_in_with_password(platform, "ann@acme.example", longest)
    for cut in (longest[:-1], longest + "x", longest + "x" * 5000):
        with pytest.raises(SigninRefused):
            sign_in_with_password(platform, "ann@acme.example", cut)
