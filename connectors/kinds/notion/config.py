"""How a Notion workspace is reached."""

from pydantic import Field, SecretStr

from connectors.contract import SourceConfig, secrets_of


class Config(SourceConfig):
    """An integration's token; the address is another one for tests and proxies only."""

    token: SecretStr = Field(
        title="Integration token", description="Of an internal integration that the databases are shared with."
    )
    base_url: str = Field(default="https://api.notion.com", title="Address", description="Where the API answers.")
    timeout_s: float = Field(default=30.0, gt=0, le=600, title="Time-out", description="Seconds to wait for an answer.")


def own(config: SourceConfig) -> Config:
    """The configuration as this kind's."""
    return config if isinstance(config, Config) else Config.model_validate(config.model_dump())


def describe(config: SourceConfig) -> str:
    """Which API; whose workspace is told by its check."""
    return f"Notion at {own(config).base_url.partition('://')[2]}"


def secret_texts(config: SourceConfig) -> tuple[str, ...]:
    """The token."""
    return tuple(secrets_of(own(config)).values())
