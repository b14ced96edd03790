"""An index of events by name, for tables that are asked many questions: each touches only the events it names."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.behaviour.event_codes import EventCodes

Integers = npt.NDArray[np.int64]

_UNITS = (1_000_000, 1_000, 1)
_KEY_BITS = 63


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventIndex:
    """One key for each event, ordered by event name, entity and time.

    A key is `entity << bits` plus the ticks of `unit` microseconds since `base`, at most `span`; the keys of event code
    c are those from `places[c]` to `places[c + 1]`.
    """

    keys: Integers
    places: Integers
    base: int
    unit: int
    span: int
    bits: int

    def window(self, microseconds: int) -> int:
        """A window in ticks; no longer than all times are apart, which is as good as unlimited."""
        return min(self.span, microseconds // self.unit)

    def ticks(self, edges: Integers) -> Integers:
        """The first tick at or after each moment; a first edge before all events becomes tick 0."""
        ticks = -((self.base - edges) // self.unit)
        ticks[0] = 0
        return ticks


def build_index(starts: Integers, times: Integers, codes: EventCodes, events: int) -> EventIndex | None:
    """The index of sorted events, or None when an entity and its times do not fit into one key."""
    from metrics.behaviour.kernels.indexed import build_keys

    if times.size == 0:
        return None
    base = int(times[starts[:-1]].min())
    unit = next(unit for unit in _UNITS if not ((times - base) % unit).any())
    span = (int(times[starts[1:] - 1].max()) - base) // unit
    # Twice the span, so that keys of two entities are further apart than any window.
    bits = (2 * span + 1).bit_length()
    if bits + (starts.size - 1).bit_length() > _KEY_BITS:
        return None
    places = np.zeros(events + 1, np.int64)
    places[1:] = np.bincount(codes + 1, minlength=events + 1)[1:].cumsum()
    return EventIndex(
        keys=build_keys(starts, times, codes, base, unit, bits, places),
        places=places, base=base, unit=unit, span=span, bits=bits,
    )  # fmt: skip
