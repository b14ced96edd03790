"""A report as the body of a mail: HTML that reads well in mail programs, and plain text."""

from exports.mail.body import UNSUBSCRIBE, MailBody, render_mail

__all__ = ["UNSUBSCRIBE", "MailBody", "render_mail"]
