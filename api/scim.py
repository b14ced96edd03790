"""SCIM 2.0 under /api/scim/v2: an organisation's directory, known by its bearer token, keeps users and groups."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from api.errors import error_body
from core.errors import ConflictError, ForbiddenError
from services.platform import Platform
from services.scim import groups, users
from services.scim.directory import directory_principal
from services.scim.errors import ScimInvalid
from services.scim.tokens import find_tenant
from services.scim.users import MOST, Page
from tenants.access import Principal

PREFIX = "/scim/v2"
_MEDIA = "application/scim+json"
_MOST_BYTES = 1_000_000
_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
_LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

Resource = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """The use cases of one kind of resource."""

    find_all: Callable[..., Page]
    find: Callable[..., Resource]
    create: Callable[..., Resource]
    replace: Callable[..., Resource]
    patch: Callable[..., Resource]
    delete: Callable[..., None]


_KINDS = {
    "Users": _Kind(
        find_all=users.list_users,
        find=users.find_user,
        create=users.create_user,
        replace=users.replace_user,
        patch=users.patch_user,
        delete=users.delete_user,
    ),
    "Groups": _Kind(
        find_all=groups.list_groups,
        find=groups.find_group,
        create=groups.create_group,
        replace=groups.replace_group,
        patch=groups.patch_group,
        delete=groups.delete_group,
    ),
}


def scim_routes(platform: Platform) -> list[BaseRoute]:
    """The routes, each open to the bearer of a tenant's token only."""
    routes: list[BaseRoute] = [
        Route(f"{PREFIX}/{name}", _Described(platform, described).show, methods=["GET"])
        for name, described in (
            ("ServiceProviderConfig", _SERVICE),
            ("ResourceTypes", _resource_types()),
            ("Schemas", _schemas()),
        )
    ]
    for name, kind in _KINDS.items():
        endpoint = _Endpoint(platform, kind)
        routes.append(Route(f"{PREFIX}/{name}", endpoint.all, methods=["GET", "POST"]))
        routes.append(Route(f"{PREFIX}/{name}/{{id}}", endpoint.one, methods=["GET", "PUT", "PATCH", "DELETE"]))
    return routes


class _Endpoint:
    """A kind of resource as HTTP."""

    def __init__(self, platform: Platform, kind: _Kind) -> None:
        self._platform = platform
        self._kind = kind

    async def all(self, request: Request) -> Response:
        """A page of them, or a new one."""
        body = await request.body() if request.method == "POST" else b""

        def work(principal: Principal) -> Response:
            if request.method == "POST":
                made = self._kind.create(self._platform, principal, _parse(body))
                return _json(made, 201)
            return _json(_page(self._kind.find_all(self._platform, principal, **_page_wanted(request, self._kind))))

        return await _answer(self._platform, request, work)

    async def one(self, request: Request) -> Response:
        """One of them: read, replaced, changed, deleted."""
        body, asked = await request.body(), request.path_params["id"]

        def work(principal: Principal) -> Response:
            if request.method == "DELETE":
                self._kind.delete(self._platform, principal, asked)
                return Response(status_code=204)
            if request.method == "GET":
                return _json(self._kind.find(self._platform, principal, asked))
            change = self._kind.replace if request.method == "PUT" else self._kind.patch
            return _json(change(self._platform, principal, asked, _parse(body)))

        return await _answer(self._platform, request, work)


class _Described:
    """What the service says of itself."""

    def __init__(self, platform: Platform, described: Resource) -> None:
        self._platform = platform
        self._described = described

    async def show(self, request: Request) -> Response:
        """The same for every tenant."""
        return await _answer(self._platform, request, lambda _: _json(self._described))


