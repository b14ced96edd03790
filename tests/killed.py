"""Work in a process of its own that may be killed in the middle.

The processes are forked from one that has loaded what they need: to load it anew took most of such a test's time.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from types import ModuleType

KILLED = -signal.SIGKILL
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["services.erasure", "services.keys", "services.restore", "services.sync.job", "tenants.store.store"]
)


class Steps:
    """Counts steps, and kills its process at one of them; 0 lets it live."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.count = 0

    def __call__(self, _step: object = None) -> None:
        """Take a step."""
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)


def run_apart(work: Callable[..., None], *arguments: object) -> int | None:
    """Run a function of a module to its end, or to its death; returns the exit code."""
    process = _CONTEXT.Process(target=work, args=arguments)
    # A page that was run here leaves its script as the main module, which the other process would run again.
    main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    try:
        process.start()
    finally:
        sys.modules["__main__"] = main
    process.join()
    return process.exitcode
