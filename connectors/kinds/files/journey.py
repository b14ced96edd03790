"""How far an import is, over all files and stages."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from connectors.spec import Progress, Stage

# About how the time for a file divides.
_STARTS = {Stage.READING: 0.0, Stage.TYPING: 0.5, Stage.WRITING: 0.7, Stage.MATCHING: 1.0}
_ENDS = {Stage.READING: 0.5, Stage.TYPING: 0.7, Stage.WRITING: 1.0, Stage.MATCHING: 1.0}
_FILES_SHARE = 0.97
_INTERVAL_S = 0.1


class Journey:
    """Tells a listener the share of the whole, weighted by file size, at most ten times a second for each stage."""

    def __init__(self, listener: Callable[[Progress], None] | None, sizes: Mapping[Path, int]) -> None:
        self._listener = listener
        # Even an empty file takes a moment.
        self._sizes = {path: size + 1 for path, size in sizes.items()}
        self._total = max(1, sum(self._sizes.values()))
        self._done = 0
        self._current = 0
        self._file = ""
        self._share = 0.0
        self._told: tuple[str, Stage] | None = None
        self._told_at = 0.0

    def begin(self, path: Path, name: str) -> None:
        """The next file."""
        self._done += self._current
        self._current = self._sizes[path]
        self._file = name

    def at(self, stage: Stage, share: float) -> None:
        """A share (0 to 1) of a stage of the current file is done."""
        if self._listener is None:
            return
        within = _STARTS[stage] + (_ENDS[stage] - _STARTS[stage]) * min(1.0, share)
        whole = (self._done + self._current * within) / self._total * _FILES_SHARE
        self._share = max(self._share, whole)
        now, key = time.monotonic(), (self._file, stage)
        if key == self._told and now - self._told_at < _INTERVAL_S:
            return
        self._told, self._told_at = key, now
        self._listener(Progress(stage=stage, file=self._file, share=self._share))
