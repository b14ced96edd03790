"""Sign-in by password and link, sessions, and their end."""

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from core.origin import begin_request
from core.settings import Settings
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.signin import (
    SigninLocked,
    SigninRefused,
    create_signin_link,
    find_link_member,
    find_principal,
    sign_in_with_link,
    sign_in_with_password,
    sign_out,
)
from tenants.access import Principal, operator
from tenants.schema import AuditRow, MemberRow, SessionRow, SigninAttemptRow, SigninLinkRow

PASSWORD = "correct horse battery"


class Hands:
    """A clock whose hands are moved by the test."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **by: int) -> None:
        self.now += dt.timedelta(**by)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def members(settings: Settings, hands: Hands) -> Iterator[tuple[Platform, Principal, Principal]]:
    """A platform with one member in each of two tenants; both have the same address, but not the same password."""
    platform = Platform(settings, clock=hands)
    made: list[Principal] = []
    for slug, password in (("acme", PASSWORD), ("other", "another password")):
        tenant = create_tenant(platform, slug=slug, name=slug)
        made.append(
            add_member(
                platform, operator(tenant), email="Ann@Example.com", name="Ann", role="analyst", password=password
            )
        )
    yield platform, made[0], made[1]
    platform.close()


Members = tuple[Platform, Principal, Principal]


def test_the_password_decides_which_tenants_member_signs_in(members: Members) -> None:
    platform, ann, other = members
    first = find_principal(platform, sign_in_with_password(platform, "ann@example.com", PASSWORD))
    second = find_principal(platform, sign_in_with_password(platform, " ANN@example.com ", "another password"))
    assert first == ann
    assert second == other
    assert second is not None
    assert second.tenant.slug == "other"


@pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com", "", "x" * 5000])
def test_a_wrong_password_and_an_unknown_address_are_told_the_same(members: Members, email: str) -> None:
    platform, _, _ = members
    with pytest.raises(SigninRefused, match="do not match"):
        sign_in_with_password(platform, email, "wrong password")


def test_ten_wrong_passwords_lock_the_address_for_a_quarter_of_an_hour(members: Members, hands: Hands) -> None:
    platform, _, _ = members
    for _ in range(10):
        with pytest.raises(SigninRefused):
            sign_in_with_password(platform, "ann@example.com", "wrong password")
    with pytest.raises(SigninLocked, match="15 minutes"):
        sign_in_with_password(platform, "ann@example.com", PASSWORD)
    hands.forward(minutes=16)
    assert find_principal(platform, sign_in_with_password(platform, "ann@example.com", PASSWORD)) is not None


def test_a_link_signs_in_once(members: Members) -> None:
    platform, ann, _ = members
    address = create_signin_link(platform, ann)
    assert address.startswith("http://localhost:8080/signin/")
    token = address.rsplit("/", 1)[1]
    assert [find_link_member(platform, token) for _ in range(2)] == [ann] * 2
    assert find_principal(platform, sign_in_with_link(platform, token)) == ann
    with pytest.raises(SigninRefused, match="used already or has expired"):
        sign_in_with_link(platform, token)
    with pytest.raises(SigninRefused, match="used already or has expired"):
        find_link_member(platform, token)


def test_a_link_expires(members: Members, hands: Hands) -> None:
    platform, ann, _ = members
    token = create_signin_link(platform, ann).rsplit("/", 1)[1]
    hands.forward(hours=25)
    with pytest.raises(SigninRefused):
        sign_in_with_link(platform, token)


def test_signing_out_ends_the_session_at_once(members: Members) -> None:
    platform, _, _ = members
    cookie = sign_in_with_password(platform, "ann@example.com", PASSWORD)
    sign_out(platform, cookie)
    assert find_principal(platform, cookie) is None
    sign_out(platform, cookie)
    sign_out(platform, None)


def test_a_session_ends_when_idle_and_at_its_expiry_however_busy(members: Members, hands: Hands) -> None:
    platform, _, _ = members
    idle = sign_in_with_password(platform, "ann@example.com", PASSWORD)
    hands.forward(minutes=121)
    assert find_principal(platform, idle) is None
    busy = sign_in_with_password(platform, "ann@example.com", PASSWORD)
    for _ in range(11):
        hands.forward(hours=1)
        assert find_principal(platform, busy) is not None
    hands.forward(hours=1)
    assert find_principal(platform, busy) is None


def test_looking_whether_a_session_lives_does_not_keep_it_alive(members: Members, hands: Hands) -> None:
    platform, _, _ = members
    cookie = sign_in_with_password(platform, "ann@example.com", PASSWORD)
    for _ in range(3):
        hands.forward(minutes=50)
        found = find_principal(platform, cookie, is_use=False)
    assert found is None


def test_a_member_that_is_switched_off_is_signed_out(members: Members) -> None:
    platform, ann, _ = members
    cookie = sign_in_with_password(platform, "ann@example.com", PASSWORD)
    with platform.session() as session:
        session.get_one(MemberRow, ann.member_id).is_active = False
    assert find_principal(platform, cookie) is None
    with pytest.raises(SigninRefused):
        sign_in_with_password(platform, "ann@example.com", PASSWORD)


def test_the_database_holds_no_password_cookie_or_link(members: Members) -> None:
    platform, ann, _ = members
    cookie = sign_in_with_password(platform, "ann@example.com", PASSWORD)
    token = create_signin_link(platform, ann).rsplit("/", 1)[1]
    with platform.session() as session:
        kept = [row.token_hash for row in session.scalars(select(SessionRow))]
        kept += [row.token_hash for row in session.scalars(select(SigninLinkRow))]
        hashes = session.scalars(select(MemberRow.password_hash)).all()
    assert cookie not in kept
    assert token not in kept
    assert all(one is not None and one.startswith("$argon2id$") for one in hashes)


def test_sign_in_out_and_refusal_are_audited(members: Members) -> None:
    platform, _, _ = members
    with pytest.raises(SigninRefused):
        sign_in_with_password(platform, "ann@example.com", "wrong password")
    sign_out(platform, sign_in_with_password(platform, "ann@example.com", PASSWORD))
    with platform.session() as session:
        actions = session.scalars(select(AuditRow.action).order_by(AuditRow.at)).all()
    assert actions[-3:] == ["signin:refused", "session:started", "session:ended"]


def test_many_guesses_at_once_are_judged_no_more_often_than_ten(members: Members) -> None:
    platform, _, _ = members
    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(lambda number: _guess(platform, f"wrong password {number}"), range(24)))
    assert outcomes.count("refused") == 10
    assert outcomes.count("locked") == 14


@pytest.fixture
def from_network() -> Iterator[Callable[[str], object]]:
    """Says from which client's address the next attempts come."""
    yield begin_request
    begin_request("")


