"""A process that is killed at any of its steps costs no recipient their report and sends none of them a second one."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from core.settings import Settings
from services.deliveries.history import DeliveryFilter, list_deliveries
from services.deliveries.spec import DeliveryState
from services.notebooks import save_notebooks
from services.platform import Platform
from tenants.access import operator
from tests.mail_server import MailServer
from tests.services.deliveries.conftest import MovingClock, build_world

SHORT = "notebook: short\ntitle: Short\ncells: [{name: all, kind: table, metrics: [value], by: [region], period: year}]"
ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.slow
def test_killed_before_each_commit_every_recipient_gets_every_period_once(
    settings: Settings, mail: MailServer, clock: MovingClock
) -> None:
    given = mail.settings(settings)
    platform = Platform(given, clock=clock)
    world = build_world(platform, mail, clock)
    save_notebooks(platform, world.admin, {"short": SHORT})
    world.schedule("role:manager", cron="0 8 * * *", notebook="short")
    platform.close()
    killed = deliver_dying(given)
    assert killed >= 15
    periods = killed + 1
    times = Counter(message["Message-ID"] for message in mail.messages)
    assert len(times) == 2 * periods
    # Of the two kills that fall between the server's answer and its record, nobody can know whether it had arrived:
    # the message goes out again under the id it had.
    assert sorted(times.values())[-3:] == [1, 2, 2]
    reopened = Platform(given, clock=clock)
    found = list_deliveries(reopened, operator(reopened.tenant("acme")), DeliveryFilter())
    assert Counter(one.state for one in found) == {DeliveryState.SENT: 2 * periods}
    doubtful = [one for one in found if one.attempts == 2]
    assert sorted(one.recipient for one in doubtful if times[one.message_id] == 2) == sorted(
        ["amy@acme.example", "emma@acme.example"]
    )
    reopened.close()


def deliver_dying(settings: Settings) -> int:
    """Run the program; returns how many processes were killed."""
    command = [sys.executable, "-m", "tests.services.deliveries.dying"]
    given = settings.model_dump(mode="json") | {"smtp_password": "quite-secret"}
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(given), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return sum(json.loads(line)["is_killed"] for line in done.stdout.splitlines())
