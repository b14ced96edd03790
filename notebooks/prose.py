"""Words that stand in prose as they are, whatever signs they hold."""

_SIGNS = frozenset("\\*_#-")


def literal(text: str) -> str:
    """A text as the Markdown subset writes it literally, on one line.

    >>> literal("*Sales*")
    '\\\\*Sales\\\\*'
    """
    return "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in " ".join(text.split()))
