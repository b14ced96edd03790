"""How a Salesforce organisation is reached."""

from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from connectors.contract import SourceConfig, secrets_of


class Config(SourceConfig):
    """The consumer key and secret of a connected app that may sign in for itself (client credentials)."""

    base_url: str = Field(
        title="My Domain address", description="Where the organisation answers, such as https://acme.my.salesforce.com"
    )
    client_id: str = Field(title="Consumer key", description="Of a connected app with the client credentials flow.")
    client_secret: SecretStr = Field(title="Consumer secret", description="Of the same connected app.")
    objects: str = Field(
        default="Account, Contact, Opportunity, OpportunityHistory, User, Task, Event",
        title="Objects",
        description="Names of objects, own ones (Thing__c) too, with commas between them.",
    )
    timeout_s: float = Field(default=60.0, gt=0, le=600, title="Time-out", description="Seconds to wait for an answer.")


def own(config: SourceConfig) -> Config:
    """The configuration as this kind's."""
    return config if isinstance(config, Config) else Config.model_validate(config.model_dump())


def describe(config: SourceConfig) -> str:
    """The organisation's host."""
    return f"Salesforce at {urlsplit(own(config).base_url).hostname}"


def secret_texts(config: SourceConfig) -> tuple[str, ...]:
    """The consumer secret."""
    return tuple(secrets_of(own(config)).values())
