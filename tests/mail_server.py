"""A real mail server on loopback: SMTP with STARTTLS and sign-in, answers as scripted, and everything it took."""

import asyncio
import email
import email.policy
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from core.settings import Settings

# A busy machine starts a thread when it comes to it.
_READY_S = 120.0
USER, PASSWORD = "plumbline", "quite-secret"


@cache
def _authority() -> trustme.CA:
    """Who signs the servers' certificates; making its key takes longer than a test."""
    return trustme.CA()


class MailServer(Controller):
    """Takes mail. `refusal` answers for a recipient, such as "451 later"; an empty answer takes the message."""

    def __init__(self, folder: Path) -> None:
        authority = _authority()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        self.ca_file = folder / "mail-ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        self.messages: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.recipients: list[str] = []
        self.refusal: Callable[[str], str] = lambda _recipient: ""
        self.on_message: Callable[[], None] = lambda: None
        self.connections = 0
        self._taking = threading.Lock()
        super().__init__(
            self,
            hostname="127.0.0.1",
            port=0,
            tls_context=context,
            require_starttls=True,
            authenticator=self._authenticate,
            auth_required=True,
            ready_timeout=_READY_S,
        )

    def settings(self, settings: Settings) -> Settings:
        """The settings with which mail goes to this server."""
        return mail_settings(settings, port=self.port, ca_file=Path(self.ca_file))

    def environment(self) -> dict[str, str]:
        """The same for a process that is started."""
        return {
            "PLUMBLINE_SMTP_HOST": "127.0.0.1",
            "PLUMBLINE_SMTP_PORT": str(self.port),
            "PLUMBLINE_SMTP_USER": USER,
            "PLUMBLINE_SMTP_PASSWORD": PASSWORD,
            "PLUMBLINE_SMTP_CA_FILE": str(self.ca_file),
            "PLUMBLINE_MAIL_FROM": "Plumbline <reports@plumbline.example>",
        }

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        refusal = self.refusal(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        with self._taking:
            self.messages.append(message)
            self.raw.append(content)
            self.recipients.extend(envelope.rcpt_tos)
        self.on_message()
        return "250 taken as 42"

    def to(self, recipient: str) -> list[EmailMessage]:
        """What one recipient got."""
        with self._taking:
            return [one for one, to in zip(self.messages, self.recipients, strict=True) if to == recipient]

    def _authenticate(self, _smtp: SMTP, _session: Session, _envelope: Envelope, _how: str, data: object) -> AuthResult:
        is_known = isinstance(data, LoginPassword) and data == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_known, handled=False)

    def _trigger_server(self) -> None:
        # It was started on any free port.
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def mail_settings(settings: Settings, *, port: int, ca_file: Path) -> Settings:
    """The settings with which mail goes to a server of that port."""
    return settings.model_copy(
        update={
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_user": USER,
            "smtp_password": type(settings).model_validate({"smtp_password": PASSWORD}).smtp_password,
            "smtp_ca_file": ca_file,
            "mail_from": "Plumbline <reports@plumbline.example>",
        }
    )


@contextmanager
def running_mail_server(folder: Path) -> Iterator[MailServer]:
    """A server that ends with the block."""
    server = MailServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def attachments(message: EmailMessage) -> dict[str, bytes]:
    """The files of a message by name."""
    return {str(part.get_filename()): part.get_content() for part in message.iter_attachments()}


def html_of(message: EmailMessage) -> str:
    """The message's HTML."""
    body = message.get_body(("html",))
    assert body is not None
    return str(body.get_content())
