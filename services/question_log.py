"""Which slow questions are asked again and again: what rollups are suggested from. In memory, for each tenant apart."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from metrics import MetricQuery

# What takes less than this is fast enough as it is.
SLOW_MS = 100
_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedQuestion:
    """A question, how often it was asked of the data themselves, and how long that took altogether."""

    query: "MetricQuery"
    count: int = 0
    milliseconds: float = 0.0


class QuestionLog:
    """The slow questions of each tenant, those asked last at the end."""

    def __init__(self) -> None:
        self._kept: dict[str, OrderedDict[MetricQuery, LoggedQuestion]] = {}
        self._lock = threading.Lock()

    def record(self, tenant_id: str, query: "MetricQuery", milliseconds: float) -> LoggedQuestion:
        """Add one time that a question was asked; returns what is known of it now."""
        with self._lock:
            kept = self._kept.setdefault(tenant_id, OrderedDict())
            known = kept.pop(query, LoggedQuestion(query=query))
            kept[query] = known = replace(known, count=known.count + 1, milliseconds=known.milliseconds + milliseconds)
            while len(kept) > _MOST:
                kept.popitem(last=False)
            return known

    def repeated(self, tenant_id: str, *, least: int = 2) -> tuple[LoggedQuestion, ...]:
        """The questions that were asked at least so often, the costliest first."""
        with self._lock:
            kept = list(self._kept.get(tenant_id, {}).values())
        found = [one for one in kept if one.count >= least]
        return tuple(sorted(found, key=lambda one: -one.milliseconds))
