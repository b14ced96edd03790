"""A file's content as text: as checked UTF-8 bytes for the fast reader, and as lines for the careful one."""

import codecs
import io
from collections.abc import Iterator

from connectors.errors import Place, SourceError, malformed, over_limit
from connectors.kinds.files.content import Content
from connectors.kinds.files.delimited.encoding import Encoding, NotUtf8Error
from connectors.kinds.files.delimited.quotes import QuoteCheck


def decoded(content: Content, encoding: Encoding) -> Iterator[str]:
    """The text behind the encoding's mark, piece by piece.

    Raises NotUtf8Error, and MalformedError where another encoding does not hold.
    """
    decoder = codecs.getincrementaldecoder(encoding.codec)(errors="strict")
    mark, lines = encoding.mark, 1
    try:
        for chunk in content.chunks():
            text = decoder.decode(chunk[mark:])
            mark = 0
            lines += text.count("\n")
            yield text
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        if encoding.is_utf8:
            raise NotUtf8Error from None
        problem = f"the byte 0x{error.object[error.start]:02X} is not valid {encoding.codec.upper()}."
        place = Place(file=content.task.name, line=lines)
        raise malformed(place, f"near this line {problem} Save the file as UTF-8 and try again.") from None


class CheckedBytes(io.RawIOBase):
    """UTF-8 bytes of a text from `skip` bytes on, for a reader that asks for them from another thread.

    What goes wrong while reading is kept in `problem`, because it may not survive the way through that reader.
    """

    def __init__(self, content: Content, encoding: Encoding, check: QuoteCheck, *, skip: int) -> None:
        super().__init__()
        self.problem: Exception | None = None
        self._check = check
        self._pieces = self._checked(content, encoding, skip)
        self._rest = b""

    def readable(self) -> bool:
        """Always true."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Exactly `size` bytes until the text ends; b"" then, and after a problem."""
        parts, have = [self._rest], len(self._rest)
        while size < 0 or have < size:
            piece = self._next()
            if piece is None:
                break
            parts.append(piece)
            have += len(piece)
        whole = b"".join(parts)
        self._rest = whole[size:] if 0 <= size < len(whole) else b""
        return whole[:size] if size >= 0 else whole

    def has_more(self) -> bool:
        """Whether anything is left to read."""
        while not self._rest:
            piece = self._next()
            if piece is None:
                return False
            self._rest = piece
        return True

    def _next(self) -> bytes | None:
        # The caller reads `problem` after the foreign reader has returned, so nothing is lost by catching it here.
        try:
            return next(self._pieces, None)
        except (SourceError, NotUtf8Error, OSError) as error:
            self.problem = error
        return None

    def _checked(self, content: Content, encoding: Encoding, skip: int) -> Iterator[bytes]:
        for piece in _utf8(content, encoding):
            left = piece[skip:]
            skip = max(0, skip - len(piece))
            self._check.feed(left)
            if not self._check.is_regular:
                return
            yield left
        self._check.finish()


def _utf8(content: Content, encoding: Encoding) -> Iterator[bytes]:
    if not encoding.is_utf8:
        for text in decoded(content, encoding):
            yield text.encode()
        return
    decoder = codecs.getincrementaldecoder("utf-8")(errors="strict")
    mark, is_between = encoding.mark, True
    try:
        for chunk in content.chunks():
            piece = chunk[mark:]
            mark = 0
            # Plain ASCII needs no decoding unless a character is still incomplete.
            if not (is_between and piece.isascii()):
                decoder.decode(piece)
                is_between = not decoder.getstate()[0]
            yield piece
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise NotUtf8Error from None


class Lines:
    """The lines of a text with their ends, counted; a line that is too long raises SourceLimitError."""

    def __init__(self, pieces: Iterator[str], file: str, max_characters: int) -> None:
        self.number = 0
        self._file = file
        self._max = max_characters
        self._pieces = pieces
        self._ready: Iterator[str] = iter(())
        self._rest = ""
        self._is_over = False

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = next(self._ready, None)
        while line is None:
            if self._is_over:
                raise StopIteration
            self._fill()
            line = next(self._ready, None)
        self.number += 1
        return line

    def _fill(self) -> None:
        piece = next(self._pieces, None)
        self._is_over = piece is None
        text = self._rest + (piece or "")
        # A carriage return at the end may be half of a line end; it waits for the next piece.
        is_cut = not self._is_over and text.endswith("\r")
        lines = io.StringIO(text[:-1] if is_cut else text, newline="").readlines()
        self._rest = "\r" if is_cut else ""
        if not self._is_over and lines and not lines[-1].endswith(("\n", "\r")):
            self._rest = lines.pop() + self._rest
        if len(self._rest) > self._max:
            place = Place(file=self._file, line=self.number + len(lines) + 1)
            raise over_limit(place, f"the line is longer than {self._max:,} characters, the most that is read.")
        self._ready = iter(lines)
