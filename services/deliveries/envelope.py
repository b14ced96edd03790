"""The bytes of a message. A file that goes to many recipients is encoded once, whoever else gets it.

The library that reads and writes headers writes them here too; bodies are put together by RFC 2045 and 2046, because
it encodes text line by line in Python, anew for each recipient. Everything is 7-bit, so that no server on the way
recodes what was signed.
"""

import binascii
import hashlib
from collections.abc import Sequence
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP

from services.deliveries.channels import Attachment

_LINE = b"\r\n"


class Envelope:
    """Puts messages together. Only the files of the last message are held, for the next reader of the same group."""

    def __init__(self) -> None:
        self._encoded: dict[Attachment, bytes] = {}

    def pack(
        self, head: EmailMessage, *, text: str, html: str, files: Sequence[Attachment], is_international: bool
    ) -> bytes:
        """A message of the headers in `head`, which name its Message-ID. An empty `html` leaves plain text alone."""
        headers = head.as_bytes(policy=SMTP.clone(cte_type="7bit", utf8=is_international)).removesuffix(_LINE)
        # No text holds it: it is a hash, and different in every message.
        boundary = hashlib.sha256(str(head["Message-ID"]).encode()).hexdigest()[:40]
        body = _text(text, "plain")
        if html:
            body = _multipart("alternative", f"{boundary}a", [body, _text(html, "html")])
        self._encoded = {file: self._encoded.get(file) or _file(file) for file in files}
        if files:
            body = _multipart("mixed", f"{boundary}m", [body, *(self._encoded[file] for file in files)])
        return headers + b"MIME-Version: 1.0" + _LINE + body


def _text(text: str, subtype: str) -> bytes:
    # The C function breaks lines as the text does; it is given line feeds alone.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n") + "\n"
    encoded = binascii.b2a_qp(lines.encode("utf-8", "replace"), istext=True).replace(b"\n", _LINE)
    kind = f'Content-Type: text/{subtype}; charset="utf-8"'
    return f"{kind}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n".encode() + encoded


def _file(file: Attachment) -> bytes:
    part = MIMEPart(policy=SMTP)
    maintype, _, subtype = file.media_type.partition("/")
    part.set_content(file.content, maintype, subtype, disposition="attachment", filename=file.name)
    return part.as_bytes(policy=SMTP.clone(cte_type="7bit"))


def _multipart(subtype: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    fence = b"--" + boundary.encode()
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode()
    return head + b"".join(fence + _LINE + part + _LINE for part in parts) + fence + b"--" + _LINE
