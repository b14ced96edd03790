"""The encoding of a text file: by its mark, by its bytes, and by guessing only when it cannot be UTF-8."""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

from connectors.errors import Place, malformed

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old or encrypted Office document"),
    (b"PAR1", "a Parquet file"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "an SQLite database"),
)
# Control characters that text does not have: all below the blank but tab, line feed, form feed and carriage return.
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\f\r")
_LEGACY = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp437", "cp850", "koi8_r",
    "mac_roman", "iso8859_2", "iso8859_15", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr",
)  # fmt: skip
_TWO_BYTES = ("shift_jis", "cp932", "euc_jp", "gb18030", "gb2312", "gbk", "big5", "euc_kr", "cp949")
_LABELS = {"cp1252": "Windows-1252 (Western European)", "cp1250": "Windows-1250", "cp1251": "Windows-1251 (Cyrillic)"}
_SAMPLE_BYTES = 65_536
_FEW_BYTES = 8
_BROKEN = re.compile("[\udc80-\udcff]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


class NotUtf8Error(ValueError):
    """A file that was taken for UTF-8 has a byte that UTF-8 does not allow there. Never leaves this package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """A codec's name, how many bytes of mark come first, and what to tell the user about it (may be empty)."""

    codec: str
    mark: int = 0
    warning: str = ""

    @property
    def is_utf8(self) -> bool:
        """Whether the bytes can be used as they are."""
        return self.codec == "utf-8"


def guess_encoding(head: bytes, file: str) -> Encoding:
    """The encoding that the first bytes speak for; UTF-8 until something proves otherwise.

    Raises MalformedError when they are no text at all.
    """
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return Encoding(codec=codec, mark=len(mark))
    for magic, what in _MAGIC:
        if head.startswith(magic):
            raise malformed(
                Place(file=file), f"this is {what}, not text. Give the file the ending that fits its content."
            )
    wide = _wide_codec(head[:_SAMPLE_BYTES])
    if wide is not None and _looks_like_text(head[: _SAMPLE_BYTES // 2 * 2].decode(wide, errors="replace").encode()):
        return Encoding(codec=wide, warning=f"The file was read as {wide.upper()}, which it does not say of itself.")
    if not _looks_like_text(head[:_SAMPLE_BYTES]):
        raise malformed(
            Place(file=file), "this is binary data, not text: its first bytes are full of control characters."
        )
    return Encoding(codec="utf-8")


def _looks_like_text(sample: bytes) -> bool:
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls <= max(1, len(sample) // 50)


def _wide_codec(sample: bytes) -> str | None:
    """UTF-16 without a mark: mostly Western text then has a zero in every second byte."""
    half = len(sample) // 2
    if half < 4:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


@dataclass(slots=True)
class _Census:
    """How many characters outside ASCII a file has in UTF-8, and how many bytes that are not UTF-8."""

    valid: int = 0
    invalid: int = 0
    lines: int = 1
    first_line: int = 0
    first_byte: int = 0
    sample: bytes = b""

    def add(self, chunk: bytes, text: str) -> None:
        if not text.isascii():
            first = _BROKEN.search(text)
            if first and not self.invalid:
                self.first_line = self.lines + text.count("\n", 0, first.start())
                self.first_byte = ord(first.group()) - 0xDC00
            broken = len(_BROKEN.findall(text)) if first else 0
            self.invalid += broken
            self.valid += len(_NOT_ASCII.findall(text)) - broken
            if len(self.sample) < _SAMPLE_BYTES:
                self.sample += b"\n".join(line for line in chunk.splitlines() if not line.isascii())[:_SAMPLE_BYTES]
        self.lines += text.count("\n")


def legacy_encoding(chunks: Iterable[bytes], file: str) -> Encoding:
    """The encoding of a whole file that is not UTF-8 throughout.

    Raises MalformedError for one that is UTF-8 except in places: a guess would spoil the rest of it.
    """
    decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
    census = _Census()
    for chunk in chunks:
        census.add(chunk, decoder.decode(chunk))
    codec = _best_codec(census.sample)
    # Characters of two bytes happen to look like UTF-8 now and then, single accented letters hardly ever.
    least = 2 if codec in _TWO_BYTES else 20
    if census.valid * least > census.invalid:
        raise malformed(
            Place(file=file, line=census.first_line),
            f"the byte 0x{census.first_byte:02X} is not valid UTF-8, although other parts of the file are."
            f" {census.invalid:,} such bytes in all. Save the file as UTF-8 and try again.",
        )
    if codec is None:
        raise malformed(
            Place(file=file, line=census.first_line),
            f"the byte 0x{census.first_byte:02X} fits no known encoding. Save the file as UTF-8 and try again.",
        )
    label = _LABELS.get(codec, codec.upper())
    return Encoding(codec=codec, warning=f"The file is not UTF-8 and was read as {label}; check letters with accents.")


def _best_codec(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes

    # A lone euro sign or accent tells nothing of a language; what is left is which code page is used most.
    if len(sample.translate(None, bytes(range(128)))) < _FEW_BYTES and _fits_cp1252(sample):
        return "cp1252"
    matches = from_bytes(sample, cp_isolation=list(_LEGACY), enable_fallback=False)
    best = matches.best()
    if best is None:
        return "cp1252" if _fits_cp1252(sample) else None
    western = next((match for match in matches if "cp1252" in match.could_be_from_charset), None)
    # Many code pages give readable text for a few accents; the most used one wins unless another is clearly better.
    if western is not None and western.chaos <= best.chaos + 0.05 and western.coherence >= best.coherence - 0.05:
        return "cp1252"
    return best.encoding


def _fits_cp1252(sample: bytes) -> bool:
    try:
        sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return True
