"""A stream of bytes, encrypted and authenticated in chunks, so that no backup has to fit into memory.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizar: Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance, 2015) over AES-256-GCM: a nonce is the chunk's number and whether it is the last, so a chunk that is
altered, left out, moved or cut off at the end is found. A key seals one stream only.
"""

import hashlib
import struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.secrets import Secret
from tenants.backup.errors import BackupFault

CHUNK_BYTES = 1 << 20
_TAG_BYTES = 16


class SealingWriter:
    """Takes plain bytes and writes sealed chunks; `close` writes the last one. `digest` is of all that was written."""

    def __init__(self, target: BinaryIO, key: Secret, header: bytes) -> None:
        self._target = target
        self._cipher = AESGCM(key.reveal())
        self._header = header
        self._waiting = bytearray()
        self._number = 0
        self.digest = hashlib.sha256()
        self._put(header)

    def write(self, content: bytes) -> int:
        """Take bytes; a chunk is written once there is more than fills it."""
        self._waiting += content
        while len(self._waiting) > CHUNK_BYTES:
            self._seal(bytes(self._waiting[:CHUNK_BYTES]), is_last=False)
            del self._waiting[:CHUNK_BYTES]
        return len(content)

    def close(self) -> None:
        """Write what is left as the last chunk."""
        self._seal(bytes(self._waiting), is_last=True)

    def _seal(self, plain: bytes, *, is_last: bool) -> None:
        self._put(self._cipher.encrypt(_nonce(self._number, is_last=is_last), plain, self._header))
        self._number += 1

    def _put(self, content: bytes) -> None:
        self.digest.update(content)
        self._target.write(content)


class OpeningReader:
    """Gives the plain bytes back. Raises BackupFault where a chunk is not what was sealed."""

    def __init__(self, source: BinaryIO, key: Secret, header: bytes) -> None:
        self._source = source
        self._cipher = AESGCM(key.reveal())
        self._header = header
        self._number = 0
        self._ready = bytearray()
        self._next = source.read(CHUNK_BYTES + _TAG_BYTES)
        self._is_done = False

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; none at the end."""
        while len(self._ready) < size and not self._is_done:
            self._open_chunk()
        taken = bytes(self._ready[:size])
        del self._ready[:size]
        return taken

    def finish(self) -> None:
        """Read on to the end, so that all of it was proved."""
        while not self._is_done:
            self._open_chunk()
            self._ready.clear()

    def _open_chunk(self) -> None:
        sealed, self._next = self._next, self._source.read(CHUNK_BYTES + _TAG_BYTES)
        is_last = not self._next
        try:
            self._ready += self._cipher.decrypt(_nonce(self._number, is_last=is_last), sealed, self._header)
        except InvalidTag as error:
            raise BackupFault(
                f"The backup is damaged or cut off (part {self._number + 1} is not what was written). Nothing was "
                "changed. Take another copy of it, or the backup before."
            ) from error
        self._number += 1
        self._is_done = is_last


def _nonce(number: int, *, is_last: bool) -> bytes:
    return struct.pack(">IQ?", 0, number, is_last)[1:]
