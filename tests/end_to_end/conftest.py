"""A demo installation, served by the real command."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from typer.testing import CliRunner

from app.cli.commands import app as command_line
from tests.mail_server import MailServer, running_mail_server
from tests.visitors import open_page

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def plumbline(*arguments: str, data: Path, stdin: str | None = None) -> Done:
    """Run the command to its end, in this process: starting Python anew would take most of the tests' time."""
    environment = {"NO_COLOR": "1", "COLUMNS": "200"}
    result = CliRunner().invoke(command_line, [*arguments, "--data", str(data)], input=stdin, env=environment)
    return Done(returncode=result.exit_code, stdout=result.stdout, stderr=result.stderr)


def answer_of(*arguments: str, data: Path) -> dict[str, object]:
    """The JSON answer of a command that succeeds."""
    done = plumbline(*arguments, "--json", data=data)
    assert done.returncode == 0, done.stdout + done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running `plumbline serve --demo`."""

    address: str
    links: dict[str, str]
    data: Path
    process: subprocess.Popen[str]


def start_server(data: Path, options: Sequence[str] = ("--demo",), /, **settings: str) -> Server:
    """Serve a data folder on a free port, with settings of the environment; returns when it answers."""
    command = [sys.executable, "-m", "app.cli", "serve", "--port", "0", "--json", "--data", str(data), *options]
    # No test here is of the limit, which a heavy question would meet on a busy machine.
    own = {"PLUMBLINE_SOURCE_FOLDERS": str(data.parent), "PLUMBLINE_QUERY_TIMEOUT_S": "300"}
    environment = {**os.environ, "PYTHONWARNINGS": "default", **own, **settings}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, f"the server ended with {process.wait()}"
    said = json.loads(line)
    links = {link["email"]: link["link"] for link in said["links"]}
    return Server(address=said["address"], links=links, data=data, process=process)


def stop_server(server: Server) -> int:
    """Stop it as Ctrl+C does; returns its exit code."""
    server.process.send_signal(signal.SIGINT)
    server.process.communicate(timeout=300)
    return server.process.returncode


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a fresh demo."""
    data = tmp_path_factory.mktemp("demo") / "data"
    done = plumbline("demo", data=data)
    assert done.returncode == 0, done.stdout + done.stderr
    return data


@pytest.fixture(scope="session")
def mail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    """The mail server that takes the demo's deliveries."""
    with running_mail_server(tmp_path_factory.mktemp("mail")) as running:
        yield running


@pytest.fixture(scope="session")
def server(demo_data: Path, mail: MailServer) -> Iterator[Server]:
    """The demo, served."""
    running = start_server(demo_data, **mail.environment())
    yield running
    assert stop_server(running) == 0


@contextmanager
def sign_in(browser: Browser, server: Server, email: str, *, width: int = 1440, theme: str = "light") -> Iterator[Page]:
    """A page signed in as a demo member, by a new one-time link."""
    made = answer_of("signin-link", email, "--tenant", _tenant(email), data=server.data)
    with open_page(browser, width=width, theme=theme) as page:
        open_link(page, str(made["signin_link"]))
        yield page


def open_link(page: Page, link: str) -> None:
    """Open a sign-in link and press its button; returns when the page behind it has loaded."""
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/$"))


def _tenant(email: str) -> str:
    return email.split("@")[1].split(".")[0]
