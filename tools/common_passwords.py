"""Builds tenants/access/common_passwords.bin from lists of known passwords, one a line.

Usage: python tools/common_passwords.py LIST...   The bundled file is made of Django's list of 20,000 (BSD licence) and
zxcvbn's of 30,000 (MIT licence). It holds the first four bytes of each password's SHA-256, sorted.
"""

import hashlib
import sys
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "tenants" / "access" / "common_passwords.bin"


def main() -> None:
    """Read the lists, write the file."""
    words = {line.strip().casefold() for name in sys.argv[1:] for line in Path(name).read_text().splitlines()} - {""}
    prefixes = sorted({hashlib.sha256(word.encode()).digest()[:4] for word in words})
    OUT.write_bytes(b"".join(prefixes))
    sys.stdout.write(f"{len(words):,} passwords, {OUT.stat().st_size:,} bytes\n")


main()
