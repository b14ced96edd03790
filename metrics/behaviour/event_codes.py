"""The type of the codes of events, which are as short as their number allows."""

import numpy as np
import numpy.typing as npt

EventCodes = npt.NDArray[np.int8] | npt.NDArray[np.int32]
