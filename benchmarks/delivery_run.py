"""One measured run in a process of its own: 500 recipients with 40 distinct policies, by mail to a server on loopback
that is a process of its own.

`grouped` delivers a schedule; `single` renders and sends for one recipient after another. Prints seconds, the peak of
memory in MiB, how many renders there were, and how many rows came to somebody who may not see them.
"""

import csv
import datetime as dt
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import TypedDict

import pyarrow as pa
from sqlalchemy import func, select

from core.settings import Settings
from services.definitions import apply_definitions
from services.deliveries.channels import Ending, Parcel
from services.deliveries.channels.mail import open_channel
from services.deliveries.deliver import deliver_now
from services.deliveries.render import render_group
from services.deliveries.schedules import add_schedule, require_schedule
from services.deliveries.spec import DeliveryState, Plan
from services.imports import load_tables
from services.notebooks import save_notebooks
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.policies import apply_policies
from tenants.access import Principal, operator
from tenants.delivery_schema import DeliveryRow
from tests.mail_server import attachments, mail_settings

_ROOT = Path(__file__).resolve().parents[1]
MEMBERS, POLICIES, DEALS = 500, 40, 20_000
_MODEL = """
model: deals
table: deals
key: id
time: day
dimensions:
  territory: {column: territory}
  product: {column: product}
  day: {type: time, column: day}
measures: {amount: {agg: sum, sql: amount}, number: {agg: count}}
metrics:
  amount: {kind: simple, measure: amount, unit: USD}
  deals: {kind: simple, measure: number, unit: deals}
  average: {kind: ratio, numerator: amount, denominator: deals, unit: USD}
"""
_NOTEBOOK = """
notebook: territory
title: Territory review
cells:
  - {name: amount, kind: metric, metric: amount, period: quarter}
  - {name: deals, kind: metric, metric: deals, period: quarter}
  - {name: average, kind: metric, metric: average, period: quarter}
  - {name: trend, kind: chart, chart: line, metrics: [amount], grain: month, last: 12}
  - {name: products, kind: chart, chart: bar, metrics: [amount], by: [product], period: year}
  - {name: each, kind: table, metrics: [amount, deals, average], by: [territory, product], period: year, limit: 200}
"""
_POLICY = "policy: territories\nroles: [manager]\nrows: [{dimension: territory, in: member.territories}]\n"


class _Address(TypedDict):
    port: int
    ca_file: Path


def main(way: str, members: int) -> None:
    """Measure one way for so many recipients."""
    with tempfile.TemporaryDirectory() as name:
        sink = Path(name) / "mail"
        sink.mkdir()
        with _mail_server(sink) as address:
            platform = Platform(mail_settings(Settings(data=Path(name) / "data"), **address))
            try:
                readers = _build(platform, members)
                started = time.perf_counter()
                _deliver_each(platform, readers) if way == "single" else _deliver_all(platform)
                seconds = time.perf_counter() - started
                memory, renders = _memory(), _renders(platform)
            finally:
                platform.close()
        recipients = json.loads((sink / "recipients.json").read_text())
        answer = {
            "seconds": seconds,
            "mib": memory,
            "renders": renders,
            "leaked": sum(_leaked(sink / f"{at:05}.eml", one) for at, one in enumerate(recipients)),
            "messages": len(recipients),
        }
    sys.stdout.write(json.dumps(answer) + "\n")


@contextmanager
def _mail_server(folder: Path) -> Iterator[_Address]:
    """The address of a server that has kept its mail when the block ends."""
    command = [sys.executable, "-m", "benchmarks.mail_sink", str(folder)]
    with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        yield {"port": int(said["port"]), "ca_file": Path(said["ca_file"])}
        process.communicate()
    if process.returncode != 0:
        raise RuntimeError("the mail server failed")


def _deliver_all(platform: Platform) -> None:
    done = deliver_now(platform, operator(platform.tenant("bench")), "weekly")
    if {one.state for one in done} != {DeliveryState.SENT}:
        raise RuntimeError(f"not everything was sent: {done[0].reason}")


def _deliver_each(platform: Platform, readers: list[Principal]) -> None:
    """Each reader's report is rendered for them alone and mailed, without the rows that make it durable."""
    tenant = readers[0].tenant
    schedule = require_schedule(platform, operator(tenant), "weekly")
    with open_channel(platform, tenant, schedule.plan.channel) as sender:
        for number, reader in enumerate(readers):
            rendered = render_group(platform, reader, schedule)
            parcel = Parcel(
                message_id=f"<{number}@bench.example>", recipient=reader.email, subject=rendered.subject,
                html=rendered.html, text=rendered.text, files=rendered.files, schedule="weekly", period="now",
                unsubscribe_address="https://bench.example/",
            )  # fmt: skip
            outcome = sender.send(parcel)
            if outcome.ending is not Ending.SENT:
                raise RuntimeError(f"not everything was sent: {outcome.said}")


def _build(platform: Platform, members: int) -> list[Principal]:
    tenant = create_tenant(platform, slug="bench", name="Bench")
    asking = operator(tenant)
    load_tables(platform, asking, {"deals": _deals(tenant.today(platform.clock))})
    apply_definitions(platform, asking, {"deals.yaml": _MODEL})
    save_notebooks(platform, asking, {"territory": _NOTEBOOK})
    apply_policies(platform, asking, {"territories.yaml": _POLICY})
    plan = {"notebook": "territory", "cron": "0 8 * * mon", "formats": ("pdf", "csv")}
    readers = [
        add_member(
            platform, asking, email=f"m{number}@bench.example", name=f"Member {number}", role="manager",
            attributes={"territories": [f"T{number % POLICIES:02}", f"T{(number + 1) % POLICIES:02}"]},
        )
        for number in range(members)
    ]  # fmt: skip
    add_schedule(platform, asking, Plan(name="weekly", recipients=("role:manager",), **plan))  # type: ignore[arg-type]
    return readers


def _deals(today: dt.date) -> pa.Table:
    numbers = range(DEALS)
    days = [today - dt.timedelta(days=number % 300) for number in numbers]
    return pa.table(
        {
            "id": list(numbers),
            "territory": [f"T{number % POLICIES:02}" for number in numbers],
            "product": [f"Product {number // POLICIES % 5}" for number in numbers],
            "amount": [100 + number % 977 for number in numbers],
            "day": pa.array(days, pa.date32()),
        }
    )


def _renders(platform: Platform) -> int:
    """Each render is of its own bytes: the distinct archives of rows and policies."""
    with platform.session() as session:
        return int(session.scalar(select(func.count(func.distinct(DeliveryRow.group_key)))) or 0)


def _leaked(file: Path, recipient: str) -> int:
    """Rows of a territory that is not the recipient's, by their address alone."""
    message = message_from_bytes(file.read_bytes(), policy=default)
    number = int(recipient.partition("@")[0][1:])
    own = {f"T{number % POLICIES:02}", f"T{(number + 1) % POLICIES:02}"}
    count = 0
    with zipfile.ZipFile(io.BytesIO(attachments(message)["territory.csv.zip"])) as archive:
        for name in archive.namelist():
            rows = csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig")))
            count += sum(row["Territory"] not in own for row in rows if "Territory" in row)
    return count


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
