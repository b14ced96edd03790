"""Why an identity provider's answer signs nobody in.

UserError
└── SsoRefused    the page says what to do; `reason` is one word for the audit log
"""

from core.errors import UserError

_ADVICE = (
    "Start again from the sign-in page. If it happens again, your administrator finds the reason in the audit log."
)


class SsoRefused(UserError):
    """This sign-in is not accepted; `detail` is what a library found, for the audit log."""

    code = "sso_refused"
    status = 401

    def __init__(
        self, reason: str, message: str = "Your organisation's sign-in could not be accepted.", *, detail: str = ""
    ) -> None:
        told = {"reason": reason, "detail": detail[:300]} if detail else {"reason": reason}
        super().__init__(f"{message} {_ADVICE}", data=told)
        self.reason = reason