def test_a_strangers_guesses_lock_the_stranger_out_and_not_the_member(
    members: Members, from_network: Callable[[str], object]
) -> None:
    platform, _, _ = members
    from_network("203.0.113.9")
    outcomes = [_guess(platform, "wrong password") for _ in range(12)]
    assert outcomes == ["refused"] * 10 + ["locked"] * 2
    assert _guess(platform, PASSWORD) == "locked"
    from_network("198.51.100.7")
    assert _guess(platform, PASSWORD) == "signed in"
    from_network("203.0.113.9")
    assert _guess(platform, PASSWORD) == "locked"


def test_one_password_sprayed_over_many_addresses_is_stopped(
    members: Members, from_network: Callable[[str], object]
) -> None:
    platform, _, _ = members
    with platform.session() as session:
        for number in range(49):
            email, at = f"person{number}@example.com", platform.clock()
            session.add(SigninAttemptRow(id=f"{number}", email=email, network="2001:db8:1:2::", at=at))
    from_network("2001:db8:1:2::a")
    assert _guess(platform, "Spring2026! Spring") == "refused"
    from_network("2001:db8:1:2:ffff::b")
    assert _guess(platform, PASSWORD) == "locked"
    from_network("2001:db8:1:3::a")
    assert _guess(platform, PASSWORD) == "signed in"


def test_guesses_at_one_address_from_everywhere_end_at_a_hundred(
    members: Members, from_network: Callable[[str], object]
) -> None:
    platform, _, _ = members
    with platform.session() as session:
        for number in range(100):
            network = f"203.0.113.{number}"
            session.add(SigninAttemptRow(id=f"{number}", email="ann@example.com", network=network, at=platform.clock()))
    from_network("198.51.100.7")
    assert _guess(platform, PASSWORD) == "locked"


def _guess(platform: Platform, password: str) -> str:
    try:
        sign_in_with_password(platform, "ann@example.com", password)
    except SigninLocked:
        return "locked"
    except SigninRefused:
        return "refused"
    return "signed in"
