"""How a spreadsheet is reached: by a link that whoever has it may read."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from connectors.contract import SourceConfig

_PUBLISHED = re.compile(r"/spreadsheets/d/e/(?P<id>[\w-]+)/pub(html)?$")
_SHARED = re.compile(r"/spreadsheets/d/(?P<id>[\w-]+)(/.*)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """Where a spreadsheet can be had as a workbook; `id` is what tells it from others."""

    origin: str
    id: str
    path: str


def find_workbook(link: str) -> Workbook | None:
    """The workbook of a published or shared link; None where it is no link of a spreadsheet."""
    parts = urlsplit(link.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        return None
    origin = f"{parts.scheme}://{parts.netloc}"
    if found := _PUBLISHED.search(parts.path):
        return Workbook(origin=origin, id=found["id"], path=f"/spreadsheets/d/e/{found['id']}/pub?output=xlsx")
    if (found := _SHARED.search(parts.path)) and found["id"] != "e":
        return Workbook(origin=origin, id=found["id"], path=f"/spreadsheets/d/{found['id']}/export?format=xlsx")
    return None


class Config(SourceConfig):
    """A link; it is kept like a password, as whoever has it may read the spreadsheet."""

    link: SecretStr = Field(
        title="Link",
        description="From File, Share, Publish to web; or a sharing link that anyone may view.",
    )
    table: str = Field(
        default="sheet",
        title="Table",
        min_length=1,
        max_length=60,
        description="The table of a spreadsheet with one sheet; of several, each has its own name.",
    )
    timeout_s: float = Field(default=60.0, gt=0, le=600, title="Time-out", description="Seconds to wait for an answer.")

    @field_validator("link")
    @classmethod
    def _is_link(cls, value: SecretStr) -> SecretStr:
        if find_workbook(value.get_secret_value()) is None:
            raise ValueError("a link is like https://docs.google.com/spreadsheets/d/e/2PACX-.../pubhtml")
        return value


def own(config: SourceConfig) -> Config:
    """The configuration as this kind's."""
    return config if isinstance(config, Config) else Config.model_validate(config.model_dump())


def describe(config: SourceConfig) -> str:
    """The table's name; the link is not shown."""
    return f"Spreadsheet {own(config).table}"


def secret_texts(config: SourceConfig) -> tuple[str, ...]:
    """The link, and the part of it that opens the spreadsheet."""
    link = own(config).link.get_secret_value()
    found = find_workbook(link)
    return (link, *((found.id,) if found else ()))
