"""A folder of the operator's: for each period and recipient the files, whole or not at all."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from core.errors import InvalidError, UserError
from services.deliveries.channels import Ending, Outcome, Parcel
from services.files import make_folder, write_file
from services.platform import Platform
from tenants.tenant import Tenant

KIND = "folder"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_UNSAFE = re.compile(r"[^A-Za-z0-9@._+-]")


def check(platform: Platform, configuration: Mapping[str, object]) -> None:
    """Raises InvalidError where the operator has named no folder, or the name is not one of a folder below it."""
    if platform.settings.delivery_folder is None:
        raise InvalidError("No folder is set for deliveries. The operator names one with PLUMBLINE_DELIVERY_FOLDER.")
    check_folder(str(configuration.get("to", "")))


def check_folder(name: str) -> None:
    """Raises InvalidError for what is not the name of one folder below the operator's place."""
    if not _NAME.fullmatch(name):
        raise InvalidError(
            f"{name!r} cannot be a folder of deliveries: use lower-case letters, digits and hyphens, such as weekly."
        )


def is_shared(configuration: Mapping[str, object]) -> bool:  # noqa: ARG001
    """Each recipient has a place of their own."""
    return False


@contextmanager
def open_channel(platform: Platform, tenant: Tenant, configuration: Mapping[str, object]) -> Iterator["FolderSender"]:
    """A sender that makes the folders it needs."""
    check(platform, configuration)
    base = platform.settings.delivery_folder or Path()
    yield FolderSender(base.expanduser().resolve() / tenant.slug / str(configuration["to"]))


class FolderSender:
    """Writes below one folder of a tenant."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, parcel: Parcel) -> Outcome:
        """Write the files; those of an earlier attempt are replaced by the same."""
        place = self._folder / safe_name(parcel.period) / safe_name(parcel.recipient)
        try:
            make_folder(str(place))
            for file in parcel.files:
                write_file(place / safe_name(file.name), file.content)
            write_file(place / "message.html", parcel.html.encode())
        except UserError as error:
            # A full disk has room again some day.
            return Outcome(ending=Ending.LATER, said=error.message)
        return Outcome(ending=Ending.SENT, said=f"{len(parcel.files) + 1} files in {place.relative_to(self._folder)}")


def safe_name(text: str) -> str:
    """A text as the name of one file or folder."""
    return _UNSAFE.sub("-", text).lstrip(".") or "-"
