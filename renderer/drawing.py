"""The renderer: what is asked for finds its model warm, waits its turn, is drawn by one thread, encoded by others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import InvalidStateError, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any
from uuid import UUID

import torch
from PIL import Image

from jobs.errors import Busy
from jobs.picture import Order
from jobs.point import Point
from kinds.recipe import Encoded, encoded, how_of, png, recipe_of
from latent.plane import Planes
from latent.point import Direction
from renderer.brushes import Alone, Together, Wanted
from renderer.encoding import for_screen, framed
from renderer.turns import Ask, Batch, Drawn, Turns
from renderer.warm import Warm, WarmModel
from renderer.ways import ways_of
from store.store import Store

MOST_PICTURES = 1024  # that are asked for and not answered yet
ENCODERS = 2
LONGEST_RETRY_S = 30
GUESS_S = 0.02  # that a picture takes, until some were drawn

Encode = Callable[[Sequence[Drawn]], Any]


class Renderer:
    """Used on the event loop; closed from anywhere."""

    def __init__(self, store: Store, *, device: torch.device, most_pictures: int = MOST_PICTURES) -> None:
        self.store = store
        self.warm = Warm(store, device=device, planes=Planes(), most_bytes=store.settings.renderer_bytes)
        self.turns = Turns()
        self.waiting = 0  # pictures that are asked for and not answered yet
        self.drawn = 0
        self._most_pictures = most_pictures
        self._picture_s = GUESS_S  # that one takes, of late
        self._encoders = ThreadPoolExecutor(ENCODERS, thread_name_prefix="encoder")
        self._thread = Thread(target=self._draw_on, name="drawing", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Draw no more."""
        self.turns.close()
        self._thread.join()
        self.warm.close()
        self._encoders.shutdown(cancel_futures=True)

    async def picture(self, order: Order) -> bytes:
        """Draw what is asked for, and encode it; a cancelled call frees its work.

        Raises: Busy, where too much waits already; NotFound, Conflict, Unavailable of the model, or of a sample or
        direction that the point names; BadParams, for a point that is none of this model's.
        """
        with self._room(len(order.points)):
            model, order, ways = await self._found(order)

            def encode(drawn: Sequence[Drawn]) -> bytes:
                if order.format == "png":
                    return png(framed(drawn[0], model.facts["frame"], size=order.size), recipe(model, order.point))
                return for_screen(drawn, order, model.facts["frame"])

            content: bytes = await self._drawn(order, model, ways, encode)
            return content

    async def whole(self, order: Order) -> tuple[WarmModel, Encoded]:
        """Draw a picture to keep, at its full size. Raises: as `picture`."""
        with self._room(1):
            model, order, ways = await self._found(order)

            def encode(drawn: Sequence[Drawn]) -> Encoded:
                return encoded(framed(drawn[0], model.facts["frame"]), recipe(model, order.point))

            return model, await self._drawn(order, model, ways, encode)

    async def shown(self, order: Order) -> Image.Image:
        """Draw a picture that this process looks at itself, at its full size. Raises: as `picture`."""
        with self._room(1):
            model, order, ways = await self._found(order)
            frame = model.facts["frame"]
            drawn: Image.Image = await self._drawn(order, model, ways, lambda one: framed(one[0], frame))
            return drawn

    @contextmanager
    def _room(self, pictures: int) -> Iterator[None]:
        """Count what is asked for, from its arrival to its answer. Raises: Busy."""
        if self.waiting + pictures > self._most_pictures:
            soon = self.waiting * self._picture_s / 2
            raise Busy(
                f"{self.waiting} pictures wait to be drawn already",
                retry_after_s=min(max(1, round(soon)), LONGEST_RETRY_S),
                remedy="Wait a moment, and ask for what is on the screen alone.",
            )
        self.waiting += pictures
        try:
            yield
        finally:
            self.waiting -= pictures

    async def _found(self, order: Order) -> tuple[WarmModel, Order, Mapping[UUID, Direction]]:
        """Find the model, and what the point refers to: the order then stands by itself."""
        model = await self.warm.get(order.model_id, order.blend)
        if not order.point.has_samples and not order.point.directions:
            return model, order, {}
        point, ways = await asyncio.to_thread(self._referred, order.point)
        return model, order.model_copy(update={"point": point}), ways

    def _referred(self, point: Point) -> tuple[Point, Mapping[UUID, Direction]]:
        with self.store.read() as tx:
            whole = point.resolved(lambda sample_id: tx.samples.get(sample_id).recipe)
        return whole, ways_of(self.store, whole.directions)

    async def _drawn(self, order: Order, model: WarmModel, ways: Mapping[UUID, Direction], encode: Encode) -> Any:
        coarse = min(model.pen.coarse, order.size or model.pen.coarse) if order.coarse else None
        brush: Alone | Together = Alone(model=model, resolution=coarse)
        if order.format != "png":
            brush = Together(model=model, resolution=coarse, noise_mode=order.point.noise.mode)
        wanted = [Wanted(point, ways) for point in order.points]
        ask = Ask(view=order.view, turn=order.turn, brush=brush, wanted=wanted, finish=encode)
        self.turns.put(ask)
        try:
            return await asyncio.wrap_future(ask.answer)
        finally:
            self.turns.drop(ask)

    def _draw_on(self) -> None:
        while batch := self.turns.next():
            began, pictures = time.perf_counter(), sum(map(len, batch.values()))
            self._draw(batch)
            took = (time.perf_counter() - began) / pictures
            self._picture_s += (took - self._picture_s) * min(pictures, 16) / 16

    def _draw(self, batch: Batch) -> None:
        """Draw what was handed out together; where that fails, one by one, so that a fault is one request's alone."""
        every = [(ask, each) for ask, wanted in batch.items() for each in wanted]
        first = every[0][0]
        try:
            drawn = first.brush.draw([each for _, each in every])
        except Exception as error:  # whatever it is
            if len(every) == 1:
                self.turns.drop(first)
                first.fail(error)
            else:
                self._draw_apart(every)
            return
        self.drawn += len(every)
        for (ask, _), picture in zip(every, drawn, strict=True):
            ask.drawn.append(picture)
        for ask in batch:
            if len(ask.drawn) == len(ask.wanted):
                self._encoders.submit(_finish, ask)

    def _draw_apart(self, every: Sequence[tuple[Ask, Any]]) -> None:
        for ask, each in every:
            if not ask.answer.done():
                self._draw({ask: [each]})


def _finish(ask: Ask) -> None:
    if ask.answer.cancelled():
        return
    try:
        made = ask.finish(ask.drawn)
    except Exception as error:
        ask.fail(error)
    else:
        with suppress(InvalidStateError):  # nobody waits any more
            ask.answer.set_result(made)


def recipe(model: WarmModel, point: Point) -> dict[str, Any]:
    """Give the recipe of a point that stands by itself."""
    return recipe_of(model.facts, how_of(point), class_label=model.space.label(point) if model.c_dim else None)
