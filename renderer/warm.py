"""Generators that are warm: the models asked for last, within a bound of bytes. A model is loaded once at a time."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
import torch

from gan.device import is_out_of_memory
from gan.errors import GanError
from gan.model import load_generator
from jobs.errors import Conflict, Unavailable
from jobs.picture import Blend
from latent.blend import blended
from latent.pen import Pen
from latent.plane import Planes
from latent.point import Space
from renderer.blends import partner
from store.rows import Model
from store.store import Store

log = structlog.get_logger()
Key = tuple[UUID, Blend | None]  # a model, and what it is blended with for a look
LAID = "warm"  # begins the names of the folders that a model's files are laid out in while it is read
OLD_S = 3600.0


@dataclass(frozen=True, kw_only=True, eq=False)
class WarmModel:
    """A generator that is ready to draw, and the facts of its model: `id`, `hash`, `frame`, `labels`, `licence`."""

    id: UUID
    dataset_id: UUID | None
    facts: Mapping[str, Any]
    c_dim: int
    pen: Pen
    space: Space


class Warm:
    """Used on the event loop; loading has a thread of its own, so that what is warm is drawn meanwhile."""

    def __init__(self, store: Store, *, device: torch.device, planes: Planes, most_bytes: int) -> None:
        self._store, self._device, self._planes, self.most_bytes = store, device, planes, most_bytes
        self._models: OrderedDict[Key, asyncio.Task[WarmModel]] = OrderedDict()  # those asked for last at the end
        self._loader = ThreadPoolExecutor(1, thread_name_prefix="loader")

        for folder in store.settings.scratch.glob(f"{LAID}*"):  # of one that was killed
            if time.time() - folder.stat().st_mtime > OLD_S:
                shutil.rmtree(folder, ignore_errors=True)

    async def get(self, model_id: UUID, blend: Blend | None = None) -> WarmModel:
        """Give a model, or what a blend makes of it, loaded if need be; who leaves meanwhile leaves that to the others.

        Raises: NotFound, if there is no such model; Conflict, if its files are damaged; Unavailable, without memory;
        BadParams, for two models that cannot be blended so.
        """
        key = model_id, blend
        loading = self._models.get(key)
        if loading is None:
            loading = self._models[key] = asyncio.create_task(self._load(key))
            loading.add_done_callback(_is_there)  # looks at its error, of which nobody may wait to hear any more
        self._models.move_to_end(key)
        return await asyncio.shield(loading)

    @property
    def ids(self) -> list[UUID]:
        """Those that are warm; the one asked for last is the last."""
        return [model_id for model_id, blend in self._there if blend is None]

    @property
    def _there(self) -> list[Key]:
        return [key for key, loading in list(self._models.items()) if _is_there(loading)]

    @property
    def size_bytes(self) -> int:
        """What they hold in memory."""
        return sum(loading.result().pen.size_bytes for loading in list(self._models.values()) if _is_there(loading))

    def close(self) -> None:
        """Load no more."""
        self._loader.shutdown(cancel_futures=True)

    async def _load(self, key: Key) -> WarmModel:
        try:
            model = await asyncio.get_running_loop().run_in_executor(self._loader, self._loaded, *key)
        except BaseException:
            del self._models[key]  # the next one who asks tries anew
            raise
        asyncio.get_running_loop().call_soon(self._make_room)
        return model

    def _make_room(self) -> None:
        """Let go of those that nobody has asked for in the longest time; one is kept, however large."""
        while self.size_bytes > self.most_bytes and len(there := self._there) > 1:
            del self._models[there[0]]
            log.info("model.let_go", model=str(there[0][0]))

    def _loaded(self, model_id: UUID, blend: Blend | None) -> WarmModel:
        with self._store.read() as tx:
            row = tx.models.get(model_id)
            other = None if blend is None else partner(tx, row, blend)
        with tempfile.TemporaryDirectory(prefix=LAID, dir=self._store.settings.scratch) as folder:
            laid = self._store.objects.folder(row.files, Path(folder) / "model")
            try:
                G = load_generator(laid, self._device)
                if blend is not None and other is not None:
                    beside = self._store.objects.folder(other.files, Path(folder) / "other")
                    G = blended(G, load_generator(beside, self._device), at=blend.at, t=blend.t)
                pen = Pen(G)
            except GanError as error:
                raise Conflict(str(error), remedy="Choose another model.") from error
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                raise Unavailable(
                    "The memory is too small for this model now.", remedy="Choose a smaller one, or try again later."
                ) from error
        log.info("model.warm", model=str(model_id), bytes=pen.size_bytes)
        return WarmModel(
            id=row.id,
            dataset_id=row.dataset_id,
            facts=_facts(row),
            c_dim=G.config.c_dim,
            pen=pen,
            space=Space(G, planes=self._planes),
        )


def _facts(row: Model) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "hash": row.hash,
        "frame": row.facts.get("frame"),
        "labels": row.facts.get("labels"),
        "licence": {"spdx": row.licence, "terms": row.terms},
    }


def _is_there(loading: asyncio.Task[WarmModel]) -> bool:
    return loading.done() and not loading.cancelled() and loading.exception() is None
