"""What one tenant may use of the machine."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreLimits:
    """Memory in MiB, threads, the longest a query may take, and the most rows it may return."""

    memory_mb: int = 1024
    threads: int = 2
    timeout_s: float = 30.0
    max_rows: int = 1_000_000
