"""A bucket of an S3-compatible store, named by the operator: for each period and recipient the files.

The client is the one that pyarrow brings, so that nothing more has to be installed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.errors import InvalidError
from core.settings import Settings
from services.deliveries.channels import Ending, Outcome, Parcel
from services.deliveries.channels.folder import check_folder, safe_name
from services.platform import Platform
from tenants.tenant import Tenant

if TYPE_CHECKING:
    from pyarrow.fs import S3FileSystem

KIND = "s3"
_TIMEOUT_S = 30


def check(platform: Platform, configuration: Mapping[str, object]) -> None:
    """Raises InvalidError where the operator has named no bucket, or the name is not one of a folder in it."""
    if not platform.settings.delivery_bucket:
        raise InvalidError("No bucket is set for deliveries. The operator names one with PLUMBLINE_DELIVERY_BUCKET.")
    check_folder(str(configuration.get("to", "")))


def is_shared(configuration: Mapping[str, object]) -> bool:  # noqa: ARG001
    """Each recipient has a folder of their own."""
    return False


@contextmanager
def open_channel(platform: Platform, tenant: Tenant, configuration: Mapping[str, object]) -> Iterator["BucketSender"]:
    """A sender over one client."""
    check(platform, configuration)
    base = platform.settings.delivery_bucket.strip("/")
    yield BucketSender(_connect(platform.settings), f"{base}/{tenant.slug}/{configuration['to']}")


class BucketSender:
    """Writes below one folder of a tenant."""

    def __init__(self, store: "S3FileSystem", folder: str) -> None:
        self._store = store
        self._folder = folder

    def send(self, parcel: Parcel) -> Outcome:
        """Write the files; an object is there whole or not at all, and one of an earlier attempt is replaced."""
        place = f"{self._folder}/{safe_name(parcel.period)}/{safe_name(parcel.recipient)}"
        contents = {safe_name(file.name): file.content for file in parcel.files}
        try:
            for name, content in {**contents, "message.html": parcel.html.encode()}.items():
                with self._store.open_output_stream(f"{place}/{name}") as stream:
                    stream.write(content)
        except OSError as error:
            # A store that is down, full, or lost its key is mended some day by the operator.
            return Outcome(ending=Ending.LATER, said=f"The bucket cannot be written: {str(error)[:300]}")
        return Outcome(ending=Ending.SENT, said=f"{len(contents) + 1} objects in {place}")


def _connect(settings: Settings) -> "S3FileSystem":
    from pyarrow.fs import S3FileSystem

    endpoint = urlsplit(settings.delivery_bucket_endpoint)
    secret = settings.delivery_bucket_secret
    return S3FileSystem(
        access_key=settings.delivery_bucket_key or None,
        secret_key=secret.get_secret_value() if secret else None,
        region=settings.delivery_bucket_region,
        endpoint_override=endpoint.netloc or None,
        scheme=endpoint.scheme or "https",
        connect_timeout=_TIMEOUT_S,
        request_timeout=_TIMEOUT_S,
    )
