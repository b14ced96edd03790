"""`plumbline notebook`: list notebooks, and bring them in and out."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import AsJson, Data, Tenant
from app.cli.output import failing_clearly, show_json, show_lines, show_table
from app.cli.request import run

notebook_app = typer.Typer(name="notebook", no_args_is_help=True, help="List notebooks, and bring them in and out.")


@notebook_app.command("list")
def notebook_list(tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """List a tenant's notebooks with their cells, newest version and what readers see."""
    with failing_clearly(as_json=json_):
        answer = run("notebook-list", {"tenant": tenant}, data)
        if json_:
            show_json(answer)
            return
        from app.cli.tables import notebook_rows

        show_table(["Notebook", "Title", "Cells", "Version", "State"], notebook_rows(answer), right=frozenset({2, 3}))


@notebook_app.command("import")
def notebook_import(
    path: Annotated[Path, typer.Argument(help="A YAML file, or a folder of them.")],
    tenant: Tenant,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Check notebooks and save a new version of each that changed."""
    with failing_clearly(as_json=json_):
        answer = run("notebook-import", {"path": str(path.expanduser().absolute()), "tenant": tenant}, data)
        show_lines(answer, "said", as_json=json_)


@notebook_app.command("export")
def notebook_export(
    tenant: Tenant,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write the files.")] = Path("notebooks"),
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Write a tenant's notebooks as YAML files."""
    with failing_clearly(as_json=json_):
        answer = run("notebook-export", {"folder": str(out.expanduser().absolute()), "tenant": tenant}, data)
        show_lines(answer, "files", as_json=json_)
