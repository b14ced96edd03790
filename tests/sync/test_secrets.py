"""Secrets of sources: sealed, and in no log, error, audit line or answer. Addresses that lead inside are refused."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from connectors.errors import AccessRevokedError
from core.errors import AppError, InvalidError, RefusedError
from core.outbound import OutboundRefused
from services.organisation import add_member
from services.platform import Platform
from services.sync.job import run_sync
from services.sync.report import run_as_json, source_as_json
from services.sync.runs import RunStatus, list_runs
from services.sync.sources import list_sources, remove_source, require_source, save_source, try_source
from tenants.access import Principal
from tests.mariadb import MariaDb
from tests.postgresql import Cluster
from tests.sync.mariadb_plant import MariaDbPlant
from tests.sync.plants import PostgresqlPlant, deal

PASSWORD = "p&ss/w%rd-Zq7"


@pytest.fixture
def member(platform: Platform, asking: Principal) -> Principal:
    """An administrator, whose addresses are not the operator's."""
    return add_member(platform, asking, email="ann@example.com", name="Ann", role="admin")


def everything_kept(platform: Platform) -> str:
    """Every value of every table of the metadata, but for sealed ones."""
    kept = []
    with platform.session() as session:
        for table in ("sources", "sync_runs", "audit_events", "usage_months"):
            kept += [str(tuple(row)) for row in session.execute(text(f"SELECT * FROM {table}"))]
    return "\n".join(kept)


def test_a_password_is_nowhere_to_be_seen(platform: Platform, asking: Principal, postgresql: Cluster) -> None:
    plant = PostgresqlPlant(postgresql.new_database(template="template0"))
    plant.put([deal(1)])
    plant.run(f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}' SUPERUSER")
    try:
        address = plant.address.replace("postgres:@", "reader:p%26ss%2Fw%25rd-Zq7@")
        source = save_source(platform, asking, name="crm", kind="sql", values={"url": address})
        assert run_sync(platform, asking, "crm").status is RunStatus.DONE
        plant.run("ALTER ROLE reader NOLOGIN")
        failed = run_sync(platform, asking, "crm", wait=lambda _: False)
    finally:
        plant.run("DROP ROLE reader")
    assert (failed.status, failed.code) == (RunStatus.FAILED, AccessRevokedError.code)
    assert "must give the source working credentials" in failed.message
    shown = (
        everything_kept(platform)
        + json.dumps([run_as_json(run) for run in list_runs(platform, asking)] + [source_as_json(source)])
        + repr(list_sources(platform, asking))
    )
    assert "reader" not in source.detail
    for form in (PASSWORD, "p%26ss%2Fw%25rd-Zq7"):
        assert form not in shown
    data = platform.settings.folder
    assert not [file for file in data.rglob("*") if file.is_file() and PASSWORD.encode() in file.read_bytes()]


def test_an_error_of_a_driver_does_not_repeat_the_address(platform: Platform, asking: Principal) -> None:
    for url in (f"postgresql://u:{PASSWORD}@127.0.0.1:1/x", f"nonsense {PASSWORD}", f"oracle://u:{PASSWORD}@h/x"):
        with pytest.raises(AppError) as caught:
            try_source(platform, asking, "sql", {"url": url})
        assert PASSWORD not in str(caught.value) + repr(caught.value.__cause__)


def test_removing_a_source_forgets_its_secret(platform: Platform, asking: Principal, postgresql: Cluster) -> None:
    plant = PostgresqlPlant(postgresql.new_database(template="template0"))
    save_source(platform, asking, name="crm", kind="sql", values={"url": plant.address})
    remove_source(platform, asking, "crm")
    with platform.session() as session:
        assert session.execute(text("SELECT count(*) FROM secrets")).scalar() == 0
    assert list_sources(platform, asking) == []


