"""`plumbline grants`: who may see and change folders, notebooks, models and sources."""

from typing import Annotated, cast

import typer

from app.cli.options import AsJson, Data, Tenant
from app.cli.output import failing_clearly, show_json, show_table, show_text
from app.cli.request import run
from core.errors import InvalidError

grants_app = typer.Typer(
    no_args_is_help=True, help="Say who may see and change folders, notebooks, models and sources."
)


@grants_app.command("list")
def grants_list(tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """List every grant."""
    with failing_clearly(as_json=json_):
        answer = run("grants-list", {"tenant": tenant}, data)
        if json_:
            show_json(answer)
            return
        rows = [list(one.values()) for one in cast(list[dict[str, str]], answer["grants"])]
        show_table(["On", "Name", "To", "May"], rows)


@grants_app.command("set")
def grants_set(
    kind: Annotated[str, typer.Argument(help="folder, notebook, model or source.")],
    name: Annotated[str, typer.Argument(help="Its name; of a folder its path, such as Finance/Board.")],
    tenant: Tenant,
    restricted: Annotated[
        bool | None,
        typer.Option("--restricted/--open", help="For those named on it alone, or also for who sees its folder."),
    ] = None,
    to: Annotated[
        list[str] | None,
        typer.Option(metavar="WHO=LEVEL", help="Address, team:NAME or everyone, and view, comment or edit; say all."),
    ] = None,
    place: Annotated[str | None, typer.Option("--in", metavar="FOLDER", help="The folder's path; / for none.")] = None,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Say who may see and change a thing, and where it lies; what is not said stays. Without options it is shown."""
    with failing_clearly(as_json=json_):
        request: dict[str, object] = {"tenant": tenant, "kind": kind, "name": name, "is_restricted": restricted}
        grants = None if to is None else dict(_pair(one) for one in to if one)
        answer = run("grants-set", request | {"grants": grants, "place": place}, data)
        if json_:
            show_json(answer)
            return
        lies_in = answer["place"]
        open_to = f"those named here, and who may see {lies_in}" if lies_in else "everybody whose role reaches it"
        who = "those named here alone" if answer["is_restricted"] else open_to
        show_text(f"{kind} {name}, in {lies_in or 'no folder'}: for {who}")
        show_table(["To", "May"], [[who, level] for who, level in cast(dict[str, str], answer["grants"]).items()])


def _pair(text: str) -> tuple[str, str]:
    who, sign, level = text.rpartition("=")
    if not sign:
        raise InvalidError(f"{text!r} is no grant; write it as ann@acme.example=view.")
    return who.strip(), level.strip()
