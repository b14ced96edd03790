"""Every command, run for one tenant with another tenant's names and ids in every place that takes a text.

The person who runs the command is the operator, who may name any tenant. What is walked is that the tenant they named
bounds what a command reads and changes.
"""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_origin

import pytest
from pydantic import BaseModel

import services.commands as commands
from core.errors import AppError, ForbiddenError
from core.registry import find_kinds
from core.settings import Settings
from services.commands import find_command, run_command
from services.organisation import add_member
from services.platform import Platform
from services.roles import save_role
from tenants.access import Permission, operator
from tests.access.world import SECRET, World, build_world, denials, rows_of, twin_of

COMMANDS = {str(name) for name in find_kinds(commands)}
# These are of the whole installation, which is the operator's.
OF_THE_INSTALLATION = {"demo", "doctor", "key-rotate", "tenant-create", "tenant-list", "tenant-restore"}
OF_A_TENANT = sorted(COMMANDS - OF_THE_INSTALLATION)
PLACES = {"folder", "path", "paths"}
# What a command needs beside texts, to get as far as it can.
CHOICES: dict[str, dict[str, object]] = {
    "accounts-decide": {"how": "part"},
    "alert-add": {
        "name": "watch", "rule": "over 1", "period": "quarter", "channel": "mail", "cron": "", "digest": "",
        "quiet": "",
    },
    "alert-change": {"change": "check"}, "channel-slack": {"token": "xoxb-1"},
    "audit-export": {"format": "csv"}, "delivery-list": {"day": None}, "grants-set": {"kind": "source"},
    "report": {"paper": "a4"},
    "schedule-add": {
        "cron": "0 8 * * mon", "on_problem": "send", "catch_up": "latest", "formats": ["pdf"], "quiet": "",
        "holidays": "", "on_holiday": "skip",
    },
    "usage": {"month": None},
}  # fmt: skip


def _texts(name: str) -> list[str]:
    """The fields of a command, beside the tenant, that may name something a tenant owns."""
    fields = find_command(name).Request.model_fields
    return [
        one for one, field in fields.items()
        if one not in {"tenant", *PLACES} and "str" in str(field.annotation)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """On SQLite: what is walked is the same on both databases."""
    platform = Platform(Settings(data=tmp_path_factory.mktemp("commands") / "data"))
    yield build_world(platform)
    platform.close()


def test_every_command_names_the_tenant_it_is_for_or_is_of_the_installation() -> None:
    assert OF_THE_INSTALLATION <= COMMANDS
    unbound = {name for name in COMMANDS if "tenant" not in find_command(name).Request.model_fields}
    assert unbound == OF_THE_INSTALLATION


@pytest.mark.parametrize("name", [name for name in OF_A_TENANT if _texts(name)])
def test_a_command_for_one_tenant_finds_of_another_what_it_finds_of_nothing(
    world: World, name: str, tmp_path: Path
) -> None:
    theirs = rows_of(world.platform, world.bob.tenant.id)
    for foreign in world.foreign:
        answers = [_run(world.platform, name, text, tmp_path) for text in (foreign, twin_of(foreign))]
        assert answers[0] == answers[1], foreign
    assert rows_of(world.platform, world.bob.tenant.id) == theirs


@pytest.mark.parametrize("name", [name for name in OF_A_TENANT if not _texts(name)])
def test_a_command_that_names_nothing_but_its_tenant_tells_of_no_other(world: World, name: str, tmp_path: Path) -> None:
    theirs = rows_of(world.platform, world.bob.tenant.id)
    _run(world.platform, name, "place", tmp_path)
    assert rows_of(world.platform, world.bob.tenant.id) == theirs


# In `policy preview` and `policy explain` the operator looks at a member, who asks for nothing.
ASKING = [
    name
    for name in OF_A_TENANT
    if "member" in find_command(name).Request.model_fields and not name.startswith("policy-")
]


@pytest.mark.parametrize("name", ASKING)
def test_a_command_with_a_members_rights_goes_no_further_than_they_do(world: World, name: str, tmp_path: Path) -> None:
    asking, email = operator(world.ann.tenant), f"nobody-{name}@own.example"
    save_role(world.platform, asking, name="nobody", description="", permissions=[Permission.USAGE_READ])
    nobody = add_member(world.platform, asking, email=email, name="Nobody", role="nobody")
    fields = find_command(name).Request.model_fields
    given = {"member": email, "notebook": "ownreview", "metrics": ["ownvalue"], "text": "SELECT 1", "tenant": "acme"}
    given |= {"folder": str(tmp_path)}
    request = CHOICES.get(name, {}) | {field: value for field, value in given.items() if field in fields}
    with pytest.raises(ForbiddenError, match="does not include"):
        run_command(world.platform, name, request, lambda _: None)
    assert denials(world.platform, nobody) == 1


def _as_word(text: str) -> str:
    """A text as a table's name is proposed from it."""
    return "".join(sign if sign.isalnum() else "_" for sign in text)


def _run(platform: Platform, name: str, text: str, folder: Path) -> tuple[str, int]:
    """How a command refuses, and how many files it writes; no secret of the other tenant is in what it tells."""
    place = folder / "place"
    place.mkdir()
    request = _request(find_command(name).Request, text, place) | CHOICES.get(name, {}) | {"tenant": "acme"}
    said: list[str] = []
    told, words = "", ""
    try:
        told = f"{run_command(platform, name, request, said.append)}"
    except AppError as error:
        words = f"{error.code} {error.message}"
    assert SECRET not in f"{told} {words} {said}"
    for known, shown in ((str(place), "place"), (text, "it"), (_as_word(text), "it")):
        words = words.replace(known, shown)
    # Which of the tenant's own names is nearest depends on what was typed.
    words = words.partition("Did you mean")[0].partition("Known:")[0]
    written = [path for path in place.rglob("*") if path.is_file()]
    assert not [path for path in written if SECRET.encode() in path.read_bytes()]
    shutil.rmtree(place)
    return words, len(written)


def _request(model: type[BaseModel], text: str, place: Path) -> dict[str, object]:
    """The text in every field that may hold one; a path leads into the test's own folder."""
    found: dict[str, object] = {}
    for name, field in model.model_fields.items():
        kinds = {field.annotation, *get_args(field.annotation)}
        if name in PLACES:
            found[name] = [str(place / text)] if get_origin(field.annotation) is list else str(place / text)
        elif get_origin(field.annotation) is dict:
            value = get_args(field.annotation)[1]
            found[name] = {text: text if value is str else [text] if get_origin(value) is list else {}}
        elif str in kinds:
            found[name] = text if field.annotation is str or type(None) in kinds else [text]
        elif dt.date in kinds and field.is_required():
            found[name] = "2026-11-27"
        elif int in kinds and field.is_required():
            found[name] = 30
        elif bool in kinds and field.is_required():
            found[name] = True
    return found
