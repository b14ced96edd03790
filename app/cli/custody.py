"""`plumbline audit`, `usage`, `second-factor` and `key`: proofs, statements, second factors and keys."""

from pathlib import Path
from typing import Annotated, cast

import typer

from app.cli.options import AsJson, Data, Tenant
from app.cli.output import failing_clearly, show_json, show_table, show_text
from app.cli.request import Answer, absolute, run

custody_app = typer.Typer()
audit_app = typer.Typer(no_args_is_help=True, help="Prove, export, report on and shorten a tenant's audit log.")
key_app = typer.Typer(no_args_is_help=True, help="Change the master key.")
custody_app.add_typer(audit_app, name="audit")
custody_app.add_typer(key_app, name="key")


@audit_app.command("verify")
def audit_verify(tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """Find lines that were altered, removed or moved, and an end cut off; ends with 1 where there are any."""
    with failing_clearly(as_json=json_):
        answer = run("audit-verify", {"tenant": tenant}, data)
        if json_:
            show_json(answer)
        elif answer["ok"]:
            show_text(f"The log of {tenant} is whole: {answer['lines']} lines, {answer['first']} to {answer['last']}.")
            show_text(f"Head {answer['last']}:{answer['head']}")
        else:
            for problem in cast(list[str], answer["problems"]):
                show_text(problem)
        if not answer["ok"]:
            raise typer.Exit(1)


@audit_app.command("export")
def audit_export(
    tenant: Tenant,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write.")],
    format_: Annotated[str, typer.Option("--format", help="json (lines, with their hashes) or csv.")] = "json",
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Write the whole log as a file."""
    with failing_clearly(as_json=json_):
        request: Answer = {"tenant": tenant, "path": str(out.expanduser().absolute()), "format": format_}
        answer = run("audit-export", request, data)
        if json_:
            show_json(answer)
        else:
            show_text(f"{answer['path']} ({answer['bytes']:,} bytes)")


@audit_app.command("report")
def audit_report(
    tenant: Tenant,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write.")],
    first: Annotated[str, typer.Option("--from", metavar="D", help="The first day, such as 2026-10-01.")],
    last: Annotated[str, typer.Option("--to", metavar="D", help="The last day.")],
    format_: Annotated[str, typer.Option("--format", help="A format of reports, such as pdf or xlsx.")] = "pdf",
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Write who has access to what, and who looked at what in a period."""
    with failing_clearly(as_json=json_):
        request: Answer = {
            "tenant": tenant, "path": absolute(out), "first": first, "last": last, "format": format_,
        }  # fmt: skip
        answer = run("audit-report", request, data)
        if json_:
            show_json(answer)
        else:
            show_text(f"{answer['path']} ({answer['bytes']:,} bytes)")


@audit_app.command("prune")
def audit_prune(
    tenant: Tenant,
    keep_days: Annotated[int, typer.Option("--keep-days", help="Lines older than this are removed.")],
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Remove old lines under a signed checkpoint, from which the rest can still be proved."""
    with failing_clearly(as_json=json_):
        answer = run("audit-prune", {"tenant": tenant, "keep_days": keep_days}, data)
        if json_:
            show_json(answer)
        else:
            show_text(f"{answer['removed']} lines removed.")


@custody_app.command()
def usage(
    tenant: Tenant,
    month: Annotated[str | None, typer.Option(help="Such as 2026-11. [default: the present month]")] = None,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Tell what a tenant used in a month."""
    with failing_clearly(as_json=json_):
        answer = run("usage", {"tenant": tenant, "month": month}, data)
        if json_:
            show_json(answer)
            return
        amounts = cast(dict[str, int], answer["amounts"])
        rows = [[item, f"{amount:,}"] for item, amount in amounts.items()]
        show_table([f"Used in {answer['month']}", "Amount"], rows, right=frozenset({1}))
        if answer["differs"]:
            show_text(f"The audit log says otherwise of: {', '.join(cast(list[str], answer['differs']))}")


@custody_app.command("second-factor")
def second_factor(
    tenant: Tenant,
    demand: Annotated[
        bool | None, typer.Option("--demand/--lift", help="Demand one of who signs in by password or link, or no more.")
    ] = None,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Say whether a tenant demands a second factor; sessions without one end. Without options it is shown."""
    with failing_clearly(as_json=json_):
        answer = run("second-factor", {"tenant": tenant, "is_demanded": demand}, data)
        if json_:
            show_json(answer)
            return
        led = "who lacks it sets it up at the next sign-in" if answer["is_demanded"] else "nobody needs it"
        show_text(f"Without a second factor: {answer['without']} of {answer['members']} members; {led}.")


@custody_app.command("reset-second-factor")
def reset_second_factor(
    email: Annotated[str, typer.Argument(help="The member's address.")],
    tenant: Tenant,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Remove the second factor of a member who lost it and the recovery codes; make sure who asks."""
    with failing_clearly(as_json=json_):
        answer = run("reset-second-factor", {"email": email, "tenant": tenant}, data)
        if json_:
            show_json(answer)
        else:
            show_text(f"{answer['email']} signs in without a code now, and should set up a new one.")


@key_app.command("rotate")
def key_rotate(
    new_key_file: Annotated[
        Path | None, typer.Option("--new-key-file", metavar="FILE", help="The new key's file. [default: a key is made]")
    ] = None,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Wrap every tenant's key with a new master key, while the product runs."""
    with failing_clearly(as_json=json_):
        path = None if new_key_file is None else str(new_key_file.expanduser().absolute())
        answer = run("key-rotate", {"new_key_file": path}, data)
        if json_:
            show_json(answer)
            return
        show_text(f"{answer['keys']} keys are wrapped with the new master key.")
        if not answer["is_in_place"]:
            show_text("Set the new key in the environment or key service before the next start.")
