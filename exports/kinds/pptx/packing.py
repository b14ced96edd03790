"""Packs a presentation so that the same report gives the same bytes: no entry tells when it was written."""

import datetime as dt
import io
import re
import zipfile

_EPOCH = (1980, 1, 1, 0, 0, 0)
_WHEN = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def pack_evenly(content: bytes, moment: dt.datetime) -> bytes:
    """The same archive with one date on all of it; the workbooks of its charts too."""
    target = io.BytesIO()
    stamp = moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in source.namelist():
            part = source.read(name)
            if name.endswith(".xlsx"):
                part = pack_evenly(part, moment)
            elif name == "docProps/core.xml":
                part = _WHEN.sub(rb"\g<1>" + stamp, part)
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, part)
    return target.getvalue()
