"""Declares what a use case needs. Whoever lacks it, or asks for what is not theirs, is told the same and put on record.

A use case is a function of the platform, the principal, and what is asked. With `@permitted` it says which permission
it needs; a test reads every declaration and tries each against every role.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from core.errors import ForbiddenError
from services.platform import Platform
from tenants.access import Permission, Principal
from tenants.audit import AuditAction, Event

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
UseCase = Callable[Concatenate[Platform, Principal, Asked], Answer]


def permitted(permission: Permission) -> Callable[[UseCase[Asked, Answer]], UseCase[Asked, Answer]]:
    """Let a use case run for those who hold a permission only. What it raises as ForbiddenError is audited."""

    def declare(use_case: UseCase[Asked, Answer]) -> UseCase[Asked, Answer]:
        @wraps(use_case)
        def run(platform: Platform, principal: Principal, /, *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
            try:
                principal.require(permission)
                return use_case(platform, principal, *args, **kwargs)
            except ForbiddenError as error:
                record_denial(platform, principal, use_case.__name__, error)
                raise

        vars(run)["permission"] = permission
        return run

    return declare


def require_holding(principal: Principal, permissions: Iterable[Permission]) -> None:
    """Raises ForbiddenError where somebody would hand out, or take away, a permission that they do not hold."""
    missing = sorted(set(permissions) - principal.permissions)
    if missing:
        raise ForbiddenError(f"You can hand out only what you may do yourself; you do not hold {', '.join(missing)}.")


def record_denial(platform: Platform, principal: Principal, asked: str, error: ForbiddenError) -> None:
    """Put on record that somebody was refused; once, however many use cases the refusal passes through."""
    if error.is_recorded:
        return
    error.is_recorded = True
    data = {"roles": list(principal.roles), "reason": error.message}
    event = Event(action=AuditAction.ACCESS_DENIED, subject=asked, principal=principal, data=data)
    platform.access_log.record(principal.tenant.id, event)
