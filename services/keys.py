"""Changing the master key while the product runs."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session

from core.errors import InvalidError
from core.master_key import load_key_file
from core.secrets import new_key
from services.platform import Platform
from tenants.audit import AuditAction, record_event


def rotate_master(platform: Platform, new_key_file: str | None, step: Callable[[str], None]) -> int:
    """Wrap every key with a new master key; only the operator can. Returns how many keys were wrapped anew.

    A key kept in a file is made and put in place here. One that comes from the environment or a command must be given
    in `new_key_file`, and be set there before the next start.
    """
    if new_key_file is None and not platform.keys.is_file:
        raise InvalidError(
            "The master key comes from the environment or a command, where this command cannot put a new one. "
            "Make one, name its file with --new-key-file, and set it before the next start."
        )
    new = new_key() if new_key_file is None else load_key_file(Path(new_key_file))

    def record(session: Session, count: int) -> None:
        record_event(session, AuditAction.MASTER_KEY_ROTATED, subject=f"{count} keys")

    return platform.keys.rotate_master(platform.metadata, new, record=record, step=step)
