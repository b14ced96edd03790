"""`plumbline member`: who is in a tenant, with which roles, and who is no more."""

import sys
from typing import Annotated, cast

import typer

from app.cli.options import AsJson, Data, Tenant
from app.cli.output import failing_clearly, show_json, show_table, show_text
from app.cli.request import Answer, run

member_app = typer.Typer(no_args_is_help=True, help="Add, list, change and deactivate members of a tenant.")
Email = Annotated[str, typer.Argument(help="The member's e-mail address.")]


def _attributes(given: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not name or not sign:
            raise typer.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--attribute")
        found.setdefault(name, []).append(value)
    return found


@member_app.command("add")
def member_add(
    email: Annotated[str, typer.Argument(help="The e-mail address.")],
    tenant: Tenant,
    name: Annotated[str, typer.Option(help="The person's name.")] = "",
    role: Annotated[str, typer.Option(help="admin, analyst, executive or manager.")] = "analyst",
    attribute: Annotated[
        list[str] | None,
        typer.Option("--attribute", metavar="NAME=VALUE", help="A fact that row policies use; say it again for more."),
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read a password from standard input; otherwise a link is made.")
    ] = False,
    mail: Annotated[bool, typer.Option("--mail", help="Send the link to them by mail instead of printing it.")] = False,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Add a member; prints a one-time sign-in link unless a password is given."""
    with failing_clearly(as_json=json_):
        password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
        request: Answer = {
            "email": email, "tenant": tenant, "name": name, "role": role, "password": password,
            "attributes": _attributes(attribute or []), "mail": mail,
        }  # fmt: skip
        answer = run("member-add", request, data)
        if json_:
            show_json(answer)
            return
        show_text(f"{answer['email']} is a member of {answer['tenant']} as {answer['role']}.")
        if answer.get("is_sent"):
            show_text(f"The invitation is on its way to {answer['email']}.")
        elif answer.get("problem"):
            show_text(f"The mail was not taken: {answer['problem']}")
        if "signin_link" in answer:
            show_text(f"Sign in once with {answer['signin_link']}")


@member_app.command("list")
def member_list(tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """List the members with their roles, their state and when they were last seen."""
    with failing_clearly(as_json=json_):
        answer = run("member-list", {"tenant": tenant}, data)
        if json_:
            show_json(answer)
            return
        rows = [[str(cell) for cell in one.values()] for one in cast(list[Answer], answer["members"])]
        show_table(["Member", "Name", "Roles", "State", "Last seen", "Attributes"], rows)


@member_app.command("roles")
def member_roles(
    email: Email,
    tenant: Tenant,
    role: Annotated[list[str], typer.Option("--role", help="A role; say it again for more.")],
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Give a member exactly these roles."""
    with failing_clearly(as_json=json_):
        answer = run("member-roles", {"tenant": tenant, "email": email, "roles": role}, data)
        _tell(answer, f"{answer['email']} has the roles: {', '.join(cast(list[str], answer['roles']))}.", as_json=json_)


@member_app.command("deactivate")
def member_deactivate(email: Email, tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """Let a member in no more; sessions and links end at once."""
    with failing_clearly(as_json=json_):
        answer = run("member-deactivate", {"tenant": tenant, "email": email}, data)
        _tell(answer, f"{answer['email']} is deactivated.", as_json=json_)


@member_app.command("reactivate")
def member_reactivate(email: Email, tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """Let a deactivated member in again, with the roles they had."""
    with failing_clearly(as_json=json_):
        answer = run("member-reactivate", {"tenant": tenant, "email": email}, data)
        _tell(answer, f"{answer['email']} is active again.", as_json=json_)


def _tell(answer: Answer, text: str, *, as_json: bool) -> None:
    if as_json:
        show_json(answer)
    else:
        show_text(text)
