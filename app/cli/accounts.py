"""`plumbline accounts`: one account that several sources know."""

from typing import Annotated, cast

import typer

from app.cli.options import AsJson, Data, Tenant
from app.cli.output import failing_clearly, show_json, show_table, show_text
from app.cli.request import Answer, run

accounts_app = typer.Typer(no_args_is_help=True, help="Merge accounts that several sources know.")

Account = Annotated[str, typer.Argument(help="The account that is merged, as SOURCE/NUMBER.")]
Kept = Annotated[str, typer.Argument(help="The account that stays, as SOURCE/NUMBER.")]


@accounts_app.command("review")
def accounts_review(tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """List accounts of two sources that may be one, the surest first."""
    with failing_clearly(as_json=json_):
        answer = run("accounts-list", {"tenant": tenant}, data)
        if json_:
            show_json(answer)
            return
        names = ("account", "name", "kept", "kept_name", "reason")
        show_table(["Account", "Name", "Stays", "Its name", "Why"], _rows(answer, names))
        certain = sum(bool(one["is_certain"]) for one in cast(list[Answer], answer["pairs"]))
        show_text(f"{certain} are certain; `plumbline accounts merge` without names merges them.")


@accounts_app.command("list")
def accounts_list(tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """List what was decided."""
    with failing_clearly(as_json=json_):
        answer = run("accounts-list", {"tenant": tenant, "decided": True}, data)
        if json_:
            show_json(answer)
            return
        names = ("account", "kept", "decision", "decided_by", "decided_at")
        show_table(["Account", "Stays", "They are", "Decided by", "At"], _rows(answer, names))


@accounts_app.command("merge")
def accounts_merge(
    tenant: Tenant,
    account: Annotated[str, typer.Argument(help="The account that is merged. [default: all that are certain]")] = "",
    kept: Annotated[str, typer.Argument(help="The account that stays.")] = "",
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Let an account stand for the one that stays."""
    _decide("merge", tenant, account, kept, data, said="merged", as_json=json_)


@accounts_app.command("part")
def accounts_part(account: Account, kept: Kept, tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """Keep two accounts apart: they are not offered again."""
    _decide("part", tenant, account, kept, data, said="kept apart", as_json=json_)


@accounts_app.command("undo")
def accounts_undo(account: Account, kept: Kept, tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """Take back what was decided of two accounts."""
    _decide("undo", tenant, account, kept, data, said="as before", as_json=json_)


def _decide(how: str, tenant: str, account: str, kept: str, data: Data, *, said: str, as_json: bool) -> None:
    with failing_clearly(as_json=as_json):
        answer = run("accounts-decide", {"tenant": tenant, "how": how, "account": account, "kept": kept}, data)
        if as_json:
            show_json(answer)
        else:
            show_text(f"{answer['pairs']} pairs are {said}.")


def _rows(answer: Answer, names: tuple[str, ...]) -> list[list[str]]:
    return [[str(one[name]) for name in names] for one in cast(list[Answer], answer["pairs"])]
