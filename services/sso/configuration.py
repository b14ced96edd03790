"""What an administrator says about an identity provider. It comes from outside, so it is validated."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from tenants.access import Role

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Joining(BaseModel):
    """How a person of the provider becomes a member, and with which role."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    default_role: str = Role.EXECUTIVE.value
    groups_claim: Text = "groups"
    role_of_group: dict[str, str] = Field(default_factory=dict)

    @field_validator("role_of_group")
    @classmethod
    def _are_groups(cls, roles: dict[str, str]) -> dict[str, str]:
        return {group.strip(): role for group, role in roles.items()}

    @property
    def roles(self) -> frozenset[str]:
        """Every role that people of the provider are given; whether the tenant has it is asked when it is saved."""
        return frozenset({self.default_role, *self.role_of_group.values()})


class OidcConfiguration(Joining):
    """An OpenID provider: the issuer's address and the client registered there."""

    kind: Literal["oidc"] = "oidc"
    issuer: Text
    client_id: Text
    scopes: Text = "openid email profile"

    @property
    def label(self) -> str:
        """The provider in a line."""
        return f"{self.issuer}, client {self.client_id}"

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


class SamlConfiguration(Joining):
    """A SAML 2.0 identity provider: its name, where it signs people in and out, and the certificate it signs with."""

    kind: Literal["saml"] = "saml"
    entity_id: Text
    sso_address: Text
    sso_binding: Literal["redirect", "post"] = "redirect"
    slo_address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    certificate: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]

    @property
    def label(self) -> str:
        """The provider in a line."""
        return self.entity_id

    @field_validator("sso_address", "slo_address")
    @classmethod
    def _is_web_address(cls, address: str) -> str:
        # No address to sign out at is none; to sign in at one is needed.
        if address and not address.startswith(("https://", "http://")):
            raise ValueError(f"{address!r} is not a web address, such as https://login.example.com/saml")
        return address

    @field_validator("certificate")
    @classmethod
    def _is_certificate(cls, text: str) -> str:
        from cryptography.x509 import load_pem_x509_certificate

        body = "".join(line for line in text.splitlines() if "-----" not in line)
        pem = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
        try:
            load_pem_x509_certificate(pem.encode())
        except ValueError as error:
            raise ValueError("the certificate is not an X.509 certificate in PEM form") from error
        return pem
