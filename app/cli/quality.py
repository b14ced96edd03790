"""`plumbline quality`: checks of tables, and how they came out."""

from pathlib import Path
from typing import Annotated, cast

import typer

from app.cli.options import AsJson, Data, Tenant
from app.cli.output import failing_clearly, show_json, show_lines, show_table, show_text
from app.cli.request import Answer, absolute, run

quality_app = typer.Typer(no_args_is_help=True, help="Check what the tables hold after each sync.")


@quality_app.command("apply")
def quality_apply(
    folder: Annotated[Path, typer.Argument(help="A YAML file, or a folder of them, one for each table.")],
    tenant: Tenant,
    prune: Annotated[bool, typer.Option("--prune", help="Remove the checks of tables that no file names.")] = False,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Put checks of tables in force and measure those that are new."""
    with failing_clearly(as_json=json_):
        request: Answer = {"folder": absolute(folder), "tenant": tenant, "prune": prune}
        show_lines(run("quality-apply", request, data), "said", as_json=json_)


@quality_app.command("list")
def quality_list(tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """List the checks with how they came out last."""
    with failing_clearly(as_json=json_):
        _show(run("quality-list", {"tenant": tenant}, data), as_json=json_)


@quality_app.command("run")
def quality_run(tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """Measure all checks now; ends with 1 where one failed."""
    with failing_clearly(as_json=json_):
        answer = run("quality-list", {"tenant": tenant, "measure": True}, data)
        _show(answer, as_json=json_)
        if any(one["state"] == "failed" for one in cast(list[Answer], answer["checks"])):
            raise typer.Exit(1)


def _show(answer: Answer, *, as_json: bool) -> None:
    if as_json:
        show_json(answer)
        return
    names = ("table", "check", "state", "said", "on_failure")
    rows = [[str(one[name]) for name in names] for one in cast(list[Answer], answer["checks"])]
    show_table(["Table", "Must be so", "State", "Found", "On failure"], rows)
    doubted = cast(dict[str, str], answer["doubted"])
    if doubted:
        show_text(f"Metrics in doubt: {', '.join(sorted(doubted))}.")
