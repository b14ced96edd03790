"""A real MariaDB for tests: one server for each test process, one database for each test."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pymysql

_DEADLINE_S, _TRIES = 120.0, 3
_SERVER = "/usr/sbin/mariadbd"
_TABLES = Path("/usr/share/mysql")
# Nothing has to outlive the test: small files, no flushing.
_SMALL = (
    "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=4M", "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0", "--innodb-flush-method=nosync", "--performance-schema=0", "--skip-log-bin",
    "--innodb-fast-shutdown=2", "--skip-name-resolve",
)  # fmt: skip


class MariaDb:
    """A running server. `root` has no password; it listens on loopback only."""

    def __init__(self, listens: Path, port: int) -> None:
        self._listens = listens
        self.port = port
        self._numbers = count(1)

    def new_database(self) -> str:
        """The address of a new database."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        return f"mariadb://root@127.0.0.1:{self.port}/{name}"

    def run(self, statement: str) -> None:
        """Run a statement as root."""
        with pymysql.connect(unix_socket=str(self._listens), user="root", autocommit=True) as connection:
            connection.cursor().execute(statement)


@contextmanager
def start_mariadb() -> Iterator[MariaDb]:
    """A server with a folder of its own, which ends with the block."""
    folder = Path(tempfile.mkdtemp(prefix="plumbline-mariadb-"))
    user = pwd.getpwuid(os.getuid()).pw_name
    data, listens = folder / "data", folder / "socket"
    data.mkdir()
    words = [_SERVER, "--no-defaults", f"--datadir={data}", f"--user={user}", *_SMALL]
    tables = "\n".join((_TABLES / f"mysql_system_tables{part}.sql").read_text() for part in ("", "_data"))
    begin = f"SET @auth_root_socket = NULL;\nCREATE DATABASE mysql;\nUSE mysql;\n{tables}"
    subprocess.run([*words, "--bootstrap"], check=True, input=begin.encode(), capture_output=True)
    server, port = _start([*words, f"--socket={listens}", "--bind-address=127.0.0.1"], listens)
    try:
        yield MariaDb(listens, port)
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _start(words: list[str], listens: Path) -> tuple[subprocess.Popen[bytes], int]:
    """A server that answers, and its port; another program may take a free port before the server does."""
    for _ in range(_TRIES):
        port = _free_port()
        server = subprocess.Popen([*words, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if _listens(listens, server):
            return server, port
        server.kill()
        server.wait()
    raise RuntimeError(f"MariaDB did not start, {_TRIES} times")


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def _listens(path: Path, server: subprocess.Popen[bytes]) -> bool:
    """Whether somebody listens in the end; a driver that is refused would leave its socket open."""
    until = time.monotonic() + _DEADLINE_S
    with socket.socket(socket.AF_UNIX) as probe:
        while probe.connect_ex(str(path)):
            if server.poll() is not None or time.monotonic() > until:
                return False
            time.sleep(0.02)
    return True
