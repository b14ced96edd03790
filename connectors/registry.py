"""The kinds of sources there are, found by walking `connectors/kinds/`."""

from functools import cache
from typing import cast

from connectors.contract import SourceKind
from core.errors import InvalidError
from core.names import suggestion
from core.registry import find_kinds


@cache
def source_kinds() -> dict[str, SourceKind]:
    """Every kind by its name."""
    import connectors.kinds as package

    return {name: cast(SourceKind, module) for name, module in find_kinds(package).items()}


def require_kind(name: str) -> SourceKind:
    """The kind of that name. Raises InvalidError with the nearest names."""
    kinds = source_kinds()
    if name not in kinds:
        raise InvalidError(f"There is no kind of source {name!r}. {suggestion(name, kinds)}")
    return kinds[name]
