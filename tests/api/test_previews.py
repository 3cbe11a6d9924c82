"""Looking at a journey before it is made, and proposing one: whatever is asked, there are numbers or words."""

import json
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.proposing import check_time, timed
from api.schemas.journeys import Proposal
from jobs.errors import BadParams
from jobs.touring import Toured
from store.soundtracks import Soundtrack
from store.store import Store
from tests.api.test_journeys import keyframe, made, recipe, refused
from tests.store import making


def deep(depth: int) -> dict[str, Any]:
    """A point whose anchors stand so deep."""
    anchor: dict[str, Any] = {"seed": 1}
    for _ in range(depth - 1):
        anchor = {"point": {"anchor": anchor, "x": 0.5}}
    return {"anchor": anchor, "x": 0.25}


@pytest.mark.parametrize("depth", [14, 15, 16])
def test_a_preview_of_places_as_deep_as_they_may_be(http: httpx.Client, base: str, depth: int) -> None:
    keyframes = [{**keyframe(2.0 * number, base), "point": deep(depth)} for number in range(3)]
    asked = {"recipe": recipe(base, keyframes=keyframes), "at": [0.0, 1.0, 2.5, 5.9]}
    answer = http.post("/journeys/preview", json=asked)
    assert answer.status_code == 200, answer.text
    assert len(answer.json()) == 4
    assert refused(http.post("/journeys/preview", json={**asked, "recipe": recipe(base, keyframes=[])}), 422)
    keyframes[0]["point"] = deep(17)
    assert refused(http.post("/journeys/preview", json={**asked, "recipe": recipe(base, keyframes=keyframes)}), 422)


@pytest.mark.parametrize("gap", [1e-320, 5e-324, 0.001])
def test_keyframes_without_time_between_them_are_refused_wherever_a_recipe_goes(
    http: httpx.Client, base: str, gap: float
) -> None:
    tight = recipe(base, keyframes=[keyframe(0.0, base), keyframe(gap, base, seed=1), keyframe(3.0, base, seed=2)])
    row = made(http, base)
    for answer in (
        http.post("/journeys/preview", json={"recipe": tight, "at": [0.0, gap, 1.0]}),
        http.post("/journeys", json={"recipe": tight}),
        http.put(f"/journeys/{row['id']}", json={"recipe": tight, "revision": 0}),
        http.post("/jobs", json={"kind": "journey", "recipe": tight}),
        http.post("/jobs/estimate", json={"kind": "journey", "recipe": tight}),
        http.post("/jobs", json={"kind": "compose", "recipe": tight}),
    ):
        told = refused(answer, 422)
        assert told["errors"][0]["pointer"] == "#/recipe/keyframes/1/at_s"
        assert "0.01 s" in told["detail"]


def test_a_preview_that_would_be_longer_than_anybody_reads_is_refused_in_words(http: httpx.Client, base: str) -> None:
    """Of 18 layers of 512 numbers each, two hundred times would take megabytes a keyframe: it says how many may be."""
    latents = {"anchor": {"w": [[0] * 512] * 18}}
    keyframes = [{**keyframe(0.5 * number, base), "point": latents} for number in range(60)]
    long = recipe(base, duration_s=60.0, keyframes=keyframes)
    times = [0.3 * number for number in range(200)]
    told = refused(http.post("/journeys/preview", json={"recipe": long, "at": times}), 422)
    assert told["errors"][0]["pointer"] == "#/at"
    assert 1 <= told["most"] < 20
    some = http.post("/journeys/preview", json={"recipe": long, "at": times[: told["most"]]})
    assert some.status_code == 200, some.text
    assert len(some.content) < 10_000_000
    short = recipe(base, duration_s=60.0, keyframes=[keyframe(0.3 * n, base, seed=n) for n in range(200)])
    assert len(http.post("/journeys/preview", json={"recipe": short, "at": times}).json()) == 200


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.floats(0, 20), min_size=1, max_size=6),
    st.lists(st.sampled_from([0.0, 1e-320, 0.005, 0.01, 1.0]), min_size=6, max_size=6),
    st.floats(0.5, 25),
    st.booleans(),
    st.lists(st.floats(0, 30), min_size=1, max_size=5),
    st.sampled_from(["none", "bars", "beats"]),
)
def test_whatever_is_asked_of_a_preview_it_answers_with_numbers_or_in_words(
    http: httpx.Client,
    store: Store,
    base: str,
    times: list[float],
    holds: list[float],
    duration_s: float,
    loop: bool,
    at: list[float],
    snap: str,
) -> None:
    keyframes = [
        keyframe(time, base, seed=n, hold_s=holds[n], ease=("smooth", "in")[n % 2])
        for n, time in enumerate(sorted(times))
    ]
    music = {"id": heard(store), "snap": snap}
    asked = recipe(base, keyframes=keyframes, loop=loop, duration_s=duration_s, soundtrack=music)
    answer = http.post("/journeys/preview", json={"recipe": asked, "at": at})
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 422:
        assert answer.json()["errors"][0]["detail"]
        return
    for one in answer.json():
        assert 0 <= one["psi"] <= 1
        for term in one["point"]["anchor"].get("sum", ()):
            assert abs(term["weight"]) < 3
    posted = http.post("/jobs/estimate", json={"kind": "journey", "recipe": asked})
    assert posted.status_code in (200, 422), posted.text


def heard(store: Store) -> str:
    """A soundtrack with few bars, the one there is or a new one."""
    row = Soundtrack(
        id=UUID(int=77),
        job_id=making.job(store, kind="listen").id,
        name="Bars",
        state="ready",
        media_type="audio/flac",
        key="soundtracks/x",
        sha256="0" * 64,
        size_bytes=10,
        duration_s=1000.0,
        heard={"beats": [0.0, 0.5, 3.0, 3.001], "bars": [0.0]},
    )
    with store.begin() as tx:
        if not tx.soundtracks.there(row.id):
            tx.soundtracks.add(row)
    return str(row.id)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from([0.0, 1e-300, 1e-6, 0.4, 30.0]), min_size=1, max_size=199),
    st.floats(0.5, 1800),
    st.booleans(),
)
def test_a_proposal_is_a_recipe_that_is_taken_however_many_places_and_however_little_time(
    apart: list[float], duration_s: float, loop: bool
) -> None:
    count = len(apart) + (0 if loop else 1)
    if count < 2:
        return
    asked = {"model_id": str(uuid4()), "from": {"seeds": count}, "duration_s": duration_s, "loop": loop}
    body = Proposal.model_validate_json(json.dumps(asked))
    if duration_s < 0.01 * len(apart):
        with pytest.raises(BadParams, match="places in"):
            check_time(body, count)
        return
    check_time(body, count)
    found = timed(body, [], Toured(order=tuple(range(count)), apart=tuple(apart)))
    found.check_apart()
    assert len(found.keyframes) == count
