"""`plumbline schedule`, `plumbline deliver` and `plumbline delivery`: reports that go out by themselves."""

from pathlib import Path
from typing import Annotated, cast

import typer

from app.cli.options import AsJson, Data, Tenant, settings_of
from app.cli.output import failing_clearly, show_json, show_table, show_text
from app.cli.request import Answer, run
from app.cli.source import read_value

deliveries_app = typer.Typer()
schedule_app = typer.Typer(no_args_is_help=True, help="Make, list, pause and remove schedules of deliveries.")
channel_app = typer.Typer(no_args_is_help=True, help="Connect the channels that need a secret of the tenant.")
delivery_app = typer.Typer(no_args_is_help=True, help="Tell what was delivered, and open it.")
deliveries_app.add_typer(schedule_app, name="schedule")
deliveries_app.add_typer(delivery_app, name="delivery")
deliveries_app.add_typer(channel_app, name="channel")

Name = Annotated[str, typer.Argument(metavar="SCHEDULE", help="The schedule's name.")]


@schedule_app.command("add")
def schedule_add(
    name: Name,
    tenant: Tenant,
    notebook: Annotated[str, typer.Option(help="The notebook to deliver.")],
    cron: Annotated[str, typer.Option(help="Minute, hour, day, month, weekday: '0 8 * * mon' is Mondays at 8.")],
    to: Annotated[
        list[str],
        typer.Option("--to", help="A member's address, role:NAME, team:NAME or outside:ADDRESS; again for more."),
    ],
    format_: Annotated[
        list[str] | None,
        typer.Option("--format", help="pdf, xlsx, pptx, svg, png, csv, json or parquet; again for more."),
    ] = None,
    zone: Annotated[str, typer.Option(help="The time zone of the times. [default: the tenant's]")] = "",
    when: Annotated[
        str, typer.Option(help="Send only when: 'has rows', 'changed', 'CELL over N', 'CELL under N'.")
    ] = "",
    on_problem: Annotated[str, typer.Option(help="Where a cell fails: send (and say why) or hold.")] = "send",
    catch_up: Annotated[str, typer.Option(help="Times missed while nothing ran: latest, all or none.")] = "latest",
    quiet: Annotated[str, typer.Option(help="Hours in which nothing is sent, such as 20:00-07:00.")] = "",
    holidays: Annotated[str, typer.Option(help="Whose public holidays count: DE, or DE-BY for a part.")] = "",
    on_holiday: Annotated[str, typer.Option(help="On a holiday: skip, or shift to the next working day.")] = "skip",
    channel: Annotated[
        str,
        typer.Option(
            "--channel", help="mail, slack, slack:CHANNEL, teams:ADDRESS, folder:NAME, s3:NAME or webhook:ADDRESS."
        ),
    ] = "mail",
    password: Annotated[
        str, typer.Option(help="Its PDF opens with it alone; @FILE reads it from a file, @- from a line.")
    ] = "",
    paused: Annotated[bool, typer.Option("--paused", help="Do not run it yet.")] = False,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Deliver a notebook regularly; each recipient gets their own rows."""
    with failing_clearly(as_json=json_):
        request: Answer = {
            "name": name, "tenant": tenant, "notebook": notebook, "cron": cron, "recipients": to,
            "formats": format_ or ["pdf"], "zone": zone, "condition": when, "on_problem": on_problem,
            "catch_up": catch_up, "is_active": not paused, "channel": channel, "quiet": quiet, "holidays": holidays,
            "on_holiday": on_holiday, "password": read_value(password),
        }  # fmt: skip
        answer = run("schedule-add", request, data)
        if json_:
            show_json(answer)
        else:
            due = f"is first due at {answer['next_at']}" if answer["next_at"] else "is paused"
            show_text(f"Schedule {name} {due} ({answer['cron']}, {answer['zone']}).")
            if "signing_secret" in answer:
                show_text(f"Its messages are signed with {answer['signing_secret']}")


@schedule_app.command("list")
def schedule_list(tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """List the schedules with their next times."""
    with failing_clearly(as_json=json_):
        answer = run("schedule-list", {"tenant": tenant}, data)
        if json_:
            show_json(answer)
            return
        found = cast(list[dict[str, object]], answer["schedules"])
        rows = [
            [
                str(one["name"]),
                str(one["notebook"]),
                f"{one['cron']} {one['zone']}",
                str(one["next_at"] or "paused"),
                ", ".join(cast(list[str], one["recipients"])),
            ]
            for one in found
        ]
        show_table(["Schedule", "Notebook", "When", "Next", "To"], rows)


@schedule_app.command("remove")
def schedule_remove(name: Name, tenant: Tenant, data: Data = None, json_: AsJson = False) -> None:
    """Remove a schedule; what it delivered stays on record."""
    with failing_clearly(as_json=json_):
        answer = run("schedule-remove", {"name": name, "tenant": tenant}, data)
        if json_:
            show_json(answer)
        else:
            show_text(f"Schedule {name} is removed.")


@schedule_app.command("pause")
def schedule_pause(
    name: Name,
    tenant: Tenant,
    resume: Annotated[bool, typer.Option("--resume", help="Let it run again, from its next time on.")] = False,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Stop a schedule for a while."""
    with failing_clearly(as_json=json_):
        answer = run("schedule-pause", {"name": name, "tenant": tenant, "is_paused": not resume}, data)
        if json_:
            show_json(answer)
        else:
            show_text(f"Schedule {name} {'is due at ' + str(answer['next_at']) if resume else 'is paused'}.")


@deliveries_app.command()
def deliver(
    name: Name,
    tenant: Tenant,
    now: Annotated[bool, typer.Option("--now", help="Deliver at once to every recipient.")] = False,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Deliver a schedule outside its times."""
    if not now:
        raise typer.BadParameter("say --now to deliver at once; at its times a schedule is delivered by itself")
    with failing_clearly(as_json=json_):
        answer = run("deliver", {"name": name, "tenant": tenant}, data)
        _show_deliveries(answer, as_json=json_)


@delivery_app.command("list")
def delivery_list(
    tenant: Tenant,
    schedule: Annotated[str | None, typer.Option(help="Of one schedule.")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="MEMBER", help="To one address.")] = None,
    day: Annotated[str | None, typer.Option("--on", metavar="D", help="On one day, as 2026-01-31.")] = None,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Tell who received what and when."""
    with failing_clearly(as_json=json_):
        request: Answer = {"tenant": tenant, "schedule": schedule, "recipient": to, "day": day}
        _show_deliveries(run("delivery-list", request, data), as_json=json_)


@delivery_app.command("open")
def delivery_open(
    delivery: Annotated[str, typer.Argument(help="The delivery's id, as `delivery list` tells it.")],
    tenant: Tenant,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to write to.")] = Path(),
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Write the very files a recipient got."""
    with failing_clearly(as_json=json_):
        folder = str(out.expanduser().absolute())
        answer = run("delivery-open", {"tenant": tenant, "id": delivery, "folder": folder}, data)
        if json_:
            show_json(answer)
            return
        for file in cast(list[dict[str, object]], answer["files"]):
            show_text(f"{file['path']} ({file['bytes']:,} bytes, SHA-256 {file['sha256']})")


@channel_app.command("slack")
def channel_slack(
    tenant: Tenant,
    token: Annotated[str, typer.Option(help="The bot token, or @FILE with it, or @- for standard input.")],
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Connect the tenant's Slack workspace."""
    with failing_clearly(as_json=json_):
        answer = run("channel-slack", {"tenant": tenant, "token": read_value(token)}, data)
        show_json(answer) if json_ else show_text(f"Slack is connected to {tenant}.")


@deliveries_app.command()
def worker(data: Data = None, json_: AsJson = False) -> None:
    """Deliver what is due until stopped, without pages; a server does the same beside its pages."""
    with failing_clearly(as_json=json_):
        from app.cli.worker import work_until_stopped

        work_until_stopped(settings_of(data), as_json=json_)


def _show_deliveries(answer: Answer, *, as_json: bool) -> None:
    if as_json:
        show_json(answer)
        return
    found = cast(list[dict[str, object]], answer["deliveries"])
    rows = [
        [
            str(one["recipient"]),
            str(one["state"]),
            str(one["sent_at"] or "")[:19],
            str(one["policy"]),
            str(one["reason"]),
            str(one["id"]),
        ]
        for one in found
    ]
    show_table(["Recipient", "State", "Sent (UTC)", "Rows", "Reason", "Delivery"], rows)