def test_a_user_of_mariadb_who_is_not_let_in_is_told_without_the_password(
    platform: Platform, asking: Principal, mariadb: MariaDb
) -> None:
    plant = MariaDbPlant(mariadb.new_database())
    plant.put([deal(1)])
    mariadb.run(f"CREATE USER reader IDENTIFIED BY '{PASSWORD}'")
    try:
        mariadb.run("GRANT ALL ON *.* TO reader")
        address = plant.address.replace("root@", "reader:p%26ss%2Fw%25rd-Zq7@")
        save_source(platform, asking, name="crm", kind="sql", values={"url": address})
        assert run_sync(platform, asking, "crm").status is RunStatus.DONE
        mariadb.run("ALTER USER reader ACCOUNT LOCK")
        failed = run_sync(platform, asking, "crm", wait=lambda _: False)
    finally:
        mariadb.run("DROP USER reader")
    assert (failed.status, failed.code) == (RunStatus.FAILED, AccessRevokedError.code), failed.message
    assert PASSWORD not in everything_kept(platform) + failed.message


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mysql://u:p@127.0.0.1:3306/x", "not a public address"),
        ("mariadb://u:p@localhost/x", "not a public address"),
        ("mysql://u:p@8.8.8.8/x?unix_socket=/run/mysqld", "'unix_socket' is not allowed"),
        ("mysql://u:p@8.8.8.8/x?sslmode=maybe", "Allowed: disable, require, verify-full"),
        ("postgresql://u:p@127.0.0.1:5432/x", "not a public address"),
        ("postgresql://u:p@169.254.169.254/x", "not a public address"),
        ("postgresql://u:p@localhost/x", "not a public address"),
        ("postgresql://u:p@8.8.8.8/x?host=/var/run/postgresql", "'host' is not allowed"),
        ("postgresql://u:p@8.8.8.8/x?hostaddr=127.0.0.1", "'hostaddr' is not allowed"),
        ("postgresql:///x", "names no single host"),
        ("sqlite:////etc/passwd", "may not read"),
        ("sqlite:///relative.db", "absolute path"),
    ],
)
def test_a_members_address_that_leads_inside_is_refused(
    platform: Platform, member: Principal, url: str, reason: str
) -> None:
    with pytest.raises((OutboundRefused, InvalidError, RefusedError), match=reason):
        try_source(platform, member, "sql", {"url": url})


@pytest.mark.parametrize("path", ["/etc/hostname", "../x", "~/x.csv"])
def test_a_members_path_outside_the_allowed_folders_is_refused(
    platform: Platform, member: Principal, path: str
) -> None:
    with pytest.raises((InvalidError, RefusedError), match=r"may not read|must be absolute"):
        try_source(platform, member, "files", {"path": path})


def test_a_link_out_of_an_allowed_folder_is_refused(platform: Platform, member: Principal, tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "secret.csv").write_text("id,x\n1,2\n")
    (tmp_path / "open" / "fine.csv").write_text("id,x\n1,2\n")
    (tmp_path / "open" / "link.csv").symlink_to(tmp_path / "secret.csv")
    object.__setattr__(
        platform, "settings", platform.settings.model_copy(update={"source_folders": str(tmp_path / "open")})
    )
    assert try_source(platform, member, "files", {"path": str(tmp_path / "open" / "fine.csv")}).streams[0].rows == 1
    with pytest.raises(RefusedError, match="may not read"):
        try_source(platform, member, "files", {"path": str(tmp_path / "open" / "link.csv")})


def test_sources_are_the_tenants_own_and_for_those_who_may(
    platform: Platform, asking: Principal, tmp_path: Path
) -> None:
    from core.errors import ForbiddenError
    from services.organisation import create_tenant
    from tenants.access import operator

    (tmp_path / "deals.csv").write_text("id,x\n1,2\n")
    save_source(platform, asking, name="crm", kind="files", values={"path": str(tmp_path / "deals.csv")})
    other = operator(create_tenant(platform, slug="other", name="Other"))
    analyst = add_member(platform, asking, email="bo@example.com", name="Bo", role="analyst")
    executive = add_member(platform, asking, email="cy@example.com", name="Cy", role="executive")
    assert list_sources(platform, other) == []
    with pytest.raises(ForbiddenError, match="no source crm"):
        run_sync(platform, other, "crm")
    with pytest.raises(ForbiddenError, match="source:configure"):
        save_source(platform, analyst, name="x", kind="files", values={"path": str(tmp_path)})
    assert run_sync(platform, analyst, "crm").status is RunStatus.DONE
    with pytest.raises(ForbiddenError, match="source:sync"):
        run_sync(platform, executive, "crm")
    assert require_source(platform, analyst, "crm").detail == "deals.csv"
