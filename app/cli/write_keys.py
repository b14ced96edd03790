"""`plumbline write-key`: the keys by which a tenant's software sends events."""

from typing import Annotated, cast

import typer

from app.cli.options import AsJson, Data, Tenant
from app.cli.output import failing_clearly, show_json, show_table, show_text
from app.cli.request import run

write_key_app = typer.Typer(no_args_is_help=True, help="Keep the keys by which a tenant's software sends events.")
Name = Annotated[str, typer.Argument(help="A short name, such as website.")]


@write_key_app.command("create")
def write_key_create(name: Name, tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """Make a key; it is shown this once."""
    with failing_clearly(as_json=json_):
        answer = run("write-key-create", {"tenant": tenant, "name": name}, data)
        if json_:
            show_json(answer)
        else:
            show_text(str(answer["key"]))


@write_key_app.command("list")
def write_key_list(tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """List the keys by name."""
    with failing_clearly(as_json=json_):
        answer = run("write-key-list", {"tenant": tenant}, data)
        if json_:
            show_json(answer)
            return
        keys = cast(list[dict[str, str]], answer["keys"])
        show_table(["Key", "Made", "By"], [[one["name"], one["created_at"], one["created_by"]] for one in keys])


@write_key_app.command("revoke")
def write_key_revoke(name: Name, tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """Take no more events by a key; those that came stay."""
    with failing_clearly(as_json=json_):
        answer = run("write-key-revoke", {"tenant": tenant, "name": name}, data)
        if json_:
            show_json(answer)
        else:
            show_text(f"{name} opens nothing any more.")
