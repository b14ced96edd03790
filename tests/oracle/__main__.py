"""`python -m tests.oracle N SEED`: N random cases; without a seed, one nobody has tried."""

import secrets
import sys
import time

from tests.oracle.trial import run_trial


def main() -> int:
    """Prints what came of the cases; the exit code is 1 where something did not agree."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else secrets.randbits(32)
    began = time.perf_counter()
    report = run_trial(cases, seed, is_rolled=True)
    print(report)  # noqa: T201
    print(f"{time.perf_counter() - began:.1f} s")  # noqa: T201
    return 1 if report.mismatches else 0


if __name__ == "__main__":
    sys.exit(main())
