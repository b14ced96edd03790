"""How a Pipedrive company is reached."""

from pydantic import Field, SecretStr

from connectors.contract import SourceConfig, secrets_of


class Config(SourceConfig):
    """A user's API token; the address is another one for tests and proxies only."""

    token: SecretStr = Field(title="API token", description="Of a user who sees all deals (Personal preferences, API).")
    base_url: str = Field(default="https://api.pipedrive.com", title="Address", description="Where the API answers.")
    timeout_s: float = Field(default=30.0, gt=0, le=600, title="Time-out", description="Seconds to wait for an answer.")


def own(config: SourceConfig) -> Config:
    """The configuration as this kind's."""
    return config if isinstance(config, Config) else Config.model_validate(config.model_dump())


def describe(config: SourceConfig) -> str:
    """Which API; whose company is told by its check."""
    return f"Pipedrive at {own(config).base_url.partition('://')[2]}"


def secret_texts(config: SourceConfig) -> tuple[str, ...]:
    """The token."""
    return tuple(secrets_of(own(config)).values())
