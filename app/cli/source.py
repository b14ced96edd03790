"""`plumbline source`: connect sources, sync them, and see what came."""

import sys
from pathlib import Path
from typing import Annotated, cast

import typer

from app.cli.options import AsJson, Data, Tenant
from app.cli.output import failing_clearly, show_json, show_lines, show_table, show_text
from app.cli.request import Answer, run

source_app = typer.Typer(no_args_is_help=True, help="Connect sources and sync them.")

Name = Annotated[str, typer.Argument(help="The source's name.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="A field; FIELD=@FILE reads a file and FIELD=@- standard input."),
]


def _pairs(given: list[str], option: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not name or not sign:
            raise typer.BadParameter(f"{text!r} is not NAME=VALUE", param_hint=option)
        found[name] = value
    return found


def read_value(value: str) -> str:
    """A value as typed, or what stands in the file it names with @; @- is standard input."""
    if not value.startswith("@"):
        return value
    if value == "@-":
        return sys.stdin.readline().rstrip("\r\n")
    try:
        return Path(value[1:]).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{value[1:]} cannot be read ({error})", param_hint="value") from error


def _values(given: list[str]) -> dict[str, str]:
    """Fields as typed; a path is made absolute, as another process may read it."""
    values = {field: read_value(text) for field, text in _pairs(given, "--set").items()}
    return {
        field: str(Path(text).expanduser().absolute()) if field == "path" else text for field, text in values.items()
    }


def _wishes(streams: list[str], keys: list[str], lag: int) -> dict[str, Answer]:
    wishes: dict[str, Answer] = {}
    for text in streams:
        name, *how = text.split(":")
        wishes[name] = dict(zip(("mode", "cursor_field"), how, strict=False)) | {"lag_s": lag}
    for name, key in _pairs(keys, "--key").items():
        wishes.setdefault(name, {"lag_s": lag})["key"] = key.split(",")
    return wishes


@source_app.command("add")
def source_add(
    name: Annotated[str, typer.Argument(help="A short name, such as crm.")],
    kind: Annotated[str, typer.Argument(help="The kind, such as files or sql; `plumbline source list` shows all.")],
    tenant: Tenant,
    set_: SetOption = None,
    stream: Annotated[
        list[str] | None,
        typer.Option("--stream", metavar="NAME[:MODE[:COLUMN]]", help="full, incremental or append. [default: all]"),
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option("--key", metavar="STREAM=COLUMN,...", help="What tells its rows apart.")
    ] = None,
    lag: Annotated[int, typer.Option(help="Seconds after which a row may still become visible.")] = 0,
    prefix: Annotated[str, typer.Option(help="What the names of its tables begin with.")] = "",
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Reach a source, choose how its streams are synced, and keep it; secrets are sealed."""
    with failing_clearly(as_json=json_):
        values = _values(set_ or [])
        request: Answer = {
            "tenant": tenant, "name": name, "kind": kind, "values": values, "prefix": prefix,
            "streams": _wishes(stream or [], key or [], lag),
        }  # fmt: skip
        answer = run("source-add", request, data)
        if json_:
            show_json(answer)
            return
        from app.cli.source_tables import stream_rows

        show_text(f"{answer['name']} ({answer['detail']}) is connected.")
        show_table(["Stream", "Table", "Mode", "Key", "Cursor"], stream_rows(answer))


@source_app.command("try")
def source_try(
    kind: Annotated[str, typer.Argument(help="The kind, such as rest.")],
    tenant: Tenant,
    set_: SetOption = None,
    stream: Annotated[str | None, typer.Option("--stream", help="Which stream. [default: the first]")] = None,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Show the first rows of a source and save nothing."""
    with failing_clearly(as_json=json_):
        request: Answer = {"tenant": tenant, "kind": kind, "values": _values(set_ or []), "stream": stream}
        answer = run("source-try", request, data)
        if json_:
            show_json(answer)
            return
        columns = cast(dict[str, str], answer["columns"])
        rows = [
            ["" if value is None else str(value) for value in row] for row in cast(list[list[object]], answer["rows"])
        ]
        show_table([f"{name} ({type_})" for name, type_ in columns.items()], rows)


@source_app.command("list")
def source_list(tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """List the sources and the kinds there are."""
    with failing_clearly(as_json=json_):
        answer = run("source-list", {"tenant": tenant}, data)
        if json_:
            show_json(answer)
            return
        from app.cli.source_tables import kind_lines, source_rows

        show_table(["Source", "Kind", "From", "Tables", "Newest run"], source_rows(answer), right=frozenset({3}))
        for line in kind_lines(answer):
            show_text(line)


@source_app.command("check")
def source_check(name: Name, tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """Reach a source and tell what it has."""
    with failing_clearly(as_json=json_):
        answer = run("source-check", {"tenant": tenant, "name": name}, data)
        if json_:
            show_json(answer)
            return
        from app.cli.source_tables import found_rows

        show_text(f"{name} answers" + (f" as {answer['identity']}." if answer["identity"] else "."))
        show_table(["Stream", "Columns", "Rows", "Key"], found_rows(answer), right=frozenset({1, 2}))


@source_app.command("sync")
def source_sync(name: Name, tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """Sync a source now; ends with 1 where the run failed."""
    with failing_clearly(as_json=json_):
        answer = run("source-sync", {"tenant": tenant, "name": name}, data)
        if json_:
            show_json(answer)
        else:
            from app.cli.source_tables import run_line

            show_text(run_line(answer))
        if answer["status"] != "done":
            raise typer.Exit(1)


@source_app.command("map")
def source_map(
    name: Name,
    tenant: Tenant,
    apply: Annotated[bool, typer.Option("--apply", help="Put the definitions in force.")] = False,
    table: Annotated[
        list[str] | None, typer.Option("--table", help="Only this canonical table. [default: all]")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace models of the same name.")] = False,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Show the revenue pack over a source's tables, or put it in force; `events` are the events in."""
    with failing_clearly(as_json=json_):
        request: Answer = {
            "tenant": tenant, "name": name, "apply": apply, "tables": table or [], "replaces": replace
        }  # fmt: skip
        answer = run("source-map", request, data)
        show_lines(answer, "said", as_json=json_)


@source_app.command("schedule")
def source_schedule(
    name: Name,
    tenant: Tenant,
    cron: Annotated[str, typer.Argument(help="A cron time in the tenant's zone, such as '0 6 * * *'; '' ends it.")],
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Sync a source at certain times, in a running server."""
    with failing_clearly(as_json=json_):
        answer = run("source-schedule", {"tenant": tenant, "name": name, "cron": cron}, data)
        if json_:
            show_json(answer)
        else:
            at = answer["next_run_at"]
            show_text(f"{name} is synced by hand." if at is None else f"{name} is synced next at {at}.")


@source_app.command("runs")
def source_runs(
    tenant: Tenant,
    name: Annotated[str | None, typer.Argument(help="The source's name. [default: all]")] = None,
    log: Annotated[bool, typer.Option("--log", help="Show what each run said.")] = False,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """List the newest runs."""
    with failing_clearly(as_json=json_):
        answer = run("source-runs", {"tenant": tenant, "name": name}, data)
        if json_:
            show_json(answer)
            return
        from app.cli.source_tables import log_lines, run_rows

        headers = ["Started", "Source", "Status", "Seconds", "In", "Added", "Updated", "Deleted", "Set aside"]
        show_table(headers, run_rows(answer), right=frozenset(range(3, 9)))
        for one in cast(list[Answer], answer["runs"]) if log else []:
            for line in log_lines(one):
                show_text(line)


@source_app.command("change")
def source_change(name: Name, tenant: Tenant, set_: SetOption = None, data: Data = None, json_: AsJson = False) -> None:
    """Reach a source in another way, such as with a new token, and keep that."""
    with failing_clearly(as_json=json_):
        answer = run("source-change", {"tenant": tenant, "name": name, "values": _values(set_ or [])}, data)
        if json_:
            show_json(answer)
        else:
            show_text(f"{name} ({answer['detail']}) is connected again.")


@source_app.command("remove")
def source_remove(
    name: Name,
    tenant: Tenant,
    drop_tables: Annotated[bool, typer.Option("--drop-tables", help="Drop its tables and their history too.")] = False,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Forget a source and its secrets; its tables stay unless they are dropped."""
    with failing_clearly(as_json=json_):
        answer = run("source-remove", {"tenant": tenant, "name": name, "drops_tables": drop_tables}, data)
        if json_:
            show_json(answer)
            return
        dropped = cast(list[str], answer["dropped"])
        told = f"dropped: {', '.join(dropped) or 'no table'}" if drop_tables else "its tables stay"
        show_text(f"{name} is removed; {told}.")
