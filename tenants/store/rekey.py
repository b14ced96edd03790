"""Writes a store's file anew under another key."""

from pathlib import Path

from core.secrets import Secret
from tenants.store.connection import attach, connect_with_cipher


def write_under_key(source: Path, key: Secret, target: Path, new_key: Secret, *, memory_mb: int) -> None:
    """Copy everything of a closed file into a new one under another key. Raises duckdb.Error."""
    connection = connect_with_cipher(
        {"memory_limit": f"{memory_mb}MiB", "temp_directory": str(target.parent / "temporary")}
    )
    try:
        connection.execute("SET temp_file_encryption = true")
        connection.execute(attach(source, key, name="before", is_read_only=True))
        connection.execute(attach(target, new_key, name="after"))
        connection.execute("COPY FROM DATABASE before TO after")
        connection.execute("CHECKPOINT after")
    finally:
        connection.close()
