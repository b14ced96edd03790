"""The root of every error the product raises.

AppError
├── UserError            may be shown to the person who asked
│   ├── InvalidError     the request cannot be understood or names something unknown
│   ├── RefusedError     understood, but answering would be unsafe or wrong
│   ├── ForbiddenError   absent or not allowed: the two look the same
│   ├── ConflictError    the thing exists already, or somebody else holds it
│   └── LimitError       a limit of time, rows, memory or size was reached
└── InternalError        logged under an id; only the id is shown
"""

from collections.abc import Mapping


class AppError(Exception):
    """An error with a stable code, an HTTP status and data for machines.

    `message` says what came, what is allowed or the nearest match, and what to do next.
    """

    code = "error"
    status = 500

    def __init__(self, message: str, *, code: str | None = None, data: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.data: Mapping[str, object] = data or {}


class UserError(AppError):
    """An error whose message may be shown."""

    code = "request_failed"
    status = 400


class InvalidError(UserError):
    """The request cannot be understood, or names something unknown."""

    code = "invalid"
    status = 400


class RefusedError(UserError):
    """The request is understood, but its answer would be unsafe or wrong."""

    code = "refused"
    status = 422


class ForbiddenError(UserError):
    """What was asked for is absent or not allowed; which of the two is not told.

    `is_recorded` says that the refusal is in the audit log already: it passes through several use cases.
    """

    code = "not_found"
    status = 404
    is_recorded = False


class ConflictError(UserError):
    """The thing exists already, or somebody else holds it."""

    code = "conflict"
    status = 409


class LimitError(UserError):
    """A limit of time, rows, memory or size was reached."""

    code = "limit_reached"
    status = 413


class InternalError(AppError):
    """A fault of the product. Shown only as its reference id."""

    code = "internal"
    status = 500
