"""A tenant with a proved domain, another tenant, and an OpenID provider on loopback that can be told to misbehave."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from core.settings import Settings
from services.organisation import add_member, create_tenant
from services.platform import Platform
from services.sso.domains import claim_domain, verify_domain
from tenants.access import Principal, operator

CLIENT = "plumbline-client"
SECRET = "a client secret of the provider"


def prove(platform: Platform, admin: Principal, domain: str) -> None:
    """Prove a domain with a resolver that knows the record."""
    record = claim_domain(platform, admin, domain).record
    verify_domain(platform, admin, domain, resolve=lambda _name: [record])


@dataclass(frozen=True, slots=True, kw_only=True)
class Two:
    """A platform with an administrator of each of two tenants; acme.example is proved by the first."""

    platform: Platform
    ann: Principal
    bob: Principal


@pytest.fixture
def two(settings: Settings) -> Iterator[Two]:
    platform = Platform(settings.model_copy(update={"outbound_hosts": "127.0.0.1, localhost"}))
    made = []
    for slug in ("acme", "other"):
        tenant = create_tenant(platform, slug=slug, name=slug.title())
        email = f"admin@{slug}.example"
        made.append(add_member(platform, operator(tenant), email=email, name="Admin", role="admin"))
    prove(platform, made[0], "acme.example")
    yield Two(platform=platform, ann=made[0], bob=made[1])
    platform.close()


@dataclass
class FakeProvider:
    """An OpenID provider written by hand. What it puts into tokens is changed by the tests."""

    port: int = 0
    keys: list[RSAKey] = field(default_factory=list)
    published: list[RSAKey] = field(default_factory=list)
    claims: dict[str, object] = field(default_factory=dict)
    header: dict[str, object] = field(default_factory=dict)
    metadata: dict[str, object] = field(default_factory=dict)
    token: str | None = None
    userinfo: dict[str, object] = field(default_factory=dict)
    asked_for_keys: int = 0
    challenge: str = ""
    nonce: str = ""

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def id_token(self) -> str:
        if self.token is not None:
            return self.token
        key = self.keys[-1]
        return jwt.encode({"alg": "RS256", "kid": key.kid, **self.header}, self._all_claims(), key)

    def unsigned(self) -> str:
        """The token with alg=none and no signature."""
        parts = [{"alg": "none", "typ": "JWT"}, self._all_claims()]
        return (
            ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."
        )

    def _all_claims(self) -> dict[str, object]:
        import time

        now = int(time.time())
        usual = {
            "iss": self.issuer, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 300, "nonce": self.nonce,
            "email": "eve@acme.example", "name": "Eve",
        }  # fmt: skip
        return {name: value for name, value in (usual | self.claims).items() if value is not None}

    def answer(self, path: str) -> dict[str, object] | None:
        if path == "/.well-known/openid-configuration":
            usual = {
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
            }  # fmt: skip
            return usual | self.metadata
        if path == "/keys":
            self.asked_for_keys += 1
            return {"keys": [key.as_dict(private=False) for key in self.published]}
        return self.userinfo if path == "/userinfo" else None

    def redeem(self, form: dict[str, list[str]]) -> tuple[int, dict[str, object]]:
        verifier = form.get("code_verifier", [""])[0]
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if digest != self.challenge or form.get("code") != ["the-code"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "access", "token_type": "Bearer", "id_token": self.id_token()}


def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    first = new_key("first")
    fake = FakeProvider(keys=[first], published=[first])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = fake.answer(urlsplit(self.path).path)
            self._say(404 if content is None else 200, content or {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self._say(*fake.redeem(parse_qs(body)))

        def _say(self, status: int, content: dict[str, object]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()
