"""What a guest shows at the door."""

from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """How a guest comes; the first part of the address's path."""

    EMBED = "embed"
    LINK = "shared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The token in the address, and for a link with a password the proof that it was entered.

    >>> Ticket.read(Ticket(way=Way.LINK, token="abc", proof="def").text)
    Ticket(way=<Way.LINK: 'shared'>, token='abc', proof='def')
    """

    way: Way
    token: str
    proof: str = ""

    @property
    def text(self) -> str:
        """The ticket in one line, for a header."""
        return f"{self.way} {self.token} {self.proof}"

    @classmethod
    def read(cls, text: str) -> "Ticket":
        """A ticket from its line."""
        way, token, proof = text.split(" ")
        return cls(way=Way(way), token=token, proof=proof)
