"""From the start of the process to a usable page, and memory at rest, against `streamlit hello`.

A page is usable when its first figure (ours) or its heading (theirs) is on the screen. At rest is a server that listens
and has had no visitor; what it holds after the first page is printed too.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from benchmarks.outcome import Bar, Outcome

KIND = "start"
_ROUNDS = 5
_ROOT = Path(__file__).resolve().parents[2]
_WAIT_MS = 120_000
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def run() -> Outcome:
    """Start both in turn, A B A B, each in a process of its own with its own data."""
    ours: list[Sample] = []
    peers: list[Sample] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = Path(folder) / "data"
        subprocess.run([sys.executable, "-m", "app.cli", "demo", "--data", str(data)], cwd=_ROOT, check=True)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_ARGUMENTS)
        for _ in range(_ROUNDS):
            ours.append(_measure(browser, lambda: _start_ours(data), ".pl-tile-value", press="Sign in"))
            peers.append(_measure(browser, _start_hello, "h1"))
        browser.close()
    samples = {
        f"{name}{kind}": list(values)
        for name, measured in (("plumbline serve", ours), ("streamlit hello", peers))
        for kind, values in zip(("", " at rest MiB", " after a page MiB"), zip(*measured, strict=True), strict=True)
    }
    seconds = median(samples["plumbline serve"]) / median(samples["streamlit hello"])
    memory = median(samples["plumbline serve at rest MiB"]) / median(samples["streamlit hello at rest MiB"])
    return Outcome(
        samples=samples,
        bars=(Bar(name="start", ratio=seconds, most=1.5), Bar(name="start memory", ratio=memory, most=1.5)),
    )


Started = tuple[subprocess.Popen[str], str]
# Seconds until a page is usable, resident MiB before the visit, and after it.
Sample = tuple[float, float, float]


def _measure(browser: Browser, start: Callable[[], Started], selector: str, *, press: str = "") -> Sample:
    """One start and one visit, through a button where one stands before the page."""
    began = time.perf_counter()
    process, address = start()
    at_rest = _resident_mib(process.pid)
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(address, timeout=_WAIT_MS, wait_until="domcontentloaded")
        if press:
            # At once: how long a person looks at the button is not the server's time.
            page.get_by_role("button", name=press).dispatch_event("click")
        # Looked for before each frame: a locator asks every half second, and not while the page is busy.
        page.wait_for_function("selector => document.querySelector(selector)", arg=selector, timeout=_WAIT_MS)
        return time.perf_counter() - began, at_rest, _resident_mib(process.pid)
    finally:
        context.close()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def _start_ours(data: Path) -> Started:
    command = [sys.executable, "-m", "app.cli", "serve", "--demo", "--json", "--port", "0", "--data", str(data)]
    process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = json.loads(process.stdout.readline())
    return process, said["links"][0]["link"].replace("localhost", "127.0.0.1")


def _start_hello() -> Started:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "hello", f"--server.port={port}", "--server.address=127.0.0.1"]
    command += ["--server.headless=true", "--browser.gatherUsageStats=false"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, text=True, env=os.environ)
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.request("GET", "/_stcore/health")
            if connection.getresponse().status == 200:
                return process, f"http://127.0.0.1:{port}/"
        except OSError:
            time.sleep(0.02)
        finally:
            connection.close()


def _resident_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {pid} has no resident size")
