"""`plumbline metrics apply|export|import-dbt|propose|rollups`: metric definitions in and out."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import AsJson, Data, Tenant
from app.cli.output import failing_clearly, show_lines
from app.cli.request import Answer, absolute, run

metrics_app = typer.Typer(no_args_is_help=True, help="Bring metric definitions in and out.")


@metrics_app.command("apply")
def metrics_apply(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of YAML files, or one file.")],
    tenant: Tenant,
    prune: Annotated[bool, typer.Option("--prune", help="Remove models that are in none of the files.")] = False,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Check definitions and put them in force; reports all problems at once."""
    with failing_clearly(as_json=json_):
        answer = run("metrics-apply", {"folder": absolute(folder), "tenant": tenant, "prune": prune}, data)
        show_lines(answer, "said", as_json=json_)


@metrics_app.command("export")
def metrics_export(
    tenant: Tenant,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write the YAML files.")] = Path("metrics"),
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Write a tenant's definitions as YAML files."""
    with failing_clearly(as_json=json_):
        answer = run("metrics-export", {"folder": absolute(out), "tenant": tenant}, data)
        show_lines(answer, "files", as_json=json_)


@metrics_app.command("propose")
def metrics_propose(
    tenant: Tenant,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write the drafts as YAML files.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Put the drafts in force as they are.")] = False,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Draft models and metrics for the imported tables that have none."""
    with failing_clearly(as_json=json_):
        request: Answer = {"tenant": tenant, "folder": absolute(out) if out else None, "apply": apply}
        show_lines(run("metrics-propose", request, data), "said", as_json=json_)


@metrics_app.command("rollups")
def metrics_rollups(
    tenant: Tenant,
    build: Annotated[bool, typer.Option("--build", help="Build them now.")] = False,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """List the rollups that slow questions suggest; they are built by themselves once they are asked for often."""
    with failing_clearly(as_json=json_):
        show_lines(run("metrics-rollups", {"tenant": tenant, "build": build}, data), "said", as_json=json_)


@metrics_app.command("import-dbt")
def metrics_import_dbt(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of dbt's YAML files, or one file.")],
    tenant: Tenant,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write them as our YAML files.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Put them in force.")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Do so though some of them are refused.")] = False,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Take over the semantic models and metrics of a dbt project (MetricFlow); what has no equal is refused by name."""
    with failing_clearly(as_json=json_):
        request: Answer = {"folder": absolute(folder), "tenant": tenant, "out": absolute(out) if out else None}
        request |= {"apply": apply, "partial": partial}
        show_lines(run("metrics-import-dbt", request, data), "said", as_json=json_)
