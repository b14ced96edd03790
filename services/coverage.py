"""From which day to which there are rows for a metric: what lies outside is unknown, not zero."""

import datetime as dt
import threading
from dataclasses import dataclass

from core.result import Watermark
from metrics import Catalog
from metrics.query import Grain, MetricQuery
from services.platform import Platform
from services.policies import find_view
from services.query import ask
from tenants.access import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The first and last day with rows; both None where there are none, or where the metric has no time."""

    first: dt.date | None = None
    last: dt.date | None = None


# A range is a pure function of the data's version, of what is counted by which time, and of whose rows they are.
_Key = tuple[str, int, str, str, str]
_known: dict[_Key, Coverage] = {}
_known_lock = threading.Lock()


def find_coverage(
    platform: Platform, principal: Principal, catalog: Catalog, metric: str, watermark: Watermark
) -> Coverage:
    """The days a metric's model has rows for, by the time the metric is counted by."""
    leaves = catalog.leaves(metric)
    if not leaves or leaves[0].time is None:
        return Coverage()
    view = find_view(platform, principal)
    rows = "" if view is None else view.key
    key = (principal.tenant.id, watermark.version, leaves[0].model, leaves[0].time, rows)
    with _known_lock:
        found = _known.get(key)
    if found is None:
        found = Coverage(
            first=_end(platform, principal, metric, "period"), last=_end(platform, principal, metric, "-period")
        )
        with _known_lock:
            _known[key] = found
    return found


def _end(platform: Platform, principal: Principal, metric: str, order: str) -> dt.date | None:
    query = MetricQuery(metrics=(metric,), grain=Grain.DAY, order=(order,), limit=1)
    days = ask(platform, principal, query).values("period")
    return days[0] if days and isinstance(days[0], dt.date) else None
