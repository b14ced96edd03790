"""Every use case declares a permission, and lets in exactly the roles that hold it."""

import pytest
from sqlalchemy import select

from core.errors import ForbiddenError
from services.organisation import add_member
from services.roles import save_role
from tenants.access import Permission, Principal, Role, operator, permissions_of
from tenants.audit import AuditAction
from tenants.schema import AuditRow
from tests.access.use_cases import call, declared, public_functions, reached
from tests.access.world import World

# What a member sees and does of their own, which asks for no permission.
OWN_ACCOUNT = (
    "services.account.", "services.deliveries.overview.list_left", "services.second_factor.",
    "services.view_as.end_view_as",
)  # fmt: skip
# What use cases are made of, and what only the operator's process calls.
BELOW_USE_CASES = {
    "services.account_notice.tell_of_change",
    "services.cohort_catalog.add_cohorts",
    "services.definitions.find_catalog", "services.definitions.hidden_models", "services.definitions.require_catalog",
    "services.deliveries.schedules.check_recipients",
    "services.foresight.deal_history.read_deals", "services.guests.rules.require_unbound",
    "services.notebooks.scope_of", "services.permitted.record_denial", "services.policies.find_view",
    "services.query.run_compiled", "services.reading.read_rows",
    "services.restore.restore_backup", "services.rollups.build_for_page", "services.rollups.find_rollups",
    "services.rollups.reads_large_tables", "services.rollups.note_question",
    "services.scoring.kinds.deal_win.read", "services.scoring.versions.versions_of",
    "services.sync.sources.open_source", "services.tenant_calendar.compile_context",
}  # fmt: skip


def test_every_function_of_the_services_declares_a_permission_or_reaches_one() -> None:
    silent = {
        name
        for name, function in public_functions().items()
        if not list(reached(function)) and not name.startswith(OWN_ACCOUNT)
    }
    assert silent == BELOW_USE_CASES


def test_the_walk_finds_use_cases_and_each_permission_is_needed_somewhere() -> None:
    needed = {permission for function in public_functions().values() for permission in reached(function)}
    assert len(declared()) > 30
    assert set(Permission) - needed == set()


@pytest.fixture(scope="module")
def members(world: World) -> dict[str, Principal]:
    """A member of each built-in role; for each permission one who has it alone, and one who has every other."""
    asking = operator(world.ann.tenant)
    roles = {role.value: permissions_of(role) for role in Role}
    for number, permission in enumerate(Permission):
        for name, held in ((f"only-{number}", {permission}), (f"without-{number}", set(Permission) - {permission})):
            save_role(world.platform, asking, name=name, description="", permissions=held)
            roles[name] = frozenset(held)
    return {
        role: add_member(world.platform, asking, email=f"{role}@own.example", name=role, role=role) for role in roles
    }


@pytest.mark.parametrize("name", sorted(declared()))
def test_a_use_case_lets_in_who_holds_its_permission_and_nobody_else(
    world: World, members: dict[str, Principal], name: str
) -> None:
    permission = declared()[name]
    number = list(Permission).index(permission)
    expected = {role.value: permission in permissions_of(role) for role in Role}
    expected |= {f"only-{number}": True, f"without-{number}": False}
    found = {role: _is_let_in(world, name, members[role], permission) for role in expected}
    assert found == expected


def _is_let_in(world: World, name: str, principal: Principal, permission: Permission) -> bool:
    before = _denials(world, principal)
    answer = call(world.platform, principal, name, "absent", world.ann)
    is_refused = isinstance(answer, ForbiddenError) and f"does not include {permission.value}." in answer.message
    if is_refused:
        assert _denials(world, principal) == [*before, (name.rpartition(".")[2], permission.value)]
    return not is_refused


def _denials(world: World, principal: Principal) -> list[tuple[str, str]]:
    statement = select(AuditRow).where(
        AuditRow.action == AuditAction.ACCESS_DENIED.value, AuditRow.actor_id == principal.member_id
    )
    with world.platform.session() as session:
        rows = session.scalars(statement.order_by(AuditRow.sequence))
        return [(row.subject, str(row.data["reason"]).split("include ")[-1].split(". ")[0]) for row in rows]
