"""Which moment of a training is best: its ranking, blind choices between pairs, and the next pair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from api.deps import Opened
from api.learnt import Learnt
from api.problems import answers
from api.schemas.moments import Moment, MomentBest, MomentChosen, MomentPair, Moments
from jobs.errors import BadParams, Conflict
from jobs.state import ENDED
from store.moments import MomentChoice, unmeasured
from store.rows import snapshot_id
from store.tx import Tx

if TYPE_CHECKING:
    from kinds.train.pairs import Belief
    from kinds.train.ranking import Ranking

router = APIRouter(prefix="/jobs/{job_id}/moments", tags=["moments"])
FEWEST = 2
Position = Annotated[int, Path(ge=0, lt=2**31 - 1)]


@router.get("", responses=answers(404, 422))
def look(job_id: UUID, store: Opened) -> Moments:
    """Rank the moments of a training by what was measured and what was chosen; say how certain that is, and why."""
    with store.read() as tx:
        return _answer(tx, Learnt.read(tx, job_id))


@router.get("/pair", responses=answers(404, 409, 422))
def ask(job_id: UUID, store: Opened) -> MomentPair:
    """Give the pair whose comparison tells most; the same one until it was answered. 409 where there are no two."""
    with store.read() as tx:
        return _pair(tx, Learnt.read(tx, job_id))


@router.post("/choices", status_code=201, responses=answers(400, 404, 409, 422))
def choose(job_id: UUID, body: MomentChosen, store: Opened) -> Moments:
    """Answer a pair. The same answer again changes nothing; another one to the same question is 409."""
    with store.begin() as tx:
        learnt = Learnt.read(tx, job_id)
        before = tx.moments.at(job_id, body.position)
        if before is None or not _same(before, body):
            tx.moments.add(_choice(learnt, body))
    return look(job_id, store)


@router.delete("/choices/{position}", responses=answers(404, 409, 422))
def take_back(job_id: UUID, position: Position, store: Opened) -> Moments:
    """Take the last choice back; `position` is its own, so that no other one goes in its place."""
    with store.begin() as tx:
        tx.jobs.get(job_id)
        tx.moments.take_back(job_id, position)
    return look(job_id, store)


@router.delete("/choices", responses=answers(404, 422))
def begin_again(job_id: UUID, store: Opened) -> Moments:
    """Forget all choices of a training."""
    with store.begin() as tx:
        tx.jobs.get(job_id)
        tx.moments.begin_again(job_id)
    return look(job_id, store)


def _same(before: MomentChoice, body: MomentChosen) -> bool:
    """Whether an answer was given before, be it to moments that are gone by now."""
    left, right = (snapshot_id(before.job_id, step) for step in (before.left_step, before.right_step))
    return (left, right, before.place, before.chosen) == (body.left, body.right, body.place, body.chosen)


def _choice(learnt: Learnt, body: MomentChosen) -> MomentChoice:
    """Check an answer. Raises: BadParams, if it is not about two moments of this training."""
    left, right = learnt.step_of(body.left, pointer="#/left"), learnt.step_of(body.right, pointer="#/right")
    if left == right:
        raise BadParams("both are the same moment", pointer="#/right", remedy="Ask for the next pair.")
    if body.place >= learnt.places(left, right):
        raise BadParams("their sheets have no such place", pointer="#/place", remedy="Ask for the next pair.")
    return MomentChoice(
        job_id=learnt.job_id,
        position=body.position,
        place=body.place,
        left_step=left,
        right_step=right,
        chosen=body.chosen,
    )


def _ranked(tx: Tx, learnt: Learnt) -> tuple[Ranking, Belief | None]:
    from kinds.train import ranking  # with it comes numpy, which nothing else of this process needs

    return ranking.ranked(
        {step: model.measures for step, model in learnt.models.items()}, tx.moments.tally(learnt.job_id)
    )


def _answer(tx: Tx, learnt: Learnt) -> Moments:
    from kinds.train.bests import number

    found, _ = _ranked(tx, learnt)
    listed = []
    for standing in found.standings:
        model = learnt.models[standing.step]
        own = {"model_id": model.id, "kept": model.kept, "kernel": number(model.measures, "kernel")}
        named = {name: getattr(standing, name) for name in Moment.model_fields if name not in own}
        listed.append(Moment.model_validate({**named, **own}))
    return Moments(
        choices=tx.moments.count(learnt.job_id),
        best=found.best,
        certainty=found.certainty,
        agree=found.agree,
        why=found.why,
        unmeasured=len(unmeasured([*learnt.models.values()])),
        measuring=tx.moments.measuring(learnt.job_id),
        bests=_bests(tx, learnt),
        moments=listed,
    )


def _bests(tx: Tx, learnt: Learnt) -> list[MomentBest]:
    from kinds.train import bests

    job, measures = tx.jobs.get(learnt.job_id), {step: model.measures for step, model in learnt.models.items()}
    listed = []
    from_base, learning = bool(job.params.get("base_model_id")), job.state not in ENDED
    for best in bests.bests(measures, from_base=from_base, learning=learning):
        model, of_it = (None, {}) if best.step is None else (learnt.models[best.step], measures[best.step] or {})
        own = {
            "model_id": model and model.id,
            "kept": model is not None and model.kept,
            "measures": {name: bests.number(of_it, name) for name in of_it},
        }
        named = {name: getattr(best, name) for name in MomentBest.model_fields if name not in own}
        listed.append(MomentBest.model_validate({**named, **own}))
    return listed


def _pair(tx: Tx, learnt: Learnt) -> MomentPair:
    from kinds.train import pairs, ranking

    if len(learnt.sheets) < FEWEST:
        raise Conflict(
            "There are no two moments to choose between." if learnt.models else "No moment is there yet.",
            remedy="Wait for the next one, or train longer.",
        )
    position, tally = tx.moments.count(learnt.job_id), tx.moments.tally(learnt.job_id)
    _, belief = _ranked(tx, learnt)
    steps = ranking.line(learnt.models, tally)
    if belief is None:
        raise AssertionError("there are moments")
    two = pairs.next_pair(belief, candidates=[steps.index(step) for step in learnt.sheets])
    turn = pairs.turn_of(learnt.job_id, position)
    one, other = (steps[index] for index in (two if turn.integers(2) else two[::-1]))
    seen = tx.moments.places(learnt.job_id, one, other)
    order = turn.permutation(learnt.places(one, other)).tolist()
    place = min(order, key=lambda place: seen[place])  # the first of the least seen
    return MomentPair(position=position, place=place, left=learnt.side(one), right=learnt.side(other))
