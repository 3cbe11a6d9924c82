"""`python -m tests.store.claiming KIND`: says that it is ready, waits for a line, claims until there is none left."""

import sys

from jobs.ids import new_id
from store.settings import Settings
from store.store import Store


def main(kind: str) -> None:
    worker_id = new_id()
    with Store.open(Settings()) as store:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        while True:
            with store.begin() as tx:
                job = tx.jobs.claim(worker_id, [kind])
            if job is None:
                return
            sys.stdout.write(f"{job.id}\n")


if __name__ == "__main__":
    main(sys.argv[1])
