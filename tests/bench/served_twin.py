"""A Twenty twin in a process of its own, that tells its counters: `python -m tests.bench.served_twin RATE MOST`."""

from __future__ import annotations

import json
import sys

from bridgework.twins.twenty import TwentyTwin


def main() -> None:
    """Serve; answer each line on stdin with the counters so far, until it ends. A number there is a new rate."""
    rate, most = (int(word) for word in sys.argv[1:3])
    with TwentyTwin(calls_per_minute=rate or None, max_records=most) as twin:
        say({"url": twin.url, "key": twin.key})
        for line in sys.stdin:
            if line.strip():
                twin.limit(int(line) or None)
            say({name: number for name, number in vars(twin.stats).items() if isinstance(number, int)})


def say(document: dict[str, object]) -> None:
    """One line of JSON."""
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
