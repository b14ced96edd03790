"""A process that is killed while it rotates, restores or erases: the tenant is as before or as after, never between."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.errors import InvalidError
from core.settings import Settings
from services.audit import verify_log
from services.backups import back_up
from services.erasure import erase_tenant
from services.keys import rotate_tenant
from services.platform import Platform
from services.restore import restore_backup
from tenants.access import operator
from tests.killed import KILLED, Steps, run_apart
from tests.services.custody import fill_tenant, load_deals, state_of


def _work(settings: Settings, name: str, last: int, backup: Path | None) -> None:
    """In a process of its own, which ends with the number of steps as its code."""
    platform, step = Platform(settings), Steps(last)
    principal = operator(platform.tenant("acme"))
    match name:
        case "rotate":
            rotate_tenant(platform, principal, step)
        case "restore":
            assert backup is not None
            restore_backup(platform, backup, step=step)
        case _:
            erase_tenant(platform, principal, confirm="acme", step=step)
    platform.close()
    sys.exit(step.count)


def work(settings: Settings, name: str, at: int, backup: Path | None = None) -> int:
    """Run it in a process that is killed at a step; 0 lets it end. Returns how many steps there were."""
    code = run_apart(_work, settings, name, at, backup)
    assert code is not None
    assert (code == KILLED) == bool(at)
    return 0 if at else code


@contextmanager
def opened(settings: Settings) -> Iterator[Platform]:
    """The installation in this process."""
    platform = Platform(settings)
    try:
        yield platform
    finally:
        platform.close()


def files_of(settings: Settings) -> list[str]:
    """The files of stores, without what a store makes anew when it opens."""
    return sorted(path.name for path in settings.stores_folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_a_kill_while_a_tenants_key_is_changed_leaves_one_store_that_opens(settings: Settings, step: int) -> None:
    with opened(settings) as platform:
        admin = fill_tenant(platform)
        before, key = state_of(platform, "acme"), platform.store_key(admin.tenant).reveal()
    work(settings, "rotate", step)
    with opened(settings) as platform:
        assert state_of(platform, "acme") == before
        assert not verify_log(platform, admin).problems
        assert (platform.store_key(admin.tenant).reveal() == key) == (step < 3)
        load_deals(platform, admin, 4)
    assert len(files_of(settings)) == 1


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_a_kill_while_a_backup_is_restored_leaves_before_or_after(settings: Settings, step: int) -> None:
    with opened(settings) as platform:
        admin = fill_tenant(platform)
        path = back_up(platform, admin, step=lambda _: None).backup.path
        after = state_of(platform, "acme")
        load_deals(platform, admin, 9)
        before = state_of(platform, "acme")
    assert before != after
    work(settings, "restore", step, path)
    with opened(settings) as platform:
        assert state_of(platform, "acme") == (before if step < 3 else after)
        assert not verify_log(platform, admin).problems
        load_deals(platform, admin, 4)
    assert len(files_of(settings)) == 1


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_kill_while_a_tenant_is_erased_leaves_all_of_it_or_nothing(settings: Settings, step: int) -> None:
    with opened(settings) as platform:
        admin = fill_tenant(platform)
        back_up(platform, admin, step=lambda _: None)
        before = state_of(platform, "acme")
    work(settings, "erase", step)
    with opened(settings) as platform:
        if step == 1:
            assert state_of(platform, "acme") == before
            assert len(list(settings.backups_folder.iterdir())) == 1
        else:
            with pytest.raises(InvalidError, match="no tenant"):
                platform.tenant("acme")
            assert not list(settings.backups_folder.iterdir())
    assert files_of(settings) == (["store.duckdb"] if step == 1 else [])


def test_the_steps_killed_at_are_all_there_are(settings: Settings) -> None:
    with opened(settings) as platform:
        admin = fill_tenant(platform)
        path = back_up(platform, admin, step=lambda _: None).backup.path
    assert [work(settings, name, 0, path) for name in ("rotate", "restore", "erase")] == [4, 4, 3]
    assert not list(settings.backups_folder.iterdir())
