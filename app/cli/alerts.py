"""`plumbline alert`: metrics and tiles that are watched."""

from typing import Annotated, cast

import typer

from app.cli.options import AsJson, Data, Tenant
from app.cli.output import failing_clearly, show_json, show_table, show_text
from app.cli.request import Answer, run

alert_app = typer.Typer(no_args_is_help=True, help="Watch metrics and tiles, and tell who should know.")
Name = Annotated[str, typer.Argument(metavar="ALERT", help="The alert's name.")]


@alert_app.command("add")
def alert_add(
    name: Name,
    tenant: Tenant,
    member: Annotated[str, typer.Option("--as", metavar="MEMBER", help="Whose alert it is; read with their rights.")],
    rule: Annotated[str, typer.Option(help="'over N', 'under N', 'rises N%', 'falls N%' or 'outside forecast'.")],
    metric: Annotated[str, typer.Option(help="The metric to watch.")] = "",
    tile: Annotated[str, typer.Option(metavar="NOTEBOOK/CELL", help="Or a notebook's figure.")] = "",
    period: Annotated[str, typer.Option(help="week, month, quarter, year or last_12_months, to date.")] = "quarter",
    by: Annotated[str, typer.Option(help="Watch each member of this dimension.")] = "",
    where: Annotated[str, typer.Option(help="Filter text, as `region = 'EMEA'`.")] = "",
    to: Annotated[list[str] | None, typer.Option("--to", help="Who is told; the owner without.")] = None,
    channel: Annotated[str, typer.Option("--channel", help="As of a schedule.")] = "mail",
    cron: Annotated[str, typer.Option(help="Look at these times, too.")] = "",
    after_sync: Annotated[bool, typer.Option("--after-sync/--no-after-sync", help="Look after each sync.")] = True,
    digest: Annotated[str, typer.Option(help="Tell at these times only, as '0 8 * * mon'.")] = "",
    quiet: Annotated[str, typer.Option(help="Hours in which nothing is told, such as 20:00-07:00.")] = "",
    escalate_to: Annotated[list[str] | None, typer.Option(help="Who is told when nobody acknowledges.")] = None,
    escalate_after: Annotated[int, typer.Option(metavar="HOURS", help="After how long.")] = 24,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Watch a metric or a tile; each recipient is told of their own rows."""
    with failing_clearly(as_json=json_):
        notebook, _, cell = tile.partition("/")
        request: Answer = {
            "name": name, "tenant": tenant, "member": member, "rule": rule, "metric": metric, "notebook": notebook,
            "cell": cell, "period": period, "dimension": by, "where": where, "recipients": to or [],
            "channel": channel, "cron": cron, "is_after_sync": after_sync, "digest": digest, "quiet": quiet,
            "escalate_to": escalate_to or [], "escalate_after_h": escalate_after,
        }  # fmt: skip
        answer = run("alert-add", request, data)
        if json_:
            show_json(answer)
        else:
            show_text(f"Alert {name} watches {answer['watches']}: {answer['rule']}.")


@alert_app.command("list")
def alert_list(
    tenant: Tenant,
    member: Annotated[str | None, typer.Option("--as", metavar="MEMBER", help="Of one member.")] = None,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """List the alerts with what they found."""
    with failing_clearly(as_json=json_):
        answer = run("alert-list", {"tenant": tenant, "member": member}, data)
        if json_:
            show_json(answer)
            return
        rows = [
            [str(one["name"]), str(one["owner"]), str(one["watches"]), str(one["rule"]), _state(one)]
            for one in cast(list[Answer], answer["alerts"])
        ]
        show_table(["Alert", "Owner", "Watches", "Rule", "State"], rows)


@alert_app.command("check")
def alert_check(name: Name, tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """Look at an alert at once."""
    _change({"name": name, "tenant": tenant, "change": "check"}, data, as_json=json_)


@alert_app.command("snooze")
def alert_snooze(
    name: Name,
    tenant: Tenant,
    hours: Annotated[float, typer.Option(help="For how long nothing is told; 0 ends it.")] = 24,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Tell nothing for a while."""
    _change({"name": name, "tenant": tenant, "change": "snooze", "hours": hours}, data, as_json=json_)


@alert_app.command("acknowledge")
def alert_acknowledge(
    name: Name,
    tenant: Tenant,
    of: Annotated[str | None, typer.Option("--of", metavar="NAME", help="One member of the dimension.")] = None,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Say that somebody looks after what was found."""
    _change({"name": name, "tenant": tenant, "change": "acknowledge", "of": of}, data, as_json=json_)


@alert_app.command("pause")
def alert_pause(
    name: Name,
    tenant: Tenant,
    resume: Annotated[bool, typer.Option("--resume", help="Look again.")] = False,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Stop looking for a while."""
    _change({"name": name, "tenant": tenant, "change": "resume" if resume else "pause"}, data, as_json=json_)


@alert_app.command("remove")
def alert_remove(name: Name, tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """Remove an alert; what it told stays on record."""
    _change({"name": name, "tenant": tenant, "change": "remove"}, data, as_json=json_)


def _change(request: Answer, data: Data, *, as_json: bool) -> None:
    with failing_clearly(as_json=as_json):
        answer = run("alert-change", request, data)
        if as_json:
            show_json(answer)
        elif "removed" in answer:
            show_text(f"Alert {request['name']} is removed.")
        else:
            show_text(f"Alert {request['name']}: {_state(answer)}.")


def _state(alert: Answer) -> str:
    """How an alert stands, in a few words."""
    found = cast(list[Answer], alert["found"])
    if not alert["is_active"]:
        return "paused"
    if alert["problem"]:
        return str(alert["problem"]).rstrip(".")
    if not found:
        return "nothing found"
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return " ".join(str(one["said"]) for one in found[:3]).rstrip(".") + more
