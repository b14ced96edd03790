"""A PDF that opens with a password alone: AES-256 (ISO 32000-2, 7.6, revision 6), files within it and metadata too.

Keys and salts are random, so that a locked file is never the same twice.
"""

import io
import unicodedata


def lock(content: bytes, password: str) -> bytes:
    """The file, encrypted; the password is taken in the form that readers compare (NFKC)."""
    # The library that writes reports knows no revision above 5, whose password check is fast to guess at.
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer.pdf_header = "%PDF-2.0"
    writer.encrypt(user_password=unicodedata.normalize("NFKC", password), algorithm="AES-256")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()
