"""`reverie`: the command line. What a command needs is imported when it runs, so that Ctrl-C is met early."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def app() -> None:
    """Run the command line."""
    try:
        from cli.commands import commands

        commands()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    app()
