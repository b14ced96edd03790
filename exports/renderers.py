"""Writes a report in any format: finds the format's module by name."""

from collections.abc import Mapping
from functools import cache
from typing import Protocol, cast

from core.errors import InvalidError
from core.names import suggestion
from core.registry import find_kinds
from exports.blocks import Report


class Format(Protocol):
    """What each module in `exports.kinds` offers beside its `KIND`; one that can be locked has `TAKES_PASSWORD`."""

    MEDIA_TYPE: str
    EXTENSION: str

    def render(self, report: Report) -> bytes:
        """The bytes of the file; the same report gives the same bytes, unless it has a password."""


@cache
def formats() -> Mapping[str, Format]:
    """Every format by its name, with its media type and file extension."""
    import exports.kinds as package

    return {str(kind): cast(Format, module) for kind, module in find_kinds(package).items()}


def render_report(report: Report, name: str) -> bytes:
    """A report as the bytes of a file of format `name`.

    Raises InvalidError with the nearest format, or where the report has a password and the format takes none.
    """
    known = formats()
    if name not in known:
        raise InvalidError(f"There is no report format {name!r}. {suggestion(name, known)}", data={"format": name})
    if report.password and not takes_password(name):
        raise InvalidError(f"A file of the format {name} cannot be locked with a password; only pdf can.")
    return known[name].render(report)


def takes_password(name: str) -> bool:
    """Whether files of a format can be locked with a password."""
    return bool(getattr(formats().get(name), "TAKES_PASSWORD", False))
