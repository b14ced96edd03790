"""Opens a store's file and locks the engine's configuration behind it.

The order matters (docs/decisions/store.md): extension, attach with the key, allowed folder, no external access, lock.
"""

from importlib.metadata import distribution
from pathlib import Path

import duckdb
from sqlglot import exp

from core.secrets import Secret
from tenants.store.limits import StoreLimits

CATALOG = "store"
_CLOSED = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_persistent_secrets": False,
    "allow_community_extensions": False,
}


def open_locked(path: Path, key: Secret, *, staging: Path, limits: StoreLimits) -> duckdb.DuckDBPyConnection:
    """A connection with the file attached as `store` and nothing else within reach but Parquet in `staging`.

    Raises duckdb.Error when the file is held, damaged or of another key.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    staging.mkdir(parents=True, exist_ok=True)
    connection = connect_with_cipher(
        {
            "memory_limit": f"{limits.memory_mb}MiB",
            "threads": limits.threads,
            # What queries spill counts as the tenant's disk too; without a limit the engine leaves a tenth of it free.
            **({} if limits.disk_mb is None else {"max_temp_directory_size": f"{limits.disk_mb}MiB"}),
            "temp_directory": str(path.parent / "temporary"),
        }
    )
    try:
        connection.execute(attach(path, key))
        for statement in _lock(staging):
            connection.execute(statement)
    except duckdb.Error:
        connection.close()
        raise
    return connection


def connect_with_cipher(config: dict[str, str | bool | int]) -> duckdb.DuckDBPyConnection:
    """An engine in memory with the extension that writes encrypted files, and which loads no other.

    The extension comes in a wheel whose hash is pinned, like the engine itself. To check its signature too, the engine
    would read all of it, four times as long as the rest of opening a store; so that check begins behind it.
    """
    connection = duckdb.connect(":memory:", config={**_CLOSED, **config, "allow_unsigned_extensions": True})
    try:
        connection.execute(exp.Command(this="LOAD", expression=exp.Literal.string(cipher_file()).sql()).sql("duckdb"))
        connection.execute("SET allow_unsigned_extensions = false")
    except duckdb.Error:
        connection.close()
        raise
    return connection


def attach(path: Path, key: Secret, *, name: str = CATALOG, is_read_only: bool = False) -> str:
    """The statement that attaches an encrypted file as `name`."""
    # ATTACH takes no bound values, so the literals are rendered, and thereby escaped, by sqlglot.
    file = exp.Literal.string(str(path)).sql("duckdb")
    password = exp.Literal.string(key.reveal().hex()).sql("duckdb")
    options = (password, ", READ_ONLY") if is_read_only else (password,)
    return " ".join(("ATTACH", file, "AS", name, "(ENCRYPTION_KEY", *options, ")"))


def _lock(staging: Path) -> tuple[str, ...]:
    folder = exp.Literal.string(str(staging)).sql("duckdb")
    return (
        "SET temp_file_encryption = true",
        # DuckDB 1.5.5 fails with "Failed to bind column reference" where statistics prove a result empty.
        "SET disabled_optimizers = 'compressed_materialization'",
        " ".join(("SET allowed_directories = [", folder, "]")),
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    )


def cipher_file() -> str:
    """The path of the extension inside its wheel, which carries one build for this platform."""
    for file in distribution("duckdb-extension-httpfs").files or ():
        if file.name == "httpfs.duckdb_extension":
            return str(file.locate())
    raise FileNotFoundError("the wheel duckdb-extension-httpfs holds no httpfs.duckdb_extension")
