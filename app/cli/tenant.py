"""`plumbline tenant backup|restore|export|erase|rotate-key`: a tenant as a whole."""

from pathlib import Path
from typing import Annotated, cast

import typer

from app.cli.options import AsJson, Data
from app.cli.output import failing_clearly, show_json, show_text
from app.cli.request import Answer, absolute, run

tenant_app = typer.Typer(no_args_is_help=True, help="Make, list, back up, restore, export and erase tenants.")

Slug = Annotated[str, typer.Argument(metavar="TENANT", help="The tenant's short name.")]


def _absolute(path: Path | None) -> str | None:
    return None if path is None else absolute(path)


@tenant_app.command("backup")
def tenant_backup(
    tenant: Annotated[str | None, typer.Argument(metavar="TENANT", help="The tenant's short name.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Back up every tenant.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="The folder. [default: PLUMBLINE_BACKUP_FOLDER]")
    ] = None,
    keep: Annotated[int | None, typer.Option(help="Remove all but so many of each tenant in that folder.")] = None,
    schedule: Annotated[
        str | None, typer.Option(metavar="CRON", help="Make backups by themselves, as '0 2 * * *'; off ends it.")
    ] = None,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Write an encrypted backup of a tenant, while the product runs; ends with 1 where one failed."""
    if (tenant is None) != every:
        raise typer.BadParameter("name a tenant, or say --all")
    if schedule is not None and (every or out is not None):
        raise typer.BadParameter("a schedule is of one tenant, in the folder of backups", param_hint="--schedule")
    with failing_clearly(as_json=json_):
        if schedule is not None:
            request: Answer = {"tenant": tenant, "schedule": schedule, "keep": keep}
            _tell_plan(run("tenant-backup-plan", request, data), as_json=json_)
            return
        answer = run("tenant-backup", {"tenant": tenant, "folder": _absolute(out), "keep": keep}, data)
        failed = cast(list[str], answer["failed"])
        if json_:
            show_json(answer)
        else:
            for made in cast(list[Answer], answer["backups"]):
                show_text(f"{made['path']} ({made['bytes']:,} bytes, SHA-256 {made['sha256']})")
            for line in failed:
                show_text(f"Not backed up: {line}")
        if failed:
            raise typer.Exit(1)


def _tell_plan(answer: Answer, *, as_json: bool) -> None:
    plan = cast(dict[str, object] | None, answer["plan"])
    if as_json:
        show_json(answer)
    elif plan is None:
        show_text(f"No backups of {answer['tenant']} are made by themselves.")
    else:
        show_text(f"Backups at {plan['schedule']}, the newest {plan['keep']} kept; next at {plan['next_at']}.")


@tenant_app.command("settings")
def tenant_settings(
    tenant: Slug,
    name: Annotated[str | None, typer.Option(help="The name shown to people.")] = None,
    zone: Annotated[str | None, typer.Option(help="The time zone, such as Europe/Berlin.")] = None,
    currency: Annotated[str | None, typer.Option(help="The currency code; amounts are not converted.")] = None,
    fiscal_start_month: Annotated[int | None, typer.Option(help="1 for January to 12 for December.")] = None,
    week_start: Annotated[int | None, typer.Option(help="0 for Monday to 6 for Sunday.")] = None,
    accent: Annotated[str | None, typer.Option(metavar="#RRGGBB", help="The colour of logo and reports.")] = None,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Show or change what an organisation says of itself."""
    with failing_clearly(as_json=json_):
        request: Answer = {
            "tenant": tenant, "name": name, "zone": zone, "currency": currency, "accent": accent,
            "fiscal_start_month": fiscal_start_month, "week_start": week_start,
        }  # fmt: skip
        answer = run("tenant-settings", request, data)
        if json_:
            show_json(answer)
            return
        for key, value in cast(dict[str, object], answer["settings"]).items():
            show_text(f"{key}: {value}")


@tenant_app.command("restore")
def tenant_restore(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")],
    check: Annotated[bool, typer.Option("--check", help="Only prove that it can be restored.")] = False,
    key_file: Annotated[
        Path | None, typer.Option("--key-file", metavar="FILE", help="The master key it was made under.")
    ] = None,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Put a tenant back as it was in a backup. Its members sign in anew; its audit log goes on."""
    with failing_clearly(as_json=json_):
        request: Answer = {"path": _absolute(path), "key_file": _absolute(key_file), "check": check}
        answer = run("tenant-restore", request, data)
        if json_:
            show_json(answer)
            return
        rows = cast(dict[str, int], answer["rows"])
        done = "is restored" if answer["is_in_place"] else "can be restored; nothing was changed"
        show_text(f"{answer['tenant']} {done}: {len(rows)} tables, {sum(rows.values()):,} rows, {answer['made_at']}.")


@tenant_app.command("export")
def tenant_export(
    tenant: Slug,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The ZIP file to write.")],
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Write all a tenant has as Parquet, YAML and JSON lines in a ZIP file, without keys and passwords."""
    with failing_clearly(as_json=json_):
        answer = run("tenant-export", {"tenant": tenant, "path": _absolute(out)}, data)
        if json_:
            show_json(answer)
        else:
            show_text(f"{answer['path']} ({answer['bytes']:,} bytes)")


@tenant_app.command("erase")
def tenant_erase(
    tenant: Slug,
    confirm: Annotated[str, typer.Option("--confirm", metavar="TENANT", help="The short name again.")] = "",
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Erase a tenant for good: rows, key, store, and its backups in the backup folder."""
    with failing_clearly(as_json=json_):
        answer = run("tenant-erase", {"tenant": tenant, "confirm": confirm}, data)
        if json_:
            show_json(answer)
        else:
            show_text(f"{tenant} is erased, with {answer['backups_removed']} backups. Remove any copies elsewhere.")


@tenant_app.command("rotate-key")
def tenant_rotate_key(tenant: Slug, data: Data = None, json_: AsJson = False) -> None:
    """Write a tenant's store and secrets anew under a new key, while the product runs."""
    with failing_clearly(as_json=json_):
        answer = run("tenant-rotate-key", {"tenant": tenant}, data)
        if json_:
            show_json(answer)
        else:
            show_text(f"{tenant} has a new key; its store and {answer['secrets']} secrets are under it.")


@tenant_app.command("limits")
def tenant_limits(
    tenant: Slug,
    memory_mb: Annotated[int | None, typer.Option(help="Memory of its store, in MiB.")] = None,
    threads: Annotated[int | None, typer.Option(help="Threads of its store.")] = None,
    timeout_s: Annotated[float | None, typer.Option(help="Seconds after which a query is interrupted.")] = None,
    max_rows: Annotated[int | None, typer.Option(help="Rows a query may return.")] = None,
    disk_mb: Annotated[int | None, typer.Option(help="Disk its store may take, in MiB.")] = None,
    seats: Annotated[int | None, typer.Option(help="Active members it may have.")] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Go back to the settings' limits first.")] = False,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Show a tenant's limits, or set some; memory and threads hold from its store's next opening."""
    with failing_clearly(as_json=json_):
        given = {
            "memory_mb": memory_mb, "threads": threads, "timeout_s": timeout_s, "max_rows": max_rows,
            "disk_mb": disk_mb, "seats": seats,
        }  # fmt: skip
        answer = run("tenant-limits", {"tenant": tenant, "reset": reset, **given}, data)
        if json_:
            show_json(answer)
            return
        limits = cast(dict[str, object], answer["limits"])
        for name, value in limits.items():
            show_text(f"{name:<10} {'none' if value is None else f'{value:,}'}")
