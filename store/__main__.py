"""`python -m store sweep`: delete what no row names, and what broke off, without waiting for a worker to do so."""

from __future__ import annotations

import sys

from pydantic import ValidationError

from jobs.errors import ReverieError
from store.settings import Settings
from store.store import Store


def main(arguments: list[str]) -> int:
    """Sweep; 0 when it is done, 1 when it cannot be, 2 for another word."""
    if arguments != ["sweep"]:
        sys.stderr.write("usage: python -m store sweep\n")
        return 2
    try:
        with Store.open(Settings()) as store:
            store.migrate()
            sys.stdout.write(f"{store.sweep()}\n")
    except ReverieError as error:
        sys.stderr.write(f"{error.title}: {error.detail}\n{error.remedy}\n")
        return 1
    except ValidationError as error:
        for wrong in error.errors():
            name = "_".join(["REVERIE", *map(str, wrong["loc"])]).upper()
            sys.stderr.write(f"The settings do not fit: {name}: {wrong['msg']}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
