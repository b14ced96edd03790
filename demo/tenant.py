"""A demo tenant as it is handed over: who it is, its people, tables, definitions and notebooks."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMember:
    """A person in a demo tenant. `local_part` is what stands before the @ of the e-mail address."""

    local_part: str
    name: str
    role: str
    attributes: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoTenant:
    """A whole demo tenant. Definitions, notebooks and policies are YAML texts: notebooks by name, others by file."""

    slug: str
    name: str
    currency: str
    zone: str
    accent: str
    domain: str
    today: dt.date
    members: tuple[DemoMember, ...]
    tables: Mapping[str, pa.Table]
    definitions: Mapping[str, str]
    notebooks: Mapping[str, str]
    policies: Mapping[str, str]


def read_texts(folder: Path, *, keep_ending: bool) -> dict[str, str]:
    """The YAML files of a folder, in order of name, by file name or by the name before the ending."""
    return {
        path.name if keep_ending else path.stem: path.read_text(encoding="utf-8")
        for path in sorted(folder.glob("*.yaml"))
    }
