"""The thread that delivers, sends notices, begins syncs and makes planned backups beside the pages.

Until something is due it asks four small questions.
"""

import logging
import threading

from services.backup_pulse import has_due_backup
from services.deliveries.pulse import free_leases, has_work
from services.notice_pulse import has_due_notice
from services.platform import Platform
from services.sync.pulse import has_due_sync

log = logging.getLogger("plumbline.deliveries")
_POLL_S = 5.0
_STOP_S = 10.0


class Delivering:
    """Delivers in the background from `start` to `stop`, or in the foreground with `run`."""

    def __init__(self, platform: Platform, *, poll_s: float = _POLL_S) -> None:
        self._platform = platform
        self._poll_s = poll_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self.run, name="delivering", daemon=True)

    def start(self) -> None:
        """Begin; the first look is a few seconds away, so that starting costs nothing."""
        self._thread.start()

    def request_stop(self) -> None:
        """Let the step that is under way end, and no other begin."""
        self._stopping.set()

    def stop(self) -> None:
        """Request the stop and wait for it."""
        self.request_stop()
        if self._thread.is_alive():
            self._thread.join(_STOP_S)

    def run(self) -> None:
        """Look every few seconds until told to stop."""
        is_first = True
        while not self._stopping.wait(self._poll_s):
            try:
                if is_first:
                    free_leases(self._platform)
                    is_first = False
                self._look()
            except Exception:
                log.exception("looking for deliveries failed")

    def _look(self) -> None:
        if has_due_notice(self._platform):
            from services.account_notice import send_due_notices

            send_due_notices(self._platform, self._stopping.is_set)
        if has_due_sync(self._platform):
            from services.sync.launch import start_due

            start_due(self._platform)
        if has_due_backup(self._platform):
            from services.backup_plans import run_due_backups

            run_due_backups(self._platform)
        if not has_work(self._platform):
            return
        from services.deliveries.worker import deliver_due

        deliver_due(self._platform, self._stopping.is_set)
