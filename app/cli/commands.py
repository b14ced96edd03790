"""Every command and its options."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.accounts import accounts_app
from app.cli.alerts import alert_app
from app.cli.anomalies import anomalies_app
from app.cli.behaviour import behaviour_app
from app.cli.custody import custody_app
from app.cli.deliveries import deliveries_app
from app.cli.forecast import forecast_app
from app.cli.grants import grants_app
from app.cli.member import member_app
from app.cli.metrics import metrics_app
from app.cli.notebooks import notebook_app
from app.cli.options import AsJson, Data, Member, Tenant, settings_of
from app.cli.output import failing_clearly, show_json, show_lines, show_table, show_text
from app.cli.quality import quality_app
from app.cli.request import Answer, absolute, run
from app.cli.score import score_app
from app.cli.source import read_value, source_app
from app.cli.team import team_app
from app.cli.tenant import tenant_app
from app.cli.write_keys import write_key_app

app = typer.Typer(
    name="plumbline",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Plumbline: BI and analytics notebooks for revenue teams.",
)
app.add_typer(tenant_app, name="tenant")
app.add_typer(member_app, name="member")
app.add_typer(metrics_app, name="metrics")
app.add_typer(notebook_app)
app.add_typer(behaviour_app)
app.add_typer(custody_app)
app.add_typer(deliveries_app)
app.add_typer(alert_app, name="alert")
app.add_typer(anomalies_app)
policy_app = typer.Typer(no_args_is_help=True, help="Decide which rows and columns a role sees.")
app.add_typer(policy_app, name="policy")
app.add_typer(score_app)
app.add_typer(forecast_app)
app.add_typer(source_app, name="source")
app.add_typer(quality_app, name="quality")
app.add_typer(accounts_app, name="accounts")
app.add_typer(grants_app, name="grants")
app.add_typer(team_app, name="team")
app.add_typer(write_key_app, name="write-key")


def main() -> None:
    """The entry point of the `plumbline` script."""
    app()


@app.command()
def serve(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on. [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on; 0 takes a free one. [default: 8080]")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Make the demo tenants first, and print sign-in links.")] = False,
    json_: AsJson = False,
) -> None:
    """Serve pages, API and sign-in until stopped."""
    with failing_clearly(as_json=json_):
        from app.cli.serve import serve_until_stopped

        serve_until_stopped(settings_of(data, host=host, port=port), with_demo=demo, as_json=json_)


@app.command()
def demo(data: Data = None, json_: AsJson = False) -> None:
    """Make the two demo tenants, brightwater and harbour, with members, data, metrics and notebooks."""
    with failing_clearly(as_json=json_):
        answer = run("demo", {}, data)
        show_lines(answer, "said", as_json=json_)


@tenant_app.command("create")
def tenant_create(
    slug: Annotated[str, typer.Argument(help="The short name, such as acme.")],
    name: Annotated[str | None, typer.Option(help="The name shown to people. [default: the short name]")] = None,
    zone: Annotated[str, typer.Option(help="The time zone, such as Europe/Berlin.")] = "UTC",
    currency: Annotated[str, typer.Option(help="The currency code.")] = "USD",
    region: Annotated[str, typer.Option(help="The region its store stays in, one of PLUMBLINE_REGIONS.")] = "",
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Make a tenant with an encrypted store of its own."""
    with failing_clearly(as_json=json_):
        request = {"slug": slug, "name": name, "zone": zone, "currency": currency, "region": region}
        answer = run("tenant-create", dict(request), data)
        if json_:
            show_json(answer)
        else:
            show_text(
                f"Tenant {answer['slug']} ({answer['name']}) is ready. Add a member: "
                f"plumbline member add you@example.com --tenant {answer['slug']} --role admin"
            )


