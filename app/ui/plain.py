"""Text of a member within a label that Streamlit reads as Markdown."""


def plain(text: str) -> str:
    r"""The text as literal words of a label.

    >>> plain("a*b")
    'a\\*b'
    """
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()<>#+-.!:$~|" else sign for sign in text)
