"""The master key: changed while the product runs, killed at every step, wrong, missing, from a command."""

import base64
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import delete, select

from core.errors import InvalidError
from core.master_key import write_key
from core.secrets import KeyFault, new_key
from core.settings import Settings
from services.audit import verify_log
from services.keys import rotate_master
from services.organisation import create_tenant
from services.platform import Platform
from tenants.access import operator
from tenants.schema import InstallationKeyRow
from tests.killed import KILLED, Steps, run_apart


def _change(settings: Settings, last: int) -> None:
    rotate_master(Platform(settings), None, Steps(last))


def opens(settings: Settings) -> bool:
    """Whether a fresh process finds the key of the store and of the log."""
    platform = Platform(settings)
    try:
        tenant = platform.tenant("acme")
        platform.store(tenant).row_counts()
        return not verify_log(platform, operator(tenant)).problems
    finally:
        platform.close()


def test_the_master_key_is_changed_while_stores_are_open(settings: Settings, platform: Platform) -> None:
    tenant = create_tenant(platform, slug="acme", name="Acme")
    before = settings.master_key_path.read_bytes()
    assert rotate_master(platform, None, lambda _: None) == 2
    assert settings.master_key_path.read_bytes() != before
    assert (settings.folder / "master.key.retired").read_bytes() == before
    later = create_tenant(platform, slug="later", name="Later")
    assert platform.store(tenant).row_counts() == platform.store(later).row_counts() == {}
    platform.close()
    assert opens(settings)


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_kill_at_any_step_of_the_change_leaves_a_key_that_opens(settings: Settings, step: int) -> None:
    platform = Platform(settings)
    create_tenant(platform, slug="acme", name="Acme")
    platform.close()
    assert run_apart(_change, settings, step) == KILLED
    assert opens(settings)
    assert not (settings.folder / "master.key.next").exists()
    assert opens(settings)


def test_a_key_of_the_environment_is_changed_with_a_file_that_is_set_next(settings: Settings, tmp_path: Path) -> None:
    first, second = (base64.b64encode(new_key().reveal()).decode() for _ in range(2))
    configured = settings.model_copy(update={"master_key": SecretStr(first)})
    platform = Platform(configured)
    create_tenant(platform, slug="acme", name="Acme")
    with pytest.raises(InvalidError, match="--new-key-file"):
        rotate_master(platform, None, lambda _: None)
    (tmp_path / "new.key").write_text(second)
    rotate_master(platform, str(tmp_path / "new.key"), lambda _: None)
    platform.close()
    with pytest.raises(KeyFault, match="not the one"):
        Platform(configured)
    assert opens(settings.model_copy(update={"master_key": SecretStr(second)}))


def test_a_command_gives_the_key_and_its_failure_is_told(settings: Settings, tmp_path: Path) -> None:
    write_key(tmp_path / "kms.key", new_key())
    by_command = settings.model_copy(update={"master_key_command": f"cat '{tmp_path / 'kms.key'}'"})
    platform = Platform(by_command)
    create_tenant(platform, slug="acme", name="Acme")
    platform.close()
    assert opens(by_command)
    assert not settings.master_key_path.exists()
    cases = (("false", "ended with 1"), ("no-such-program", "cannot be run"), ("echo hello", "not base64"))
    for command, told in cases:
        with pytest.raises(KeyFault, match=told):
            Platform(settings.model_copy(update={"master_key_command": command}))


def test_an_installation_from_before_the_check_refuses_another_key_and_gets_the_check(settings: Settings) -> None:
    platform = Platform(settings)
    create_tenant(platform, slug="acme", name="Acme")
    with platform.session() as session:
        session.execute(delete(InstallationKeyRow).where(InstallationKeyRow.name == "check"))
    platform.close()
    other = SecretStr(base64.b64encode(new_key().reveal()).decode())
    with pytest.raises(KeyFault, match="not the one"):
        Platform(settings.model_copy(update={"master_key": other}))
    assert opens(settings)
    platform = Platform(settings)
    with platform.session() as session:
        assert {row.name for row in session.scalars(select(InstallationKeyRow))} == {"audit", "check"}
    platform.close()
    with pytest.raises(KeyFault, match="not the one"):
        Platform(settings.model_copy(update={"master_key": other}))


def test_a_key_file_is_for_its_owner_alone(settings: Settings, platform: Platform) -> None:
    rotate_master(platform, None, lambda _: None)
    assert settings.master_key_path.stat().st_mode & 0o777 == 0o600
