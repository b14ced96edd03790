"""Decides whether accounts of several sources are one, or takes that back."""

from enum import StrEnum

from core.errors import InvalidError
from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "accounts-decide"


class How(StrEnum):
    """What is done with the pairs."""

    MERGE = "merge"
    PART = "part"
    UNDO = "undo"


class Request(CommandRequest):
    """Two accounts as SOURCE/NUMBER; without them every pair that is certain is merged."""

    tenant: str
    how: How
    account: str = ""
    kept: str = ""


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """How many pairs were decided. Raises InvalidError, ConflictError."""
    from services.accounts.candidates import review_accounts
    from services.accounts.links import Decision, Pair, decide_pairs, undo_decision

    principal = operator(platform.tenant(request.tenant))
    if not request.account and request.how is How.MERGE:
        progress("Comparing accounts")
        certain = [one.pair for one in review_accounts(platform, principal) if one.is_certain]
        return {"pairs": decide_pairs(platform, principal, certain, Decision.SAME)}
    source, account = _parse(request.account)
    kept_source, kept = _parse(request.kept)
    pair = Pair(source=source, account_id=account, kept_source=kept_source, kept_id=kept)
    if request.how is How.UNDO:
        undo_decision(platform, principal, pair)
        return {"pairs": 1}
    decision = Decision.SAME if request.how is How.MERGE else Decision.DIFFERENT
    return {"pairs": decide_pairs(platform, principal, [pair], decision)}


def _parse(text: str) -> tuple[str, str]:
    source, slash, account = text.partition("/")
    if not slash or not source or not account:
        raise InvalidError(f"{text!r} is no account. Write SOURCE/NUMBER, as `plumbline accounts review` shows it.")
    return source, account
