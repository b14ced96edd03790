"""Tells what a tenant used in a month."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "usage"


class Request(CommandRequest):
    """Whose, and which month, such as 2026-11; by default the present one."""

    tenant: str
    month: str | None = None


def run(platform: Platform, request: Request, progress: Progress) -> Answer:  # noqa: ARG001
    """The amounts. Raises InvalidError."""
    from services.usage import monthly_statement

    statement = monthly_statement(platform, operator(platform.tenant(request.tenant)), request.month)
    amounts = {item.value: amount for item, amount in statement.amounts.items()}
    return {"month": statement.month, "amounts": amounts, "differs": [item.value for item in statement.differs]}
