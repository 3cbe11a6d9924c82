"""Exploring: pictures of points of a model's latent space, drawn at once by a renderer, and finds that are kept."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ValidationError

from api import shapes
from api.deps import Opened, location
from api.files import IMMUTABLE, matches
from api.leaving import unless_gone
from api.problems import answers
from api.renderers import Renderers
from api.schemas.render import Find
from api.schemas.samples import Sample
from jobs.errors import BadParams
from jobs.ids import new_id
from jobs.picture import Blend, Format, Order, Picture
from jobs.point import Point
from store.rows import Model
from store.store import Store

router = APIRouter(prefix="/models", tags=["exploring"])
LONGEST = 8000  # characters of a point in an address
# Changed when the same point is drawn in other bytes than before: what browsers keep is of no use then.
FORM = 1
_PICTURES: dict[str, dict[str, str]] = {"image/webp": {}, "image/jpeg": {}, "image/png": {}}
_PROBLEMS = answers(404, 409, 422, 429, 503)
_Told = TypeVar("_Told", bound=BaseModel)
_Size = Annotated[int | None, Query(ge=8, le=2048, description="Wanted long side in px; none is made larger.")]


@router.post(
    "/{model_id}/render", response_class=Response, responses={200: {"content": _PICTURES}, **answers(400), **_PROBLEMS}
)
async def render(model_id: UUID, body: Picture, request: Request, store: Opened) -> Response:
    """Draw a point, or with `grid` a sheet of its surroundings in one picture; with `coarse` at once, and blurred."""
    order = Order(model_id=model_id, **dict(body))
    return await unless_gone(request, _drawn(request, store, order))


@router.get(
    "/{model_id}/tile",
    response_class=Response,
    responses={200: {"content": _PICTURES}, 304: {"description": "Unchanged"}, **_PROBLEMS},
)
async def tile(
    model_id: UUID,
    request: Request,
    store: Opened,
    point: Annotated[
        str, Query(max_length=LONGEST, description="The point as JSON.", examples=['{"anchor":{"seed":7}}'])
    ],
    size: _Size = None,
    format: Annotated[Format, Query(description="png holds the recipe.")] = "webp",
    coarse: Annotated[bool, Query(description="What a lower block of the network draws.")] = False,
    view: Annotated[str, Query(max_length=64, pattern=r"^[\w.-]*$", description="Who looks; views take turns.")] = "",
    turn: Annotated[int, Query(ge=0, lt=2**53, description="Of a view, the latest turn is drawn first.")] = 0,
    blend: Annotated[
        str | None,
        Query(
            max_length=200,
            description="A look at what a blend of two models would draw, as JSON; webp or jpeg.",
            examples=['{"with_id":"0199d3a0-0000-7000-8000-000000000001","t":0.5}'],
        ),
    ] = None,
) -> Response:
    """Draw a point, as `POST /models/{model_id}/render` does; what a browser has once, it keeps."""
    wanted: dict[str, Any] = {"size": size, "format": format, "coarse": coarse, "view": view, "turn": turn}
    if blend is not None:
        wanted["blend"] = _read(Blend, blend, name="blend", such='{"with_id": …, "t": 0.5}')
    order = _order(model_id=model_id, point=_read(Point, point, name="point", such='{"anchor":{"seed":7}}'), **wanted)
    headers = {"Cache-Control": IMMUTABLE, "X-Content-Type-Options": "nosniff"}
    if "if-none-match" in request.headers:
        model = await _model(request, store, model_id)
        if matches(request, tag := await _tag(request, model, order)):
            return Response(status_code=304, headers={**headers, "ETag": _told(tag, order)})
    return await unless_gone(request, _drawn(request, store, order, headers=headers))


@router.post("/{model_id}/samples", status_code=201, responses={**answers(400, 507), **_PROBLEMS})
async def keep(model_id: UUID, body: Find, request: Request, response: Response, store: Opened) -> Sample:
    """Keep a point as a sample of the gallery: drawn at its full size, as PNG with its recipe."""
    await _model(request, store, model_id)
    sample_id = new_id()
    order = Order(model_id=model_id, sample_id=sample_id, point=body.point, format="png", view=body.view)
    # Shielded: what somebody wished to keep is kept, though they leave meanwhile.
    await asyncio.shield(_renderers(request).ask("sample", order))
    response.headers.update(location("samples", sample_id))

    def look() -> Sample:
        with store.read() as tx:
            return shapes.sample(tx.samples.get(sample_id))

    return await _renderers(request).in_thread(look)


async def _drawn(request: Request, store: Store, order: Order, *, headers: Mapping[str, str] | None = None) -> Response:
    """Have a picture drawn, with an ETag if `headers` are given. Raises: NotFound of the model; as `Renderers.ask`."""
    # Looked up while a renderer draws already: nearly always it is there, and to wait for that would cost every tile.
    asking = asyncio.create_task(_renderers(request).ask("picture", order))
    asking.add_done_callback(_heard)
    try:
        model = await _model(request, store, order.model_id)
    except BaseException:
        asking.cancel()
        raise
    drawn = await asking
    if headers is not None:
        drawn.headers.update({**headers, "ETag": _told(await _tag(request, model, order), order)})
    return drawn


def _heard(asking: asyncio.Task[Response]) -> None:
    """Look at an error that nobody may wait to hear any more."""
    if not asking.cancelled():
        asking.exception()


async def _model(request: Request, store: Store, model_id: UUID) -> Model:
    """Look the model up, so that one that was deleted is told from one that is warm still. Raises: NotFound."""

    def look() -> Model:
        with store.read() as tx:
            return tx.models.get(model_id)

    return await _renderers(request).in_thread(look)


def _read(form: type[_Told], text: str, *, name: str, such: str) -> _Told:
    """Read what an address tells as JSON. Raises: BadParams; RequestValidationError, which names the fields of it."""
    try:
        return form.model_validate_json(text)
    except ValidationError as error:
        if error.errors()[0]["type"] == "json_invalid":
            raise BadParams(
                f"{name} is no JSON", pointer=f"query:{name}", remedy=f"Give one such as {such}."
            ) from error
        found = [{**each, "loc": ("query", name, *each["loc"])} for each in error.errors()]
        raise RequestValidationError(found) from error


def _order(**values: Any) -> Order:
    """Raises: RequestValidationError, for what does not go together."""
    try:
        return Order(**values)
    except ValidationError as error:
        found = [{**each, "loc": ("query", *(each["loc"] or ("format",)))} for each in error.errors()]
        raise RequestValidationError(found) from error


async def _tag(request: Request, model: Model, wanted: Picture) -> str:
    """What names a picture, by what it is drawn from and on what. Raises: WarmingUp, without a renderer.

    Another model that it is blended with is named by its id: its weights never change.
    """
    device = (await _renderers(request).ranked(model.id))[0].device
    what = f"{FORM} {model.hash} {device} {wanted.point.canonical} {wanted.size} {wanted.coarse} {wanted.format}"
    if wanted.blend is not None:
        what += f" {wanted.blend.model_dump_json()}"
    return f'"{hashlib.sha256(what.encode()).hexdigest()[:32]}"'


def _told(tag: str, wanted: Picture) -> str:
    """An ETag: strong of a PNG, whose bits are always the same; weak of what is drawn together with others."""
    return tag if wanted.format == "png" else f"W/{tag}"


def _renderers(request: Request) -> Renderers:
    renderers: Renderers = request.app.state.renderers
    return renderers
