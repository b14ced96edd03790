"""The bytes of a file, unpacked when it is a .gz, read piece by piece and never beyond the limits."""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from connectors.errors import Place, malformed, over_limit, unreadable
from connectors.kinds.files.raw import Task

CHUNK_BYTES = 1024**2
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(slots=True)
class Content:
    """The bytes of a task's file. `share` is how much of the packed file has been read, 0 to 1."""

    task: Task
    share: float = field(default=0.0, init=False)

    def head(self, size: int) -> bytes:
        """The first `size` bytes, fewer when the content is shorter."""
        parts, missing = [], size
        for chunk in self.chunks():
            parts.append(chunk[:missing])
            missing -= len(parts[-1])
            if missing <= 0:
                break
        return b"".join(parts)

    def chunks(self) -> Iterator[bytes]:
        """The content from its beginning, in pieces of at most CHUNK_BYTES.

        Raises UnreadableError, SourceLimitError for content that is too large or expands too much, and MalformedError
        for a damaged .gz.
        """
        name = self.task.name
        try:
            with self.task.path.open("rb") as raw:
                size = self.task.path.stat().st_size
                if size > self.task.limits.max_file_bytes:
                    raise over_limit(Place(file=name), _too_large(size, self.task.limits.max_file_bytes))
                is_packed = raw.read(2) == _GZIP_MAGIC
                raw.seek(0)
                yield from self._unpacked(raw, size) if is_packed else self._plain(raw, size)
        except PermissionError:
            raise unreadable(
                name, "reading it is not permitted. Allow it for the user that runs this program."
            ) from None

    def _plain(self, raw: BinaryIO, size: int) -> Iterator[bytes]:
        done = 0
        while chunk := raw.read(CHUNK_BYTES):
            done += len(chunk)
            self.share = min(1.0, done / max(size, 1))
            yield chunk

    def _unpacked(self, raw: BinaryIO, size: int) -> Iterator[bytes]:
        place, limits, done = Place(file=self.task.name), self.task.limits, 0
        try:
            with gzip.GzipFile(fileobj=raw) as packed:
                while chunk := packed.read(CHUNK_BYTES):
                    done += len(chunk)
                    if done > limits.max_expanded_bytes:
                        raise over_limit(
                            place, _too_large(done, limits.max_expanded_bytes, verb="expands to more than")
                        )
                    if done > limits.expansion_floor_bytes and done > limits.max_expansion * size:
                        raise over_limit(place, expansion_problem(size, limits.max_expansion))
                    self.share = min(1.0, raw.tell() / max(size, 1))
                    yield chunk
        except (gzip.BadGzipFile, EOFError, zlib.error):
            raise malformed(
                place, f"the .gz is damaged or cut off after {done:,} unpacked bytes. Copy or download it again."
            ) from None


def expansion_problem(size: int, ratio: int) -> str:
    """What to say of a file that expands suspiciously."""
    return (
        f"its {size:,} bytes expand to more than {ratio} times as much, as a decompression bomb does; it was not"
        " unpacked. Unpack it yourself if you trust it."
    )


def _too_large(size: int, limit: int, *, verb: str = "it has") -> str:
    return f"{verb} {size:,} bytes; at most {limit:,} are read. Split it into several files."
