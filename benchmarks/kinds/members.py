"""A hundred members of twenty tenants at once on one process: no cross-talk, no error, and how long a warm query takes.

Each member opens Home now and then, thinks for about a second between questions, and checks every answer against the
number planted for their tenant, and everything they are shown for the mark of another. The bar is 300 ms for 95 of a
hundred warm queries, on a quiet machine that adds ten million numbers in a plain loop in 0.6 s; a slower one has more.
"""

import asyncio
import datetime as dt
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path
from statistics import quantiles

import httpx2
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from app.ui.context import SESSION_COOKIE
from benchmarks.crowd import QUESTIONS, Visitor, build_crowd, check_answer, check_text
from benchmarks.outcome import Bar, Outcome
from core.settings import Settings
from services.platform import Platform

KIND = "members"
_ROOT = Path(__file__).resolve().parents[2]
_TENANTS, _MEMBERS, _ROUNDS, _THINKS_S = 20, 5, 20, 1.0
_BAR_S, _LOOP_S = 0.3, 0.6


def run() -> Outcome:
    """Serve, let everybody in at once, and collect what each saw."""
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "data"
        platform = Platform(Settings(data=data))
        today = dt.datetime.now(dt.UTC).date()
        visitors = build_crowd(platform, tenants=_TENANTS, members=_MEMBERS, day=today)
        platform.close()
        scale = max(1.0, _loop_seconds() / _LOOP_S)
        queries, pages, problems = asyncio.run(_serve_and_visit(data, visitors))
    for problem in problems[:10]:
        sys.stdout.write(f"{problem}\n")
    query, page = (quantiles(times, n=20)[-1] for times in (queries, pages))
    sys.stdout.write(
        f"{len(visitors)} members of {_TENANTS} tenants: {len(queries)} warm queries, p95 {query * 1000:.0f} ms "
        f"(bar {_BAR_S * scale * 1000:.0f} ms here); {len(pages)} runs of Home, p95 {page * 1000:.0f} ms\n"
    )
    return Outcome(
        samples={
            "warm query p95": [query],
            "Home p95": [page],
            "errors and cross-talk": [float(len(problems))],
        },
        bars=(
            Bar(name="members p95 of 300 ms", ratio=query / (_BAR_S * scale), most=1.0),
            Bar(name="members errors", ratio=float(len(problems)), most=0.0),
        ),
    )


def _loop_seconds() -> float:
    started, total = time.perf_counter(), 0
    for number in range(10**7):
        total += number
    return time.perf_counter() - started


async def _serve_and_visit(data: Path, visitors: list[Visitor]) -> tuple[list[float], list[float], list[str]]:
    command = [sys.executable, "-m", "app.cli", "serve", "--json", "--port", "0", "--data", str(data)]
    process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["address"].replace("localhost", "127.0.0.1")
        return await _visit(address, visitors)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


async def _visit(address: str, visitors: list[Visitor]) -> tuple[list[float], list[float], list[str]]:
    queries: list[float] = []
    pages: list[float] = []
    problems: list[str] = []
    everybody_is_in = asyncio.Barrier(len(visitors))

    async def noting(what: Awaitable[float], times: list[float] | None) -> None:
        try:
            seconds = await what
        except Exception as error:
            problems.append(f"{type(error).__name__}: {error}")
            return
        if times is not None:
            times.append(seconds)

    async def visit(visitor: Visitor) -> None:
        chance = random.Random(visitor.cookie)  # noqa: S311 - how long somebody thinks
        headers = {"cookie": f"{SESSION_COOKIE}={visitor.cookie}"}
        # The server closes what was idle for five seconds, perhaps while a slower client sends its next question.
        limits = httpx2.Limits(keepalive_expiry=2)
        async with httpx2.AsyncClient(base_url=address, headers=headers, timeout=60, limits=limits) as client:
            for question in QUESTIONS:
                await noting(_ask(client, visitor, question), None)
            await noting(_open_home(address, visitor), None)
            await everybody_is_in.wait()
            for number in range(_ROUNDS):
                await asyncio.sleep(chance.uniform(0, 2 * _THINKS_S))
                await noting(_ask(client, visitor, QUESTIONS[number % len(QUESTIONS)]), queries)
                if number % 10 == 5:
                    await noting(_open_home(address, visitor), pages)

    await asyncio.gather(*(visit(visitor) for visitor in visitors))
    return queries, pages, problems


async def _ask(client: httpx2.AsyncClient, visitor: Visitor, question: object) -> float:
    started = time.perf_counter()
    answer = await client.post("/api/v1/query", json=question)
    seconds = time.perf_counter() - started
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.status_code} {answer.text[:200]}")
    check_answer(visitor, answer.json(), answer.text)
    return seconds


async def _open_home(address: str, visitor: Visitor) -> float:
    """Run Home as a browser does, to the end of its script."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    asked = BackMsg()
    asked.rerun_script.page_name = ""
    shown = b""
    started = time.perf_counter()
    async with connect(
        f"{address.replace('http', 'ws')}/_stcore/stream",
        additional_headers={"cookie": f"{SESSION_COOKIE}={visitor.cookie}"},
        subprotocols=[Subprotocol("streamlit")],
        max_size=None,
        open_timeout=60,
    ) as socket:
        await socket.send(asked.SerializeToString())
        while True:
            said = await asyncio.wait_for(socket.recv(), 60)
            shown += said if isinstance(said, bytes) else said.encode()
            message = ForwardMsg.FromString(said if isinstance(said, bytes) else said.encode())
            if message.WhichOneof("type") == "script_finished" and message.script_finished != 2:
                break
    seconds = time.perf_counter() - started
    check_text(visitor, shown.decode("utf-8", "replace"))
    if visitor.mark.encode() not in shown:
        raise AssertionError(f"Home did not show {visitor.mark}")
    return seconds
