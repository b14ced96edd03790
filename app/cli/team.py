"""`plumbline team`: who manages whom in a tenant."""

from typing import Annotated, cast

import typer

from app.cli.options import AsJson, Data, Tenant
from app.cli.output import failing_clearly, show_json, show_table, show_text
from app.cli.request import Answer, run

team_app = typer.Typer(no_args_is_help=True, help="Keep the teams of a tenant, which row policies may speak of.")
Name = Annotated[str, typer.Argument(help="The team's name.")]


@team_app.command("list")
def team_list(tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """List the teams from the top down."""
    with failing_clearly(as_json=json_):
        answer = run("team-list", {"tenant": tenant}, data)
        if json_:
            show_json(answer)
            return
        teams = cast(list[dict[str, list[str]]], answer["teams"])
        rows = [[str(one["team"]), ", ".join(one["managers"]), ", ".join(one["members"])] for one in teams]
        show_table(["Team", "Managers", "Members"], rows)


@team_app.command("save")
def team_save(
    name: Name,
    tenant: Tenant,
    rename: Annotated[str | None, typer.Option(help="A new name for it.")] = None,
    above: Annotated[str | None, typer.Option(help="The team it belongs to; an empty text for none.")] = None,
    manager: Annotated[
        list[str] | None, typer.Option("--manager", metavar="EMAIL", help="Every manager; say it again for more.")
    ] = None,
    member: Annotated[
        list[str] | None, typer.Option("--member", metavar="EMAIL", help="Every other member of it.")
    ] = None,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Make a team or change it; what is not said stays as it is."""
    with failing_clearly(as_json=json_):
        request: Answer = {
            "tenant": tenant, "name": name, "rename": rename, "above": above, "managers": manager, "members": member,
        }  # fmt: skip
        _tell(run("team-save", request, data), "saved", as_json=json_)


@team_app.command("remove")
def team_remove(name: Name, tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """Remove a team that has none below it; its people stay members."""
    with failing_clearly(as_json=json_):
        _tell(run("team-remove", {"tenant": tenant, "name": name}, data), "removed", as_json=json_)


def _tell(answer: Answer, what: str, *, as_json: bool) -> None:
    if as_json:
        show_json(answer)
    else:
        show_text(f"The team {answer['team']} is {what}.")
