"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from core.settings import Settings

Data = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="The data folder. [default: PLUMBLINE_DATA or .plumbline]")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
Tenant = Annotated[str, typer.Option("--tenant", metavar="T", help="The tenant's short name.")]
Member = Annotated[
    str | None, typer.Option("--as", metavar="MEMBER", help="Ask with this member's rights (an e-mail address).")
]


def settings_of(data: Path | None, **more: object) -> Settings:
    """The settings of the environment, with what was said on the command line on top."""
    given = {name: value for name, value in {"data": data, **more}.items() if value is not None}
    return Settings().model_copy(update=given) if given else Settings()
