"""How long to wait before another try: as long as the source asks, or twice as long each time."""

import random

from connectors.errors import SourceBusyError, TransientSourceError

MOST_TRIES = 6
_FIRST_S = 1.0
_LONGEST_S = 60.0
_LONGEST_ASKED_S = 900.0


def delay_before(tries: int, error: TransientSourceError) -> float | None:
    """Seconds to wait before try number `tries` + 1; None where it is not worth another one.

    Waits that nobody asked for are spread by up to a quarter: syncs which failed together do not return together.
    """
    if tries >= MOST_TRIES:
        return None
    if isinstance(error, SourceBusyError) and error.retry_after_s is not None:
        return error.retry_after_s if error.retry_after_s <= _LONGEST_ASKED_S else None
    doubled: float = _FIRST_S * 2 ** (tries - 1)
    return min(_LONGEST_S, doubled) * random.uniform(1.0, 1.25)  # noqa: S311 -- no secret
