"""A message's bytes, read back by the library that did not put its bodies together."""

import email
from email.message import EmailMessage
from email.policy import SMTP, default

from hypothesis import given
from hypothesis import strategies as st

from services.deliveries.channels import Attachment
from services.deliveries.envelope import Envelope
from tests.mail_server import attachments, html_of


def head(to: str = "zoë@acme.example") -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["Subject"] = "Umsätze 漢字"
    made["To"] = to
    made["Message-ID"] = "<1@acme.example>"
    return made


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    assert [part.defects for part in message.walk() if part.defects] == []
    return message


@given(text=st.text(max_size=300), html=st.text(min_size=1, max_size=300), content=st.binary(max_size=300))
def test_text_files_and_names_arrive_as_they_were_given(text: str, html: str, content: bytes) -> None:
    files = [Attachment(name="übersicht.bin", media_type="application/octet-stream", content=content)]
    raw = Envelope().pack(head(), text=text, html=html, files=files, is_international=True)
    message = read(raw)
    body = message.get_body(("plain",))
    assert body is not None
    assert lines(str(body.get_content())) == lines(text)
    assert lines(html_of(message)) == lines(html)
    assert attachments(message) == {"übersicht.bin": content}
    assert (message["Subject"], message["To"]) == ("Umsätze 漢字", "zoë@acme.example")
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")


def lines(text: str) -> list[str]:
    """A text's lines; a message ends its last one."""
    broken = text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    return broken.removesuffix("\n").split("\n")


def test_files_change_from_one_group_to_the_next() -> None:
    envelope = Envelope()
    found = [
        attachments(read(envelope.pack(head(), text="a", html="b", files=[one], is_international=False)))
        for one in (
            Attachment(name="a.pdf", media_type="application/pdf", content=b"1"),
            Attachment(name="a.pdf", media_type="application/pdf", content=b"2"),
        )
    ]
    assert found == [{"a.pdf": b"1"}, {"a.pdf": b"2"}]


def test_words_alone_are_plain_text() -> None:
    message = read(Envelope().pack(head(), text="Welcome", html="", files=[], is_international=True))
    assert (message.get_content_type(), message.get_content()) == ("text/plain", "Welcome\r\n")