async def _answer(platform: Platform, request: Request, work: Callable[[Principal], Response]) -> Response:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    tenant = await run_in_threadpool(find_tenant, platform, token.strip()) if scheme.lower() == "bearer" else None
    if tenant is None:
        response = _error(401, "Send the token that an administrator made on the page Sign-in as a bearer token.")
        response.headers["www-authenticate"] = "Bearer"
        return response
    try:
        return await run_in_threadpool(work, directory_principal(tenant))
    except ScimInvalid as error:
        return _error(400, error.message, error.scim_type)
    except ConflictError as error:
        return _error(409, error.message, "uniqueness")
    except ForbiddenError as error:
        return _error(404, error.message)
    except Exception as error:
        status, told = error_body(error)
        return _error(status, str(told["message"]))


def _page_wanted(request: Request, kind: _Kind) -> dict[str, object]:
    query = request.query_params
    wanted: dict[str, object] = {"text": query.get("filter", "")}
    for name, key, default in (("start", "startIndex", 1), ("count", "count", MOST)):
        text = query.get(key, str(default))
        if not text.lstrip("-").isdecimal() or len(text) > 9:
            raise ScimInvalid(f"{key} is {text!r}; it must be a number.")
        wanted[name] = int(text)
    if kind is _KINDS["Groups"]:
        wanted["is_brief"] = "members" in query.get("excludedAttributes", "")
    return wanted


def _page(page: Page) -> Resource:
    return {
        "schemas": [_LIST],
        "totalResults": page.total,
        "startIndex": page.start,
        "itemsPerPage": len(page.resources),
        "Resources": list(page.resources),
    }


def _parse(body: bytes) -> Mapping[str, object]:
    if len(body) > _MOST_BYTES:
        raise ScimInvalid(f"The body is larger than {_MOST_BYTES:,} bytes.", "tooMany")
    try:
        content = json.loads(body)
    except ValueError as error:
        raise ScimInvalid("The body is not JSON.", "invalidSyntax") from error
    if not isinstance(content, dict):
        raise ScimInvalid("The body is not an object.", "invalidSyntax")
    return content


def _json(content: Resource, status: int = 200) -> Response:
    meta = content.get("meta")
    headers = {"location": str(meta["location"])} if status == 201 and isinstance(meta, dict) else None
    return JSONResponse(content, status_code=status, media_type=_MEDIA, headers=headers)


def _error(status: int, detail: str, scim_type: str | None = None) -> Response:
    body: Resource = {"schemas": [_ERROR], "status": str(status), "detail": detail}
    if scim_type is not None:
        body["scimType"] = scim_type
    return JSONResponse(body, status_code=status, media_type=_MEDIA)


_SERVICE: Resource = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
    "patch": {"supported": True},
    "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
    "filter": {"supported": True, "maxResults": MOST},
    "changePassword": {"supported": False},
    "sort": {"supported": False},
    "etag": {"supported": False},
    "authenticationSchemes": [
        {
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "Made by an administrator on the page Sign-in",
        }
    ],
}


def _resource_types() -> Resource:
    return _all_of(
        {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": kind,
            "name": kind,
            "endpoint": f"/{kind}s",
            "schema": schema,
        }
        for kind, schema in (("User", users.SCHEMA), ("Group", groups.SCHEMA))
    )


def _schemas() -> Resource:
    attributes = {
        users.SCHEMA: (
            "User",
            {"userName": "string", "displayName": "string", "externalId": "string", "active": "boolean"},
        ),
        groups.SCHEMA: ("Group", {"displayName": "string", "externalId": "string", "members": "complex"}),
    }
    return _all_of(
        {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": schema,
            "name": name,
            "attributes": [
                {
                    "name": one,
                    "type": kind,
                    "multiValued": one == "members",
                    "required": one in {"userName", "displayName"},
                }
                for one, kind in kept.items()
            ],
        }
        for schema, (name, kept) in attributes.items()
    )


def _all_of(resources: Iterable[Resource]) -> Resource:
    found = tuple(resources)
    return _page(Page(resources=found, start=1, total=len(found)))
