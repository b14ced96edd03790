"""What a walk of every entity through the steps of a funnel found."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FunnelWalk:
    """For each entity: the steps reached (-1 taken out), the row that began the chain, times in microseconds."""

    levels: npt.NDArray[np.int8]
    anchors: Integers
    since_first: Integers
    since_previous: Integers
