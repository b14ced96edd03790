"""Changes the master key."""

from services.commands import Answer, CommandRequest, Progress
from services.platform import Platform

KIND = "key-rotate"


class Request(CommandRequest):
    """The absolute path of the file of the new key; None makes one."""

    new_key_file: str | None = None


def run(platform: Platform, request: Request, progress: Progress) -> Answer:
    """Wrap every key anew. Raises InvalidError, KeyFault."""
    from services.keys import rotate_master

    return {"keys": rotate_master(platform, request.new_key_file, progress), "is_in_place": platform.keys.is_file}
