"""What an administrator says about an identity provider. It comes from outside, so it is validated."""

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from tenants.access import Role

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)

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
    """A SAML 2.0 identity provider: its name, where it signs people in and out, and the certificates it signs with.

    `certificate` is one or, while the provider changes its key, several in PEM form, one after another.
    """

    kind: Literal["saml"] = "saml"
    entity_id: Text
    sso_address: Text
    sso_binding: Literal["redirect", "post"] = "redirect"
    slo_address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    wants_signed_requests: bool = False
    certificate: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]

    @property
    def label(self) -> str:
        """The provider in a line."""
        return self.entity_id

    @property
    def needs_pair(self) -> bool:
        """Whether anything that is sent to the provider has to be signed, for which there is a key pair then."""
        return self.wants_signed_requests or bool(self.slo_address)

    @property
    def certificates(self) -> tuple[str, ...]:
        """Each certificate as PEM, at least one; what any one of them has signed is the provider's."""
        return tuple(match.group() for match in _PEM.finditer(self.certificate))

    @property
    def certificates_end(self) -> tuple[dt.datetime, ...]:
        """Until when each certificate holds, in UTC and in the order of `certificates`."""
        from cryptography.x509 import load_pem_x509_certificate

        return tuple(load_pem_x509_certificate(pem.encode()).not_valid_after_utc for pem in self.certificates)

    def describe_certificates(self, now: dt.datetime) -> str:
        """How many certificates there are and until which day (UTC) each holds, or held, in a line."""
        each = [f"{'valid until' if end > now else 'ended'} {end:%Y-%m-%d}" for end in self.certificates_end]
        if len(each) == 1:
            return f"Signs with 1 certificate, {each[0]}"
        return f"Signs with {len(each)} certificates, {', '.join(each[:-1])} and {each[-1]}"

    @field_validator("sso_address", "slo_address")
    @classmethod
    def _is_web_address(cls, address: str) -> str:
        # No address to sign out at is none; to sign in at one is needed.
        if address and not address.startswith(("https://", "http://")):
            raise ValueError(f"{address!r} is not a web address, such as https://login.example.com/saml")
        return address

    @field_validator("certificate")
    @classmethod
    def _are_certificates(cls, text: str) -> str:
        from cryptography.x509 import load_pem_x509_certificate

        # A body alone, as metadata have it, is one certificate; what stands beside marked ones is none and is told.
        marked = [match.group(1) for match in _PEM.finditer(text)] if not _PEM.sub("", text).strip() else []
        bodies = marked or ["".join(line for line in text.splitlines() if "-----" not in line)]
        pems = []
        for number, body in enumerate(bodies, start=1):
            pem = f"-----BEGIN CERTIFICATE-----\n{''.join(body.split())}\n-----END CERTIFICATE-----\n"
            try:
                load_pem_x509_certificate(pem.encode())
            except ValueError as error:
                which = f"certificate {number} of {len(bodies)}" if len(bodies) > 1 else "the certificate"
                raise ValueError(f"{which} is not an X.509 certificate in PEM form") from error
            pems.append(pem)
        return "".join(dict.fromkeys(pems))
