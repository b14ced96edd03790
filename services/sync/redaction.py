"""Takes secrets out of texts, whatever a driver or a vendor's answer put them into."""

from collections.abc import Iterable
from urllib.parse import quote, quote_plus, unquote

_HIDDEN = "***"
_SHORTEST = 3


class Redactor:
    """Hides the given secrets, also where they are written as in a URL."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {
            form for secret in secrets for form in (secret, quote(secret, safe=""), quote_plus(secret), unquote(secret))
        }
        # The longest first: a URL is hidden as a whole, not only the password within it.
        self._forms = sorted((form for form in forms if len(form) >= _SHORTEST), key=len, reverse=True)

    def hide(self, text: str) -> str:
        """The text with *** in place of each secret."""
        for form in self._forms:
            text = text.replace(form, _HIDDEN)
        return text
