"""Keeps rows out of a table that would break one of its checks: asked within the change, before it is committed."""

from core.errors import RefusedError
from services.platform import Platform
from services.quality.check import CheckState, OnFailure
from services.quality.results import find_checks, past_values
from tenants.store import Accept, Ask
from tenants.tenant import Tenant


class HeldBackError(RefusedError):
    """A check that holds back failed: the table stays as it was, and the next sync tries again."""

    code = "held_back"


def find_hold(platform: Platform, tenant: Tenant, table: str) -> Accept | None:
    """What a change of a table has to pass; None where no check of it holds back."""
    holding = [one for one in find_checks(platform, tenant).get(table, ()) if one.on_failure is OnFailure.HOLD_BACK]
    if not holding:
        return None
    past = past_values(platform, tenant, table)

    def accept(ask: Ask) -> None:
        for check in holding:
            value = ask(check.measure().sql("duckdb"))
            found = check.judge(value, past.get(check.label, ()), platform.clock())
            if found.state is CheckState.FAILED:
                raise HeldBackError(
                    f"{table} is held back, because it must be so that {check.label}. {found.said} The table is as it "
                    "was before. Mend the rows in the source, or change the check."
                )

    return accept
