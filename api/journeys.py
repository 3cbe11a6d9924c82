"""Journeys: keep recipes, look at where their films will be at a time, and have a good route proposed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from api import shapes
from api.deps import Opened, Where, location
from api.journeyed import lengths_of, on_time, short, whole
from api.problems import answers
from api.proposing import proposed
from api.schemas.base import Page
from api.schemas.journeys import ChangedJourney, Journey, Look, NewJourney, Proposal, Seen, Times, Timing
from api.streamed import attachment
from api.videos import shaped as video
from jobs.errors import BadParams
from jobs.journey import Recipe
from jobs.picture import Blend
from jobs.route import Here, Route
from store import journeys
from store.tx import Tx

router = APIRouter(prefix="/journeys", tags=["journeys"])
MOST_NUMBERS = 400_000  # of the latents in one preview: 8 MB of JSON


@router.post("", status_code=201, response_model=Journey, responses=answers(400, 404, 409, 413, 422))
def make(body: NewJourney, store: Opened) -> JSONResponse:
    """Keep a recipe. Places of samples are told by themselves from then on: the samples may go."""
    with store.begin() as tx:
        made = _shaped(tx, [tx.journeys.add(whole(tx, body.recipe, keep=True))])[0]
    return JSONResponse(made.model_dump(mode="json"), status_code=201, headers=location("journeys", made.id))


@router.get("", responses=answers(422))
def list_journeys(store: Opened, where: Where) -> Page[Journey]:
    """List journeys, newest first."""
    with store.read() as tx:
        page = tx.journeys.page(limit=where.limit, cursor=where.cursor)
        return Page(items=_shaped(tx, page.items), next_cursor=page.next_cursor)


@router.post("/preview", responses=answers(400, 404, 409, 413, 422))
def preview(body: Look, store: Opened) -> list[Seen]:
    """Say where the film is at some times, so that small pictures of it can be drawn before it is made."""
    if not body.recipe.keyframes:
        raise BadParams("the recipe has no keyframes", pointer="#/recipe/keyframes", remedy="Give it one or more.")
    with store.read() as tx:
        route, measured = _route(tx, body.recipe)
        told = short(tx, route.recipe)
    heres = [route.at(at_s) for at_s in body.at]
    _check_short(told, heres)
    return [_seen(route, told, at_s, here, measured=measured) for at_s, here in zip(body.at, heres, strict=True)]


@router.post("/times", responses=answers(400, 404, 409, 413, 422))
def times(body: Timing, store: Opened) -> Times:
    """Say when the film comes to each keyframe: at constant speed, when the way leads there."""
    if not body.recipe.keyframes:
        return Times(at_s=[], measured=True)
    with store.read() as tx:
        route, measured = _route(tx, body.recipe)
    ends_s = route.recipe.duration_s
    came = (one.at_s % ends_s if route.recipe.loop else one.at_s for one in route.keyframes)
    return Times(at_s=[round(at_s, 6) for at_s in came], measured=measured)


@router.post("/propose", responses=answers(400, 404, 409, 413, 422, 429, 503))
async def propose(body: Proposal, request: Request, store: Opened) -> Recipe:
    """Propose a journey through some places: short, and without jumps."""
    return await proposed(request, store, body)


@router.get("/{journey_id}", responses=answers(404, 422))
def look(journey_id: UUID, store: Opened) -> Journey:
    """Look at one journey, its films, and the latest job that makes one."""
    with store.read() as tx:
        return _shaped(tx, [tx.journeys.get(journey_id)])[0]


@router.get(
    "/{journey_id}/recipe",
    response_class=Response,
    responses={200: {"content": {"application/json": {}}}, **answers(404, 422)},
)
def recipe(journey_id: UUID, store: Opened) -> Response:
    """Send its recipe whole, to be kept, or to make the same film elsewhere."""
    with store.read() as tx:
        row = tx.journeys.get(journey_id)
    text = json.dumps(row.recipe, ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": attachment(f"{row.name}.json".replace("/", "_"))}
    return Response(text, media_type="application/json", headers=headers)


@router.put("/{journey_id}", responses=answers(400, 404, 409, 413, 422))
def change(journey_id: UUID, body: ChangedJourney, store: Opened) -> Journey:
    """Put another recipe in its place; 409, with the `revision` that is there, where another tab has done so."""
    with store.begin() as tx:
        tx.journeys.get(journey_id)
        recipe = whole(tx, body.recipe, keep=True)
        return _shaped(tx, [tx.journeys.change(journey_id, recipe, revision=body.revision)])[0]


@router.delete("/{journey_id}", status_code=204, responses=answers(404, 422))
def delete(journey_id: UUID, store: Opened) -> None:
    """Delete a journey; its films stay."""
    with store.begin() as tx:
        tx.journeys.delete(journey_id)


def _route(tx: Tx, recipe: Recipe) -> tuple[Route, bool]:
    """Find the way of the film, and whether it is known as the film will have it."""
    standing = on_time(tx, whole(tx, recipe))
    lengths = lengths_of(tx, standing)
    return Route(standing, lengths=lengths), lengths is not None or standing.speed == "plain"


def _check_short(told: Recipe, heres: Sequence[Here]) -> None:
    """Refuse an answer longer than anybody reads: each place is told by up to four keyframes. Raises: BadParams."""
    each = [1 + sum(anchor.numbers for anchor in keyframe.point.anchors()) for keyframe in told.keyframes]
    numbers = sum(each[number] for here in heres for number in here.weights)
    if numbers > MOST_NUMBERS:
        raise BadParams(
            f"the places of these {len(heres)} times take {numbers:,} numbers to tell; an answer has {MOST_NUMBERS:,} "
            "at most",
            pointer="#/at",
            remedy="Ask for fewer times at once; or keep the places as samples, and name those.",
            most=max(1, len(heres) * MOST_NUMBERS // numbers),
        )


def _seen(route: Route, told: Recipe, at_s: float, here: Here, *, measured: bool) -> Seen:
    point = route.point(here, points=[keyframe.point for keyframe in told.keyframes])
    return Seen(
        at_s=at_s,
        model_id=here.model_id,
        point=point.model_dump(mode="json", exclude_defaults=True),
        psi=here.psi,
        blend=None if here.with_id is None else Blend(with_id=here.with_id, t=here.t),
        measured=measured,
    )


def _shaped(tx: Tx, rows: list[journeys.Journey]) -> list[Journey]:
    ids = [row.id for row in rows]
    films, latest = tx.videos.of_journeys(ids), tx.journeys.jobs_of(ids)
    found = []
    for row in rows:
        job = tx.jobs.get(latest[row.id]) if row.id in latest else None
        named = {name: getattr(row, name) for name in ("id", "name", "created_at", "changed_at", "revision")}
        told = {
            "recipe": short(tx, Recipe.model_validate(row.recipe)).as_json(),
            "videos": [video(tx, film) for film in films.get(row.id, ())],
            "job": shapes.job(job) if job is not None else None,
        }
        found.append(Journey.model_validate({**named, **told}))
    return found
