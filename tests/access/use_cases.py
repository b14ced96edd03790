"""Every public function of `services`, found by walking the package, and values to call it with."""

import ast
import collections.abc
import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import services
from metrics.query import MetricQuery
from services.audit import AuditFilter
from services.platform import Platform
from services.sso.configuration import OidcConfiguration
from tenants.access import Permission, Principal

Function = Callable[..., object]


@cache
def public_functions() -> dict[str, Function]:
    """The public functions of every module of `services` that a principal asks, by `module.function`."""
    found: dict[str, Function] = {}
    for module in pkgutil.walk_packages(services.__path__, "services."):
        for name, value in vars(importlib.import_module(module.name)).items():
            is_own = inspect.isfunction(value) and value.__module__ == module.name and not name.startswith("_")
            if is_own and {"platform", "principal"} <= set(inspect.signature(value).parameters):
                found[f"{module.name}.{name}"] = value
    return found


def permission_of(function: Function) -> Permission | None:
    """What a use case declares to need."""
    declared: Permission | None = getattr(function, "permission", None)
    return declared


def declared() -> dict[str, Permission]:
    """The use cases that declare a permission."""
    return {name: needed for name, one in public_functions().items() if (needed := permission_of(one)) is not None}


def reached(function: Function, seen: frozenset[str] = frozenset()) -> Iterator[Permission]:
    """The permissions that a function asks for through the use cases it calls."""
    needed = permission_of(function)
    if needed is not None:
        yield needed
        return
    names = vars(inspect.getmodule(function))
    for node in ast.walk(ast.parse(inspect.getsource(function))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"principal.require", "principal.can"}:
            yield Permission[ast.unparse(node.args[0]).removeprefix("Permission.")]
        called = names.get(node.func.id) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None
        if inspect.isfunction(called) and called.__qualname__ not in seen and called.__module__.startswith("services"):
            yield from reached(called, seen | {called.__qualname__})


def arguments(function: Function, texts: str, member: Principal) -> dict[str, object]:
    """A value for each argument that must be given after platform and principal: `texts` wherever a text is asked."""
    hints = typing.get_type_hints(function)
    found: dict[str, object] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if name in {"platform", "principal"}:
            continue
        is_text = hints.get(name) in {str, str | None}
        if parameter.default is inspect.Parameter.empty or is_text:
            found[name] = _value(hints.get(name), texts, member)
    return found


def text_arguments(function: Function) -> list[str]:
    """The names of the arguments that are texts, or hold them."""
    hints = typing.get_type_hints(function)
    given = [name for name in inspect.signature(function).parameters if name not in {"platform", "principal"}]
    return [name for name in given if "str" in str(hints.get(name)) or hints.get(name) in {MetricQuery, Principal}]


def _value(hint: object, text: str, member: Principal) -> object:
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    known: dict[object, object] = {
        str: text, int: 1, bool: False, Path: Path(text), Principal: member, AuditFilter: AuditFilter(text=text),
        MetricQuery: MetricQuery(metrics=(text,)),
    }  # fmt: skip
    if origin is None:
        return known.get(hint, text)
    if origin in {types.UnionType, typing.Union}:
        provider = OidcConfiguration(issuer="http://127.0.0.1:9", client_id=text)
        return provider if OidcConfiguration in inside else _value(inside[0], text, member)
    if origin is collections.abc.Callable:
        return lambda *_: None
    if origin is collections.abc.Mapping or origin is dict:
        return {text: _value(inside[1], text, member)}
    return [_value(inside[0], text, member)]


def call(platform: Platform, principal: Principal, name: str, text: str, member: Principal) -> object:
    """Call a use case with `text` for every text. Returns its answer or the error it raised."""
    function = public_functions()[name]
    given = arguments(function, text, member)
    try:
        return function(platform, principal, **given)
    except Exception as error:
        return error
