"""How a REST API is reached."""

from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from connectors.contract import SourceConfig, secrets_of
from connectors.kinds.rest.endpoint import parse_endpoints
from core.errors import InvalidError


class AuthKind(StrEnum):
    """How requests prove who asks."""

    BASIC = "basic"
    BEARER = "bearer"
    HEADER = "header"
    NONE = "none"
    OAUTH = "oauth"


class Config(SourceConfig):
    """An API's address, credentials and endpoints."""

    base_url: str = Field(title="Address", description="Where every path begins, such as https://api.example.com/v1")
    auth: AuthKind = Field(default=AuthKind.NONE, title="Sign-in", description="none, bearer, header, basic or oauth")
    secret: SecretStr = Field(
        default=SecretStr(""), title="Token or password", description="Token, password, or the client's secret."
    )
    user: str = Field(
        default="", title="User", description="The user (basic), header name (header) or client id (oauth)."
    )
    token_url: str = Field(default="", title="Token address", description="Where tokens are fetched (oauth).")
    endpoints: str = Field(
        title="Endpoints",
        description="A YAML list: name, path, records, key, pages, changes, fields, lists.",
        json_schema_extra={"lines": 12},
    )
    timeout_s: float = Field(default=30.0, gt=0, le=600, title="Time-out", description="Seconds to wait for an answer.")

    @field_validator("base_url")
    @classmethod
    def _is_web_address(cls, value: Any) -> Any:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise ValueError("an address is like https://api.example.com/v1, without user and password")
        return value

    @field_validator("endpoints")
    @classmethod
    def _is_list_of_endpoints(cls, value: str) -> str:
        try:
            parse_endpoints(value)
        except InvalidError as error:
            raise ValueError(error.message) from None
        return value


def own(config: SourceConfig) -> Config:
    """The configuration as this kind's."""
    return config if isinstance(config, Config) else Config.model_validate(config.model_dump())


def describe(config: SourceConfig) -> str:
    """The API's host."""
    return f"API at {urlsplit(own(config).base_url).hostname}"


def secret_texts(config: SourceConfig) -> tuple[str, ...]:
    """The token or password."""
    return tuple(secrets_of(own(config)).values())
