"""What an administrator says about an identity provider. It comes from outside, so it is validated."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from core.names import suggestion
from tenants.access import Role

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Joining(BaseModel):
    """How a person of the provider becomes a member, and with which role."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    default_role: str = Role.EXECUTIVE.value
    groups_claim: Text = "groups"
    role_of_group: dict[str, str] = Field(default_factory=dict)

    @field_validator("default_role")
    @classmethod
    def _is_role(cls, role: str) -> str:
        if role not in list(Role):
            raise ValueError(f"{role!r} is not a role. {suggestion(role, list(Role))}")
        return role

    @field_validator("role_of_group")
    @classmethod
    def _are_roles(cls, roles: dict[str, str]) -> dict[str, str]:
        return {group.strip(): cls._is_role(role) for group, role in roles.items()}


class OidcConfiguration(Joining):
    """An OpenID provider: the issuer's address and the client registered there."""

    kind: Literal["oidc"] = "oidc"
    issuer: Text
    client_id: Text
    scopes: Text = "openid email profile"

    @field_validator("issuer")
    @classmethod
    def _is_address(cls, issuer: str) -> str:
        if not issuer.startswith(("https://", "http://")) or "?" in issuer or "#" in issuer:
            raise ValueError(f"{issuer!r} is not an issuer's address, such as https://login.example.com")
        return issuer

    @field_validator("scopes")
    @classmethod
    def _has_openid(cls, scopes: str) -> str:
        return scopes if "openid" in scopes.split() else f"openid {scopes}"
