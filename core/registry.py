"""Finds the kinds of a thing by walking a package: each child module or package that defines `KIND` is one."""

import importlib
import pkgutil
from types import ModuleType


def find_kinds(package: ModuleType) -> dict[str, ModuleType]:
    """The child modules of `package` by their `KIND`, in alphabetical order of module name.

    Raises ValueError when two children claim the same kind.
    """
    kinds: dict[str, ModuleType] = {}
    for child in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{package.__name__}.{child.name}")
        kind = getattr(module, "KIND", None)
        if kind is None:
            continue
        if kind in kinds:
            raise ValueError(f"{module.__name__} and {kinds[kind].__name__} both claim the kind {kind!r}")
        kinds[kind] = module
    return kinds
