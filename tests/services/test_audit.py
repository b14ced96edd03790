"""Searching, exporting and shortening the audit log, each within one tenant."""

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from sqlalchemy import text, update

from core.errors import ForbiddenError, InvalidError, RefusedError
from core.settings import Settings
from services.audit import AuditFilter, export_events, remove_old_events, search_events, verify_log
from services.organisation import add_member, create_tenant
from services.platform import Platform
from tenants.access import Principal, operator
from tenants.audit.chain import line_hash
from tenants.schema import AuditCheckpointRow
from tests.services.test_signin import Hands


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def admin(settings: Settings, hands: Hands) -> Iterator[tuple[Platform, Principal]]:
    """An administrator of acme, on 1 March; another tenant has a member too."""
    platform = Platform(settings, clock=hands)
    other = create_tenant(platform, slug="other", name="Other")
    add_member(platform, operator(other), email="bob@other.example", name="Bob", role="admin")
    acme = create_tenant(platform, slug="acme", name="Acme")
    ann = add_member(platform, operator(acme), email="ann@acme.example", name="Ann", role="admin")
    yield platform, ann
    platform.close()


def add(platform: Platform, principal: Principal, name: str) -> None:
    add_member(platform, principal, email=f"{name}@acme.example", name=name, role="executive")


def test_a_search_finds_by_text_kind_and_time_within_the_tenant(
    admin: tuple[Platform, Principal], hands: Hands
) -> None:
    platform, ann = admin
    hands.forward(days=2)
    add(platform, ann, "cy")
    assert [event.subject for event in search_events(*admin, AuditFilter(text="CY@")).events] == ["cy@acme.example"]
    assert search_events(*admin, AuditFilter(text="bob")).total == 0
    assert search_events(*admin, AuditFilter(text="%")).total == 0
    assert search_events(*admin, AuditFilter(actions=("member:added",))).total == 2
    assert search_events(*admin, AuditFilter(start=hands() - dt.timedelta(days=1))).total == 1
    assert search_events(*admin, AuditFilter(end=hands() - dt.timedelta(days=1))).total == 2


def test_pages_are_cut_in_the_database_newest_first(admin: tuple[Platform, Principal]) -> None:
    for number in range(55):
        add(*admin, f"m{number}")
    first, second = (search_events(*admin, AuditFilter(), page=page) for page in (0, 1))
    assert [event.sequence for event in (*first.events, *second.events)] == list(range(57, 0, -1))
    assert first.total == second.total == 57


def test_an_unknown_kind_names_the_nearest(admin: tuple[Platform, Principal]) -> None:
    with pytest.raises(InvalidError, match="Did you mean member:added"):
        search_events(*admin, AuditFilter(actions=("member:aded",)))


def test_an_export_can_be_proved_without_the_product_and_is_recorded(admin: tuple[Platform, Principal]) -> None:
    lines = [json.loads(line) for line in export_events(*admin, AuditFilter(), "json").splitlines()]
    previous = "0" * 64
    for line in lines:
        claimed = line.pop("hash")
        assert (line["previous_hash"], line_hash(line)) == (previous, claimed)
        previous = claimed
    assert search_events(*admin, AuditFilter()).events[0].action == "audit:exported"


def test_a_cell_of_the_csv_is_no_formula(admin: tuple[Platform, Principal]) -> None:
    add(*admin, "=cmd")
    content = export_events(*admin, AuditFilter(), "csv").decode()
    assert ",'=cmd@acme.example," in content


def test_who_may_not_read_the_log_gets_nothing(admin: tuple[Platform, Principal]) -> None:
    platform, ann = admin
    cy = add_member(platform, ann, email="cy@acme.example", name="Cy", role="analyst")
    with pytest.raises(ForbiddenError, match="audit:read"):
        search_events(platform, cy, AuditFilter())
    with pytest.raises(ForbiddenError, match="audit:read"):
        export_events(platform, cy, AuditFilter(), "json")


def test_old_lines_go_under_a_checkpoint_and_the_rest_is_still_proved(
    admin: tuple[Platform, Principal], hands: Hands
) -> None:
    platform, ann = admin
    hands.forward(days=40)
    add(platform, ann, "cy")
    assert remove_old_events(platform, ann, keep_days=30) == 2
    proof = verify_log(platform, ann)
    assert (proof.first, proof.last, proof.problems) == (3, 4, ())
    assert remove_old_events(platform, ann, keep_days=30) == 0


def test_a_checkpoint_without_its_signature_is_told(admin: tuple[Platform, Principal], hands: Hands) -> None:
    platform, ann = admin
    hands.forward(days=40)
    remove_old_events(platform, ann, keep_days=30)
    with platform.metadata.engine.begin() as connection:
        on = "" if connection.dialect.name == "sqlite" else " ON audit_checkpoints"
        connection.execute(text(f"DROP TRIGGER audit_checkpoints_update{on}"))
        connection.execute(update(AuditCheckpointRow).values(hash="f" * 64))
    assert "checkpoint at line 2 does not have its signature" in verify_log(platform, ann).problems[0]


def test_a_log_that_is_not_whole_is_not_shortened(admin: tuple[Platform, Principal], hands: Hands) -> None:
    platform, ann = admin
    hands.forward(days=40)
    with platform.metadata.engine.begin() as connection:
        on = "" if connection.dialect.name == "sqlite" else " ON audit_events"
        connection.execute(text(f"DROP TRIGGER audit_events_update{on}"))
        connection.execute(text("UPDATE audit_events SET subject = 'x' WHERE action = 'tenant:created'"))
    with pytest.raises(RefusedError, match=r"Line 1 .* was altered"):
        remove_old_events(platform, ann, keep_days=30)
    assert search_events(platform, ann, AuditFilter()).total == 2
