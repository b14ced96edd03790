"""Records who read which data, before the answer is given out (docs/decisions/audit.md).

Threads that ask at the same time share one transaction: whoever has the turn writes for all that wait, and hands the
turn to one that came meanwhile. The others are woken once, when their event is written.
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
    has_turn: bool = False
    woken: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = field(default=None)


class AccessLog:
    """Appends events to the tenants' logs; `record` returns once the event is committed, or raises."""

    def __init__(self, session: Callable[[], AbstractContextManager[Session]]) -> None:
        self._session = session
        self._waiting: list[_Waiting] = []
        self._is_writing = False
        self._lock = threading.Lock()

    def record(self, tenant_id: str, event: Event) -> None:
        """Write an event together with all others that wait."""
        mine = _Waiting(tenant_id=tenant_id, event=event)
        with self._lock:
            self._waiting.append(mine)
            mine.has_turn, self._is_writing = not self._is_writing, True
        if not mine.has_turn:
            mine.woken.wait()
        if mine.has_turn:
            self._write_all()
        if mine.error is not None:
            raise mine.error

    def _write_all(self) -> None:
        """Write all that waits, wake those whose it is, and give the turn to one that came since."""
        with self._lock:
            batch, self._waiting = self._waiting, []
        try:
            with self._session() as session:
                # The same order in every process, so that two never wait for each other's tenants.
                for tenant_id in sorted({one.tenant_id for one in batch}):
                    record_events(session, tenant_id, [one.event for one in batch if one.tenant_id == tenant_id])
        except BaseException as error:
            for one in batch:
                one.error = error
        finally:
            with self._lock:
                following = self._waiting[0] if self._waiting else None
                self._is_writing = following is not None
            if following is not None:
                following.has_turn = True
                following.woken.set()
            for one in batch:
                one.woken.set()
