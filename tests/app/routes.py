"""Every HTTP route that the running application has, and requests to it with any name or id in every place for one."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from fastapi.routing import APIRoute
from httpx2 import Response
from pydantic import BaseModel
from starlette.routing import BaseRoute, Mount, Route, compile_path

from app.deferred import Deferred
from tests.app.conftest import Running

# What the routes read that do not say so by a model: a form, or JSON below /api.
_FIELDS = ("email", "password", "tenant", "code", "next", "SAMLResponse", "RelayState", "userName", "displayName")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A route with one of its methods. `body` is the model of its JSON, where it has one."""

    method: str
    path: str
    body: type[BaseModel] | None = None

    @property
    def takes_text(self) -> bool:
        """Whether a request has a place for a name or an id."""
        return "{" in self.path or self.method != "GET" or self.path.startswith(("/api/scim/", "/signin"))

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def find_endpoints(app: Running) -> list[Endpoint]:
    """Every endpoint, Streamlit's own among them, in the order in which requests are matched."""
    application = app.client.app
    inside = vars(application)["_starlette_app"]
    return list(_endpoints(inside.routes, ""))


def _endpoints(routes: Sequence[BaseRoute], prefix: str) -> Iterator[Endpoint]:
    for route in routes:
        if isinstance(route, APIRoute):
            model: object = route.body_field.field_info.annotation if route.body_field else None
            body = model if isinstance(model, type) and issubclass(model, BaseModel) else None
            for method in sorted(route.methods or ()):
                yield Endpoint(method=method, path=prefix + route.path_format, body=body)
        elif isinstance(route, Route):
            for method in sorted(route.methods or {"GET"}):
                yield Endpoint(method=method, path=prefix + route.path_format)
        elif isinstance(route, Mount):
            built = route.app._made() if isinstance(route.app, Deferred) else route.app
            inner = getattr(built, "routes", None)
            if inner is None:
                yield Endpoint(method="GET", path=f"{prefix}{route.path}/{{path}}")
            else:
                yield from _endpoints(inner, prefix + route.path)


def request(
    app: Running, endpoint: Endpoint, text: str, headers: dict[str, str] | None = None, *, is_brief: bool = False
) -> Response:
    """Ask an endpoint with a text in its path, its query and its body; a brief body has only what it must have."""
    _, path, parameters = compile_path(endpoint.path)
    given = {name: str(convertor.to_string(text)) for name, convertor in parameters.items()}
    address = f"http://localhost:8080{path.format(**given)}"
    query = {"filter": f'userName eq "{text}"', "tenant": text, "ticket": text, "state": text, "code": text}
    if endpoint.method in {"GET", "HEAD", "DELETE", "OPTIONS"}:
        return app.client.request(endpoint.method, address, params=query, headers=headers)
    if endpoint.body is not None:
        return app.client.request(
            endpoint.method, address, json=_filled(endpoint.body, text, is_brief=is_brief), headers=headers
        )
    if endpoint.path.startswith("/api/"):
        operations = [{"op": "replace", "path": "members", "value": [{"value": text}]}]
        body: dict[str, object] = {
            **dict.fromkeys(_FIELDS, text),
            "members": [{"value": text}],
            "Operations": operations,
        }
        return app.client.request(endpoint.method, address, content=json.dumps(body), headers=headers)
    return app.client.request(endpoint.method, address, data=dict.fromkeys(_FIELDS, text), headers=headers)


def _filled(model: type[BaseModel], text: str, *, is_brief: bool) -> dict[str, object]:
    """A body with the text in every field that may hold one."""
    found: dict[str, object] = {}
    for name, field in model.model_fields.items():
        kinds = {field.annotation, *get_args(field.annotation)}
        if str in kinds and (field.is_required() or not is_brief):
            found[field.alias or name] = text if field.annotation is str or type(None) in kinds else [text]
    return found
