"""Records who read which data, before the answer is given out (docs/decisions/audit.md).

Threads that ask at the same time share one transaction: whoever gets the turn writes for all that wait.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from tenants.audit import Event, record_events


@dataclass(slots=True, kw_only=True)
class _Waiting:
    tenant_id: str
    event: Event
    is_written: bool = False
    error: BaseException | None = field(default=None)


class AccessLog:
    """Appends events to the tenants' logs; `record` returns once the event is committed, or raises."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session
        self._waiting: list[_Waiting] = []
        self._queue = threading.Lock()
        self._turn = threading.Lock()

    def record(self, tenant_id: str, event: Event) -> None:
        """Write an event together with all others that wait."""
        mine = _Waiting(tenant_id=tenant_id, event=event)
        with self._queue:
            self._waiting.append(mine)
        with self._turn:
            if not mine.is_written and mine.error is None:
                self._write_all()
        if mine.error is not None:
            raise mine.error

    def _write_all(self) -> None:
        with self._queue:
            batch, self._waiting = self._waiting, []
        try:
            with self._session() as session:
                # The same order in every process, so that two never wait for each other's tenants.
                for tenant_id in sorted({one.tenant_id for one in batch}):
                    record_events(session, tenant_id, [one.event for one in batch if one.tenant_id == tenant_id])
        except BaseException as error:
            for one in batch:
                one.error = error
            return
        for one in batch:
            one.is_written = True
