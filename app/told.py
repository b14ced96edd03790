"""Addresses that a page has told a browser: a file of the pages, or the place of an upload, is nobody else's.

Streamlit gives a file to whoever knows its address. Here it is given only to the session that a page told of it, and
anybody else is answered as for a file that is not there.
"""

from collections import OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from google.protobuf.message import Message

_BELOW: Final = ("/media/", "/_stcore/upload_file/")
_MARKS: Final = tuple(prefix.encode() for prefix in _BELOW)
# Where Streamlit puts addresses of its own making. A text that a member typed stands in none of these.
_FIELDS: Final = frozenset({"url", "upload_url", "delete_url", "image", "icon_image", "favicon"})
_TYPED: Final = frozenset({"LinkButton", "IFrame"})
_MOST: Final = 50_000


class ToldAddresses:
    """Which addresses which session knows; the oldest are forgotten when there are too many."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()

    def hear(self, cookie: str, said: bytes) -> None:
        """Note what a page says to the browser of a session."""
        if not any(mark in said for mark in _MARKS):
            return
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        for address in _addresses(ForwardMsg.FromString(said)):
            self._known[(cookie, address)] = None
            self._known.move_to_end((cookie, address))
        while len(self._known) > _MOST:
            self._known.popitem(last=False)

    def is_closed(self, cookie: str, path: str) -> bool:
        """Whether a path is that of a file which no page told this session of."""
        return path.startswith(_BELOW) and (cookie, path) not in self._known


def _addresses(message: "Message") -> Iterator[str]:
    """The addresses in a message, wherever they stand in it."""
    for field, value in message.ListFields():
        for one in value if field.is_repeated else [value]:
            if field.message_type is not None and not field.message_type.GetOptions().map_entry:
                yield from _addresses(one)
            elif field.name in _FIELDS and message.DESCRIPTOR.name not in _TYPED and str(one).startswith(_BELOW):
                yield str(one)
