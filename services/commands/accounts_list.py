"""Lists which accounts of several sources may be one, and what was decided of others."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform
from tenants.access import operator

KIND = "accounts-list"


class Request(CommandRequest):
    """`decided` lists the decisions in force instead of what is to be reviewed."""

    tenant: str
    decided: bool = False


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """The pairs. Raises InvalidError where fewer than two sources have accounts."""
    from services.accounts.candidates import review_accounts
    from services.accounts.links import list_links

    principal = operator(platform.tenant(request.tenant))
    if request.decided:
        links = list_links(platform, principal)
        return {
            "pairs": [
                {
                    "account": f"{one.pair.source}/{one.pair.account_id}",
                    "kept": f"{one.pair.kept_source}/{one.pair.kept_id}",
                    "decision": one.decision.value,
                    "decided_by": one.decided_by,
                    "decided_at": one.decided_at.isoformat(),
                }
                for one in links
            ]
        }
    progress("Comparing accounts")
    return {
        "pairs": [
            {
                "account": f"{one.pair.source}/{one.pair.account_id}",
                "kept": f"{one.pair.kept_source}/{one.pair.kept_id}",
                "name": one.name,
                "kept_name": one.kept_name,
                "reason": one.reason,
                "likeness": one.likeness,
                "is_certain": one.is_certain,
            }
            for one in review_accounts(platform, principal)
        ]
    }
