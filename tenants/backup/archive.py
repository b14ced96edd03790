"""The file of a backup: a readable header, then a sealed tar of the tenant's rows, its store and a manifest.

The header tells whose backup it is and carries its key, wrapped by the master key. All else is sealed under that key
and bound to the header. The manifest holds the SHA-256 of each member: what is unpacked is what was packed.
"""

import datetime as dt
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from core.secrets import Secret
from tenants.backup.errors import BackupFault
from tenants.backup.sealed import OpeningReader, SealingWriter

_MAGIC = b"plumbline-backup-1\n"
_MANIFEST = "manifest.json"
_MAX_HEADER_BYTES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a backup tells without its key. `schema` is the version of the metadata in it."""

    tenant_id: str
    slug: str
    made_at: dt.datetime
    schema: str
    wrapped_key: bytes


def pack(path: Path, header: Header, key: Secret, members: Mapping[str, Path], manifest: dict[str, object]) -> str:
    """Write a backup as a new file; returns the SHA-256 of the file. It is on the disk when this returns."""
    with path.open("xb") as file:
        writer = SealingWriter(file, key, _header_line(header))
        # tarfile asks of a stream nothing but `write`.
        with tarfile.open(fileobj=cast(BinaryIO, writer), mode="w|", format=tarfile.PAX_FORMAT) as tar:
            hashes = {name: _hash(member) for name, member in members.items()}
            content = json.dumps({**manifest, "sha256": hashes}).encode()
            _add(tar, _MANIFEST, io.BytesIO(content), len(content))
            for name, member in members.items():
                with member.open("rb") as source:
                    _add(tar, name, source, member.stat().st_size)
        writer.close()
        file.flush()
        _sync(file)
    return writer.digest.hexdigest()


def read_header(path: Path) -> Header:
    """Whose backup a file is. Raises BackupFault for what is none."""
    try:
        with path.open("rb") as file:
            return _parse_header(_read_header_line(file), path)
    except OSError as error:
        raise BackupFault(f"The backup {path} cannot be read: {error.strerror}.") from error


def unpack(path: Path, key_of: Callable[[Header], Secret], folder: Path) -> dict[str, object]:
    """Write the members of a backup into an empty folder; returns the manifest. Raises BackupFault, KeyFault."""
    key = key_of(read_header(path))
    with path.open("rb") as file:
        reader = OpeningReader(file, key, _read_header_line(file))
        try:
            with tarfile.open(fileobj=cast(BinaryIO, reader), mode="r|") as tar:
                manifest = _unpack_members(tar, folder)
        except tarfile.TarError as error:
            raise BackupFault(
                f"{path.name} does not hold what a backup holds ({error}). Nothing was changed."
            ) from error
        reader.finish()
    return manifest


def _unpack_members(tar: tarfile.TarFile, folder: Path) -> dict[str, object]:
    manifest: dict[str, object] = {}
    hashes: Mapping[str, str] = {}
    for member in tar:
        source = tar.extractfile(member)
        if source is None:
            raise BackupFault(f"{member.name!r} has no place in a backup. Nothing was changed.")
        if member.name == _MANIFEST:
            manifest = json.load(source)
            hashes = cast(Mapping[str, str], manifest["sha256"])
            continue
        # Only names of the manifest, which are file names, are written.
        target = folder / Path(member.name).name
        digest = hashlib.sha256()
        with target.open("xb") as file:
            while content := source.read(1 << 20):
                digest.update(content)
                file.write(content)
            _sync(file)
        if hashes.get(member.name) != digest.hexdigest():
            raise BackupFault(f"{member.name} is not what the manifest of the backup says. Nothing was changed.")
    missing = [name for name in hashes if not (folder / name).exists()]
    if missing or not hashes:
        raise BackupFault(f"The backup lacks {', '.join(missing) or _MANIFEST}. Nothing was changed.")
    return manifest


def _add(tar: tarfile.TarFile, name: str, source: "BinaryIO | io.BytesIO", size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size = size
    tar.addfile(member, source)


def _header_line(header: Header) -> bytes:
    fields = {
        "tenant_id": header.tenant_id,
        "slug": header.slug,
        "made_at": header.made_at.isoformat(),
        "schema": header.schema,
        "wrapped_key": header.wrapped_key.hex(),
    }
    return _MAGIC + json.dumps(fields).encode() + b"\n"


def _read_header_line(file: BinaryIO) -> bytes:
    return file.readline(len(_MAGIC)) + file.readline(_MAX_HEADER_BYTES)


def _parse_header(line: bytes, path: Path) -> Header:
    if not line.startswith(_MAGIC):
        raise BackupFault(f"{path.name} is not a backup of Plumbline.")
    try:
        fields = json.loads(line[len(_MAGIC) :])
        return Header(
            tenant_id=str(fields["tenant_id"]),
            slug=str(fields["slug"]),
            made_at=dt.datetime.fromisoformat(fields["made_at"]),
            schema=str(fields["schema"]),
            wrapped_key=bytes.fromhex(fields["wrapped_key"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BackupFault(f"The header of {path.name} is damaged. Nothing was changed.") from error


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(file: BinaryIO) -> None:
    os.fsync(file.fileno())
