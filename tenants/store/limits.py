"""What one tenant may use of the machine."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import cast

from core.errors import InvalidError

_BYTES_PER_MB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreLimits:
    """Memory in MiB, threads, the longest a query may take, the most rows it may return, and disk in MiB or None."""

    memory_mb: int = 1024
    threads: int = 2
    timeout_s: float = 30.0
    max_rows: int = 1_000_000
    disk_mb: int | None = None

    @property
    def disk_bytes(self) -> int | None:
        """The disk in bytes."""
        return None if self.disk_mb is None else self.disk_mb * _BYTES_PER_MB

    def with_own(self, own: Mapping[str, object]) -> "StoreLimits":
        """These limits, with those a tenant has of its own in their place. Raises InvalidError."""
        names = {field.name for field in fields(self)}
        for name, value in own.items():
            if name not in names:
                raise InvalidError(f"{name!r} is not a limit. Known: {', '.join(sorted(names))}.")
            if not isinstance(value, int | float) or value <= 0:
                raise InvalidError(f"The limit {name} is {value!r}; it must be a number above 0.")
        if int(cast(float, own.get("memory_mb", 64))) < 64:
            raise InvalidError("A store needs at least 64 MiB of memory.")
        return replace(self, **cast(dict[str, int], own))
