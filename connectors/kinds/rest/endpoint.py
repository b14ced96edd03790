"""One endpoint of an API as YAML: its path, where its records are, how pages go on, and what tells of changes."""

from enum import StrEnum

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import InvalidError


class PageKind(StrEnum):
    """How the next page is asked for."""

    CURSOR = "cursor"
    LINK = "link"
    NEXT = "next"
    NONE = "none"
    OFFSET = "offset"
    PAGE = "page"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Pages(_Part):
    """`token` is the path in the answer of the next page's token (cursor) or address (next).

    `parameter` carries the token, the number of rows to leave out, or the number of the page; `size` rows are asked for
    by `size_parameter`.
    """

    kind: PageKind = PageKind.NONE
    token: str = ""
    parameter: str = ""
    size_parameter: str = ""
    size: int = Field(default=100, ge=1, le=10_000)
    first: int = 1


class Changes(_Part):
    """`field` of a record tells when it changed; `parameter` asks for records from a time on.

    A record in which `deleted` is true, or holds anything at all, is one that was deleted.
    """

    field: str
    parameter: str
    deleted: str = ""


class Endpoint(_Part):
    """`records` is the path of the list in the answer, empty where the answer is the list.

    `fields` names columns by paths in the record, each with an optional transform behind `|`; without it every value is
    a column. `types` are transforms by column. `lists` makes a stream of its own of each list within the records.
    """

    name: str = Field(min_length=1)
    path: str
    records: str = ""
    key: tuple[str, ...] = ()
    params: dict[str, str] = Field(default_factory=dict)
    pages: Pages = Pages()
    changes: Changes | None = None
    fields: dict[str, str] = Field(default_factory=dict)
    types: dict[str, str] = Field(default_factory=dict)
    lists: dict[str, str] = Field(default_factory=dict)


def parse_endpoints(text: str) -> dict[str, Endpoint]:
    """Endpoints by name. Raises InvalidError with all problems at once."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InvalidError(f"The endpoints are no YAML: {str(error).splitlines()[0]}.") from None
    if not isinstance(content, list) or not content:
        raise InvalidError("The endpoints are a YAML list, each with name and path.")
    found: dict[str, Endpoint] = {}
    problems: list[str] = []
    for number, one in enumerate(content, start=1):
        try:
            endpoint = Endpoint.model_validate(one)
        except ValidationError as error:
            problems += [f"endpoint {number}, {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
            continue
        if endpoint.name in found:
            problems.append(f"endpoint {number}: there is another one called {endpoint.name}")
        found[endpoint.name] = endpoint
    if problems:
        raise InvalidError(f"The endpoints cannot be used: {'; '.join(problems)}.")
    return found
