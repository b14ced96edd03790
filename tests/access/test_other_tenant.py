"""A member of one tenant who names what is another's is told what they are told of what does not exist."""

from collections.abc import Iterator

import pytest

from core.errors import AppError, ForbiddenError
from core.settings import Settings
from services.organisation import add_member
from services.platform import Platform
from services.signin import find_principal, sign_in_with_password
from services.view_as import begin_view_as
from tenants.access import operator
from tenants.backup.rows import LOG
from tests.access.use_cases import call, declared, public_functions, text_arguments
from tests.access.world import SECRET, World, build_world, denials, rows_of, twin_of

ASKED = sorted(name for name in declared() if text_arguments(public_functions()[name]))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """On SQLite: what is walked is the same on both databases."""
    platform = Platform(Settings(data=tmp_path_factory.mktemp("other") / "data"))
    yield build_world(platform)
    platform.close()


@pytest.mark.parametrize("name", ASKED)
def test_what_is_another_tenants_looks_like_what_is_not_there(world: World, name: str) -> None:
    theirs = rows_of(world.platform, world.bob.tenant.id)
    for foreign in world.foreign:
        denied = denials(world.platform, world.ann)
        answer = call(world.platform, world.ann, name, foreign, world.bob)
        assert isinstance(answer, ForbiddenError) == (denials(world.platform, world.ann) == denied + 1)
        absent = twin_of(foreign)
        other = call(world.platform, world.ann, name, absent, world.bob)
        assert _seen(answer, foreign) == _seen(other, absent), foreign
        assert SECRET not in repr(answer)
    assert rows_of(world.platform, world.bob.tenant.id) == theirs


def test_who_looks_as_an_administrator_changes_nothing_by_any_use_case(world: World) -> None:
    email = "two@own.example"
    password = "a long enough password"
    add_member(world.platform, operator(world.ann.tenant), email=email, name="Two", role="admin", password=password)
    cookie = sign_in_with_password(world.platform, email, password)
    two = find_principal(world.platform, cookie)
    assert two is not None
    begin_view_as(world.platform, two, cookie, world.ann.email)
    viewed = find_principal(world.platform, cookie)
    assert viewed is not None
    assert viewed.email == world.ann.email
    before = _kept(world)
    for name in declared():
        for text in ("ownreview", "own.example", world.ann.email):
            call(world.platform, viewed, name, text, world.ann)
    assert _kept(world) == before


def _kept(world: World) -> dict[str, list[str]]:
    """What a tenant has but for its log, and for when its sessions were seen."""
    found = rows_of(world.platform, world.ann.tenant.id)
    return {table: rows for table, rows in found.items() if table not in LOG | {"sessions"}}


def _seen(answer: object, asked: str) -> tuple[str, str]:
    """What the caller can tell apart: the kind of the answer and, of a refusal, its words."""
    code = answer.code if isinstance(answer, AppError) else ""
    words = answer.message.replace(asked, "it") if isinstance(answer, ForbiddenError) else ""
    return f"{type(answer).__name__} {code}", words
