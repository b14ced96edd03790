"""One message to one person, such as an invitation: by the installation's mail server, plain text, at once."""

from email.utils import parseaddr

from core.errors import InvalidError
from core.ids import new_id
from services.deliveries.channels import Outcome, Parcel
from services.platform import Platform
from tenants.tenant import Tenant


def require_mail(platform: Platform) -> None:
    """Raises InvalidError where the operator has named no mail server."""
    if not platform.settings.smtp_host:
        raise InvalidError("No mail server is set. The operator names one with PLUMBLINE_SMTP_HOST.")


def send_letter(
    platform: Platform, tenant: Tenant, recipient: str, *, subject: str, text: str, message_id: str = ""
) -> Outcome:
    """Hand a message to the mail server. What that refuses is an outcome; raises InvalidError where there is none.

    A message that may be handed over twice has a `message_id` by which the second is known for the first.
    """
    # The library that speaks SMTP is for who sends.
    from services.deliveries.channels.mail import open_channel

    domain = parseaddr(platform.settings.mail_from)[1].rpartition("@")[2]
    parcel = Parcel(
        message_id=f"<{message_id or new_id()}@{domain}>",
        recipient=recipient,
        subject=subject,
        html="",
        text=text,
        files=(),
        unsubscribe_address="",
        schedule="",
        period="",
    )
    with open_channel(platform, tenant, {"kind": "mail"}) as sender:
        return sender.send(parcel)
