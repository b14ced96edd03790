"""What a kind of metric must offer, and the kinds found in `metrics.kinds`."""

from collections.abc import Mapping
from typing import Protocol, cast

from core.registry import find_kinds
from metrics import kinds
from metrics.document import Section
from metrics.recipe import Recipe


class Kind(Protocol):
    """A module of `metrics.kinds`. `TAKES_METRICS` says whether inputs may be metrics as well as measures."""

    KIND: str
    TAKES_METRICS: bool

    def read(self, section: Section) -> Recipe | None:
        """The recipe a metric's definition gives; None when a problem was noted."""


KINDS: Mapping[str, Kind] = cast("Mapping[str, Kind]", find_kinds(kinds))
