"""What models draw, looked at once and kept in the cache of a machine: the first job that needs it makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from gan.generator import Generator
from kinds.cost import REMEMBERED
from latent.looker import Looker
from latent.memory import Memory, looked, read_features, remembered, write_features
from latent.spread import Floats, Spread

PICTURES = REMEMBERED
KEPT = 12  # of that many models, those used last: 16 MB each


class Remembering:
    """Makes the memory of one model; `memory` is there once `pictures` has ended."""

    memory: Memory

    def __init__(self, G: Generator, looker: Looker, of: Spread, *, cache: Path, model_hash: str) -> None:
        self._G, self._looker, self._of = G, looker, of
        self._file = cache / "memories" / f"{model_hash}.npy"

    def pictures(self, stop: Callable[[], bool]) -> Iterator[int]:
        """Yield how many pictures were looked at, of `PICTURES`; one that is stopped remembers those alone."""
        kept = read_features(self._file, count=PICTURES)
        seen: list[Floats] = [] if kept is None else [kept]
        for some in looked(self._G, self._looker, self._of, count=PICTURES) if kept is None else ():
            seen.append(some)
            yield sum(map(len, seen))
            if stop():
                break
        if sum(map(len, seen)) == PICTURES:
            self._keep(seen)
        self.memory = remembered(self._of, seen)

    def _keep(self, seen: list[Floats]) -> None:
        if len(seen) > 1:
            write_features(self._file, seen)
        with suppress(OSError):  # another process may be at it
            self._file.touch()
            files = sorted(self._file.parent.glob("*.npy"), key=lambda file: file.stat().st_mtime)
            for old in files[:-KEPT]:
                old.unlink()
