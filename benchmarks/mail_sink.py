"""A mail server in a process of its own, as one is: it takes mail until its input ends, then keeps what it took.

Prints the port and the file of its certificate's authority as one line of JSON. Each message is a file in the folder
named, and `recipients.json` says who each is for, in order.
"""

import json
import sys
from pathlib import Path

from tests.mail_server import running_mail_server


def main(folder: Path) -> None:
    """Serve on loopback until standard input ends."""
    with running_mail_server(folder) as server:
        sys.stdout.write(json.dumps({"port": server.port, "ca_file": str(server.ca_file)}) + "\n")
        sys.stdout.flush()
        sys.stdin.read()
        for number, raw in enumerate(server.raw):
            (folder / f"{number:05}.eml").write_bytes(raw)
        (folder / "recipients.json").write_text(json.dumps(server.recipients))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
