"""What a directory is refused with.

UserError
└── InvalidError
    └── ScimInvalid      carries the `scimType` of RFC 7644, table 9
"""

from core.errors import InvalidError


class ScimInvalid(InvalidError):
    """A request that cannot be followed."""

    def __init__(self, message: str, scim_type: str = "invalidValue") -> None:
        super().__init__(message)
        self.scim_type = scim_type
