"""How a database is reached."""

from pydantic import Field, SecretStr

from connectors.contract import SourceConfig


class Config(SourceConfig):
    """A database's address, with user and password in it."""

    url: SecretStr = Field(
        title="Database URL",
        description="postgresql://user:password@host:5432/database, mysql://..., or sqlite:////folder/file.db",
    )
    schema_name: str = Field(default="", title="Schema", description="Default: the one the user sees first.")
    batch_rows: int = Field(
        default=50_000, ge=1, le=1_000_000, title="Rows at a time", description="How many rows are committed at once."
    )