@tenant_app.command("list")
def tenant_list(data: Data = None, json_: AsJson = False) -> None:
    """List the tenants with their members, tables, data version, size, newest backup and state."""
    with failing_clearly(as_json=json_):
        answer = run("tenant-list", {}, data)
        if json_:
            show_json(answer)
            return
        from app.cli.tables import tenant_rows

        show_table(
            ["Tenant", "Name", "Members", "Tables", "Rows", "Data", "Size", "Last backup", "State"],
            tenant_rows(answer),
            right=frozenset({2, 3, 4, 6}),
        )


@app.command("signin-link")
def signin_link(
    email: Annotated[str, typer.Argument(help="The member's e-mail address.")],
    tenant: Tenant,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Make a one-time sign-in link for a member."""
    with failing_clearly(as_json=json_):
        answer = run("signin-link", {"email": email, "tenant": tenant}, data)
        if json_:
            show_json(answer)
        else:
            show_text(str(answer["signin_link"]))


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders: CSV, TSV, Parquet, XLSX, JSON lines.")],
    tenant: Tenant,
    table: Annotated[
        str | None, typer.Option("--table", metavar="NAME", help="The table's name, for one file.")
    ] = None,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Load files into a tenant's store, all or none."""
    with failing_clearly(as_json=json_):
        request: Answer = {"paths": [absolute(path) for path in paths], "tenant": tenant, "table": table}
        answer = run("import", request, data)
        if json_:
            show_json(answer)
            return
        from app.cli.tables import import_lines

        for line in import_lines(answer):
            show_text(line)


@app.command()
def query(
    tenant: Tenant,
    metric: Annotated[list[str], typer.Option("--metric", help="A metric; say it again for more.")],
    by: Annotated[list[str] | None, typer.Option("--by", help="Split by a dimension; say it again for more.")] = None,
    grain: Annotated[str | None, typer.Option(help="day, week, month, quarter, year and others.")] = None,
    start: Annotated[str | None, typer.Option("--from", metavar="D", help="The first day, as 2026-01-31.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="D", help="The last day.")] = None,
    where: Annotated[str | None, typer.Option(help="""A filter such as 'region = "West"'.""")] = None,
    order: Annotated[list[str] | None, typer.Option(help="A column to order by; -column for descending.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="The greatest number of rows.")] = None,
    range_: Annotated[str | None, typer.Option("--range", help="Such as 'last 4 quarters' or 'year to date'.")] = None,
    compare: Annotated[list[str] | None, typer.Option(help="Such as prior_year; say it again for more.")] = None,
    having: Annotated[str | None, typer.Option(help="A filter on result columns, such as 'revenue > 1000'.")] = None,
    totals: Annotated[bool, typer.Option("--totals", help="Add totals and subtotals.")] = False,
    fill: Annotated[bool, typer.Option("--fill", help="Show periods without rows too.")] = False,
    top: Annotated[int | None, typer.Option(min=1, help="Keep so many members and put the others together.")] = None,
    member: Member = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="D", help="As tables were that day.")] = None,
    format_: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Ask for metrics."""
    chosen = "json" if json_ else format_
    if chosen not in {"table", "csv", "json"}:
        raise typer.BadParameter("choose table, csv or json", param_hint="--format")
    with failing_clearly(as_json=chosen == "json"):
        request: Answer = {
            "tenant": tenant, "metrics": metric, "by": by or [], "grain": grain, "start": start, "end": end,
            "where": where, "order": order or [], "limit": limit, "member": member, "range": range_,
            "compare": compare or [], "having": having, "totals": totals, "fill": fill, "top": top,
            "as_of": as_of,
        }  # fmt: skip
        answer = run("query", request, data)
        from app.cli.tables import show_answer

        show_answer(answer, chosen)


@app.command()
def sql(
    text: Annotated[str, typer.Argument(metavar="SELECT", help="One SELECT over the tenant's tables.")],
    tenant: Tenant,
    member: Member = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="D", help="Read tables as they were that day.")
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Run one SELECT, with the rights of a member."""
    chosen = "json" if json_ else format_
    if chosen not in {"table", "csv", "json"}:
        raise typer.BadParameter("choose table, csv or json", param_hint="--format")
    with failing_clearly(as_json=chosen == "json"):
        answer = run("sql", {"tenant": tenant, "text": text, "member": member, "as_of": as_of}, data)
        from app.cli.tables import show_answer

        show_answer(answer, chosen)


@policy_app.command("apply")
def policy_apply(
    folder: Annotated[Path, typer.Argument(help="A folder of YAML files, or one file.")],
    tenant: Tenant,
    prune: Annotated[bool, typer.Option("--prune", help="Remove the policies that the folder does not hold.")] = False,
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Check row and column policies and put them in force."""
    with failing_clearly(as_json=json_):
        request: Answer = {"folder": absolute(folder), "tenant": tenant, "prune": prune}
        show_lines(run("policy-apply", request, data), "said", as_json=json_)


@policy_app.command("preview")
def policy_preview(
    tenant: Tenant,
    member: Annotated[str, typer.Option("--as", metavar="MEMBER", help="The address of the member to look as.")],
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Show how many rows of each table a member sees."""
    with failing_clearly(as_json=json_):
        answer = run("policy-preview", {"tenant": tenant, "member": member}, data)
        if json_:
            show_json(answer)
            return
        from app.cli.tables import preview_rows

        show_text(f"{answer['member']}: {answer['sentence']}")
        show_table(["Table", "Sees", "Of"], preview_rows(answer), right=frozenset({1, 2}))


@policy_app.command("explain")
def policy_explain(
    what: Annotated[str, typer.Argument(help="A permission such as notebook:write, a notebook's name or a table.")],
    tenant: Tenant,
    member: Annotated[str, typer.Option("--as", metavar="MEMBER", help="The address of the member.")],
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Tell why a member may or may not see or do something."""
    with failing_clearly(as_json=json_):
        show_lines(
            run("policy-explain", {"tenant": tenant, "member": member, "what": what}, data), "said", as_json=json_
        )


@app.command()
def report(
    notebook: Annotated[str, typer.Argument(help="The notebook's name, such as weekly-sales-review.")],
    tenant: Tenant,
    member: Member = None,
    format_: Annotated[str, typer.Option("--format", help="pdf, xlsx, pptx, svg, png, csv, json or parquet.")] = "pdf",
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to write to.")] = Path(),
    paper: Annotated[str | None, typer.Option(help="The paper of a PDF: a4 or letter. [default: as designed]")] = None,
    cover: Annotated[bool, typer.Option("--cover", help="Put a cover and a list of contents before a PDF.")] = False,
    attach_data: Annotated[bool, typer.Option("--attach-data", help="Put the tables into a PDF as CSV files.")] = False,
    password: Annotated[
        str,
        typer.Option(help="The PDF opens with it alone; @FILE is read."),
    ] = "",
    data: Data = None,
    json_: AsJson = False,
) -> None:
    """Write a notebook as a report, with the rights of a member."""
    with failing_clearly(as_json=json_):
        request: Answer = {
            "notebook": notebook, "tenant": tenant, "member": member, "format": format_, "folder": absolute(out),
            "paper": paper, "cover": cover, "attach_data": attach_data, "password": read_value(password),
        }  # fmt: skip
        answer = run("report", request, data)
        if json_:
            show_json(answer)
        else:
            show_text(f"{answer['path']} ({answer['cells']} cells, {answer['bytes']:,} bytes)")


@app.command()
def doctor(data: Data = None, json_: AsJson = False) -> None:
    """Check this installation: engine, extension, data folder, key, metadata, stores."""
    with failing_clearly(as_json=json_):
        answer = run("doctor", {}, data)
        if json_:
            show_json(answer)
        else:
            from app.cli.tables import check_rows

            show_table(["Check", "Result", "Detail"], check_rows(answer))
        if not answer["ok"]:
            raise typer.Exit(1)
