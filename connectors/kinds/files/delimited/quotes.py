"""Whether every quote in a text stands where RFC 4180 allows one, looked at as bytes and fast.

Only then do a lenient and a strict parser agree on where each field ends. A single stray quote can otherwise make the
lenient one swallow the rows behind it without a word.
"""

import numpy as np


class QuoteCheck:
    """Fed the pieces of a text in order; `is_regular` turns false at the first quote out of place.

    A quote opens a field when an even number of quotes came before, and then must follow a delimiter, a line end or
    another quote; otherwise it closes one, and must be followed by one of these.
    """

    def __init__(self, quote: str, delimiter: str) -> None:
        self.is_regular = True
        self._quote = ord(quote)
        beside = np.zeros(256, dtype=bool)
        beside[[self._quote, ord(delimiter), ord("\n"), ord("\r")]] = True
        self._beside = beside
        # The text's beginning counts as the start of a line. The last byte waits until the next one is known.
        self._context = b"\n"
        self._is_open = False

    def feed(self, piece: bytes) -> None:
        """The next piece of the text."""
        if not self.is_regular or not piece:
            return
        # The context is one byte that is done with, and after the first call one that waits.
        text = self._context + piece
        self._context = text[-2:]
        # Bytes count up to the last but one; the first is context only.
        if self._quote in text[1:-1]:
            self._check(np.frombuffer(text, dtype=np.uint8))

    def finish(self) -> None:
        """The text ends here."""
        self.feed(b"\n")
        self.is_regular = self.is_regular and not self._is_open

    def _check(self, text: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> None:
        at = np.flatnonzero(text[1:-1] == self._quote) + 1
        is_opening = (np.arange(len(at)) % 2 == 0) != self._is_open
        before, after = self._beside[text[at - 1]], self._beside[text[at + 1]]
        self.is_regular = bool(np.where(is_opening, before, after).all())
        self._is_open = bool(self._is_open ^ (len(at) % 2 == 1))
