"""Mail by SMTP. One connection serves all parcels; a 4xx answer is tried again later, a 5xx answer is final."""

import asyncio
import contextlib
import ssl
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

import aiosmtplib
from markupsafe import Markup

from core.settings import Settings
from services.deliveries.channels import Ending, Outcome, Parcel
from services.deliveries.envelope import Envelope
from services.deliveries.signature import find_signer
from services.letter import require_mail
from services.platform import Platform
from tenants.tenant import Tenant

KIND = "mail"
# Runs a piece of work in the connection's event loop.
Run = Callable[[Coroutine[object, object, object]], object]
_TIMEOUT_S = 30.0
_GOODBYE_S = 2.0
_FIRST_FINAL = 500


def check(platform: Platform, configuration: Mapping[str, object]) -> None:  # noqa: ARG001
    """Raises InvalidError where the operator has named no mail server, or a key that cannot sign."""
    require_mail(platform)
    find_signer(platform.settings)


def is_shared(configuration: Mapping[str, object]) -> bool:  # noqa: ARG001
    """Each recipient has a place of their own."""
    return False


@contextmanager
def open_channel(platform: Platform, tenant: Tenant, configuration: Mapping[str, object]) -> Iterator["MailSender"]:
    """A sender that connects at its first parcel."""
    check(platform, configuration)
    # In a thread of its own, because whoever delivers may be within an event loop already.
    with ThreadPoolExecutor(1, "mail") as thread:
        runner = asyncio.Runner()
        sender = MailSender(platform, tenant, lambda work: thread.submit(runner.run, work).result())
        try:
            yield sender
        finally:
            sender.close()
            thread.submit(runner.close).result()


class MailSender:
    """Sends parcels as messages from the installation's address, under the tenant's name."""

    def __init__(self, platform: Platform, tenant: Tenant, run: Run) -> None:
        self._platform = platform
        self._tenant = tenant
        self._run = run
        self._signer = find_signer(platform.settings)
        self._envelope = Envelope()
        self._client: aiosmtplib.SMTP | None = None

    def send(self, parcel: Parcel) -> Outcome:
        """Hand one message to the mail server."""
        content = self._content(parcel)
        try:
            said = str(self._run(self._hand_over(content, parcel.recipient)))
        except aiosmtplib.SMTPRecipientsRefused as error:
            first = error.recipients[0]
            return _judged(first.code, first.message)
        except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPDataError) as error:
            return _judged(error.code, error.message)
        except aiosmtplib.SMTPResponseException as error:
            # It refused the connection or the sign-in, not this message: the operator can mend that.
            self.close()
            said = f"The mail server refused the connection: {error.code} {error.message}"
            return Outcome(ending=Ending.LATER, said=said)
        except aiosmtplib.SMTPNotSupported as error:
            return Outcome(ending=Ending.REFUSED, said=f"The mail server cannot take this message: {error}")
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            self.close()
            return Outcome(ending=Ending.LATER, said=f"The mail server cannot be used: {error or type(error).__name__}")
        return Outcome(ending=Ending.SENT, said=said)

    def close(self) -> None:
        """Say goodbye to the server, where there is a connection."""
        client, self._client = self._client, None
        if client is not None:
            self._run(_leave(client))

    async def _hand_over(self, content: bytes, recipient: str) -> str:
        if self._client is None or not self._client.is_connected:
            self._client = await _connect(self._platform.settings)
        is_international = not recipient.isascii()
        if is_international and not self._client.supports_extension("smtputf8"):
            raise aiosmtplib.SMTPNotSupported("it knows no addresses outside ASCII (SMTPUTF8)")
        settings = self._platform.settings
        envelope_from = settings.mail_return_path or parseaddr(settings.mail_from)[1]
        options = ["SMTPUTF8"] if is_international else []
        _, said = await self._client.sendmail(envelope_from, [recipient], content, mail_options=options)
        return said

    def _content(self, parcel: Parcel) -> bytes:
        size = sum(len(file.content) for file in parcel.files)
        is_large = size > self._platform.settings.mail_max_mb * 1024 * 1024
        content = self._envelope.pack(
            self._head(parcel),
            text=parcel.text + (_link_text(parcel) if is_large else ""),
            html=parcel.html.replace("</body>", f"{_link_html(parcel)}</body>") if is_large else parcel.html,
            files=() if is_large else parcel.files,
            is_international=not parcel.recipient.isascii(),
        )
        return content if self._signer is None else self._signer.sign(content) + content

    def _head(self, parcel: Parcel) -> EmailMessage:
        head = EmailMessage(policy=SMTP)
        name, address = parseaddr(self._platform.settings.mail_from)
        head["From"] = _sender(f"{self._tenant.name} · {name or 'Plumbline'}", address)
        head["To"] = parcel.recipient
        head["Subject"] = " ".join(parcel.subject.split())
        head["Date"] = format_datetime(self._platform.clock())
        head["Message-ID"] = parcel.message_id
        head["Auto-Submitted"] = "auto-generated"
        if parcel.unsubscribe_address:
            head["List-Unsubscribe"] = f"<{parcel.unsubscribe_address}>"
            head["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return head


def _link_text(parcel: Parcel) -> str:
    lines = "\n".join(f"{name}: {address}" for name, address in parcel.links)
    return f"\nThe files are too large for a message; they are here for some days:\n{lines}\n"


def _link_html(parcel: Parcel) -> Markup:
    links = Markup(" \u00b7 ").join(
        Markup('<a href="{}">{}</a>').format(address, name) for name, address in parcel.links
    )
    words = "The files are too large for a message; they are here for some days: "
    return Markup('<p style="font-family:sans-serif;font-size:13px;text-align:center">{}{}</p>').format(words, links)


def _sender(name: str, address: str) -> str:
    from email.headerregistry import Address

    local, _, domain = address.rpartition("@")
    return str(Address(display_name=" ".join(name.split()), username=local, domain=domain))


async def _connect(settings: Settings) -> aiosmtplib.SMTP:
    is_encrypted = settings.smtp_security != "none"
    client = aiosmtplib.SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_user or None,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
        use_tls=settings.smtp_security == "tls",
        start_tls=settings.smtp_security == "starttls",
        tls_context=_tls(settings) if is_encrypted else None,
        timeout=_TIMEOUT_S,
    )
    await client.connect()
    return client


async def _leave(client: aiosmtplib.SMTP) -> None:
    transport = client.transport
    if client.is_connected:
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=_GOODBYE_S)
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
    # The loop closes the socket in its next turns.
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def _tls(settings: Settings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(settings.smtp_ca_file) if settings.smtp_ca_file else None)


def _judged(code: int, said: str) -> Outcome:
    ending = Ending.REFUSED if code >= _FIRST_FINAL else Ending.LATER
    return Outcome(ending=ending, said=f"{code} {' '.join(said.split())}")
