"""The token of an embedding site: JSON Web Token, HS256 under the tenant's key, for one dashboard and a short time.

RFC 7519. `iss` is the tenant's short name; the key that verifies is that tenant's, so no token opens another's.
"""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Literal

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import BaseModel, Field, ValidationError

from core.errors import InvalidError
from services.guests.rules import EMBED_KEY, GuestRules, known_origins, load_rules
from services.guests.visits import GuestRefused
from services.members import attribute_values
from services.platform import Platform
from tenants import directory
from tenants.tenant import Tenant

_ALGORITHM = "HS256"
LONGEST = dt.timedelta(hours=24)


class _Claims(BaseModel, extra="forbid", strict=True):
    iss: str
    dashboard: str = Field(max_length=200)
    exp: int
    iat: int | None = None
    jti: str | None = None
    origins: list[str] = Field(min_length=1)
    attributes: dict[str, str | list[str]] = {}
    theme: Literal["light", "dark"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedToken:
    """What a valid token says, with the rules of its tenant; `origins` are those that the tenant knows."""

    tenant: Tenant
    rules: GuestRules
    notebook: str
    attributes: dict[str, object]
    origins: tuple[str, ...]
    theme: str


def read_token(platform: Platform, text: str) -> EmbedToken:
    """The token, if it is good now. Raises GuestRefused."""
    try:
        slug = str(json.loads(jws.extract_compact(text.encode()).payload)["iss"])
        with platform.session() as session:
            tenant = directory.require_tenant(session, slug)
            rules, key = load_rules(session, tenant.id), platform.find_secret(session, tenant, EMBED_KEY)
    except (JoseError, ValueError, KeyError, TypeError, InvalidError) as error:
        raise GuestRefused("no token of a tenant here") from error
    if not rules.has_embedding or key is None:
        raise GuestRefused("embedding is off", tenant_id=tenant.id)
    try:
        token = jwt.decode(text, OctKey.import_key(key), algorithms=[_ALGORITHM])
        claims = _Claims.model_validate(token.claims)
    except (JoseError, ValueError) as error:
        is_shape = isinstance(error, ValidationError)
        reason = f"wrong claims: {_places(error)}" if is_shape else "wrong signature"
        raise GuestRefused(reason, tenant_id=tenant.id) from error
    return _read_claims(platform, tenant, rules, claims)


def _read_claims(platform: Platform, tenant: Tenant, rules: GuestRules, claims: _Claims) -> EmbedToken:
    now = int(platform.clock().timestamp())
    if claims.exp <= now:
        raise GuestRefused("the token has expired", tenant_id=tenant.id, subject=claims.dashboard)
    if claims.exp > now + LONGEST.total_seconds():
        raise GuestRefused("the token holds for more than 24 hours", tenant_id=tenant.id, subject=claims.dashboard)
    origins = known_origins(claims.origins, rules)
    if not origins:
        raise GuestRefused("none of its sites may embed", tenant_id=tenant.id, subject=claims.dashboard)
    try:
        given = {
            name: attribute_values(name, [values] if isinstance(values, str) else values)
            for name, values in claims.attributes.items()
        }
    except InvalidError as error:
        raise GuestRefused(error.message, tenant_id=tenant.id, subject=claims.dashboard) from error
    return EmbedToken(
        tenant=tenant,
        rules=rules,
        notebook=claims.dashboard,
        attributes=dict(given),
        origins=origins,
        theme=claims.theme or "",
    )


def _places(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return ""
    return ", ".join(sorted({".".join(str(part) for part in one["loc"]) for one in error.errors()}))
