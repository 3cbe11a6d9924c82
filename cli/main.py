"""`reverie`: the command line. What a command needs is imported when it runs, so that Ctrl-C is met early."""

from __future__ import annotations

import signal


def app() -> None:
    """Run the command line.

    Until a command listens itself, Ctrl-C ends the process at once: nothing has begun that wants an end in order.
    Python's own handler would raise KeyboardInterrupt wherever it finds the program, and within the bookkeeping of an
    import that is printed and forgotten: `up` went on as if nobody had asked it to stop.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored, as under nohup
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from cli.commands import commands

    commands()


if __name__ == "__main__":
    app()
