"""Which moment is best, over REST: the ranking, pairs, choices, and what is no choice."""

from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from jobs.ids import new_id
from jobs.state import State
from store import tables as t
from store.moments import MomentChoice
from store.rows import Job, columns
from store.store import Store
from tests.api import rows

STEPS = (0, 5, 10, 20)
KNOWN = {"variety": 0.4, "variety_of_archive": 0.5}


def learnt(store: Store, id: str, *, steps: tuple[int, ...] = STEPS) -> Job:
    """A training that runs, and has kept these moments."""
    job = rows.begun(store, id)
    for step in steps:
        rows.snapshot(store, job, step)
    return job


def ended(store: Store, id: str, **values: Any) -> Job:
    job = learnt(store, id, **values)
    rows.end(store, job)
    return job


def address(training: dict[str, Any]) -> str:
    return f"/jobs/{training['id']}/moments"


def pair(http: httpx.Client, training: dict[str, Any]) -> dict[str, Any]:
    answered = http.get(f"{address(training)}/pair")
    assert answered.status_code == 200, answered.text
    found: dict[str, Any] = answered.json()
    return found


def answered(asked: dict[str, Any], chosen: str = "left") -> dict[str, Any]:
    sides = {side: asked[side]["model_id"] for side in ("left", "right")}
    return {"position": asked["position"], "place": asked["place"], **sides, "chosen": chosen}


def told(answer: httpx.Response, status: int, pointer: str | None = None) -> str:
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert pointer is None or problem["errors"][0]["pointer"] == pointer
    detail: str = problem["detail"]
    return detail


def test_choices_lead_to_a_moment_with_reasons(http: httpx.Client, store: Store, training: dict[str, Any]) -> None:
    ended(store, training["id"])
    before = http.get(address(training)).json()
    assert (before["choices"], before["best"], before["certainty"], before["unmeasured"]) == (0, None, None, 4)
    by_id = {one["model_id"]: one["step"] for one in before["moments"]}
    assert sorted(by_id.values()) == [*STEPS]
    for position in range(12):
        asked = pair(http, training)
        assert asked["position"] == position
        assert pair(http, training) == asked  # until it was answered
        later = max(("left", "right"), key=lambda side: by_id[asked[side]["model_id"]])
        posted = http.post(f"{address(training)}/choices", json=answered(asked, later))
        assert posted.status_code == 201, posted.text
    found = http.get(address(training)).json()
    assert posted.json() == found
    assert (found["choices"], found["best"], found["agree"]) == (12, 20, None)
    assert found["why"] == "The choice of 12 pairs; nothing was measured."
    first = found["moments"][0]
    assert (first["step"], first["rank"], first["kept"], first["passed"]) == (20, 1, False, 0)
    assert first["chance"] > 0.5
    assert found["certainty"] in ("likely", "sure")


def test_a_pair_is_the_same_place_of_two_sheets(http: httpx.Client, store: Store, training: dict[str, Any]) -> None:
    ended(store, training["id"])
    sheets = {sheet["model_id"]: sheet for sheet in http.get(f"/jobs/{training['id']}/sheets").json()}
    assert {sheet["step"] for sheet in sheets.values()} == {*STEPS}  # each moment has one
    seen = set()
    for _ in range(8):
        asked = pair(http, training)
        for side in (asked["left"], asked["right"]):
            assert side.items() <= sheets[side["model_id"]].items()
            assert asked["place"] < side["rows"] * side["columns"]
            assert "step" not in side
        seen.add((frozenset({asked["left"]["model_id"], asked["right"]["model_id"]}), asked["place"]))
        assert http.post(f"{address(training)}/choices", json=answered(asked, "neither")).is_success
    assert len(seen) == 8  # none twice


def test_measures_rank_where_nothing_was_chosen(http: httpx.Client, store: Store, training: dict[str, Any]) -> None:
    job = learnt(store, training["id"])
    with store.begin() as tx:
        for model in tx.models.of_job(job.id):
            kernel = {0: 0.5, 5: 0.1, 10: 0.2, 20: 0.3}[model.step or 0]
            tx.models.set_measures(model.id, {"kernel": kernel, **KNOWN}, job_id=job.id, attempt=job.attempt)
    found = http.get(address(training)).json()
    assert [one["step"] for one in found["moments"]] == [5, 10, 20, 0]
    assert (found["best"], found["unmeasured"], found["measuring"]) == (5, 0, None)
    first = found["moments"][0]
    assert (first["measured_rank"], first["kernel"], first["variety"]) == (1, 0.1, pytest.approx(0.8))
    assert first["why"] == "Nearest to the archive, 80 % as various as it."
    curves = http.get(f"/jobs/{training['id']}/curves").json()["measures"]
    assert [(point["step"], point["metrics"]["kernel"]) for point in curves] == [
        (0, 0.5),
        (5, 0.1),
        (10, 0.2),
        (20, 0.3),
    ]


def test_the_same_answer_twice_is_one_and_two_tabs_do_not_fight(
    http: httpx.Client, store: Store, training: dict[str, Any]
) -> None:
    ended(store, training["id"])
    asked, choices = pair(http, training), f"{address(training)}/choices"
    once = http.post(choices, json=answered(asked))
    assert http.post(choices, json=answered(asked)).json() == once.json()
    assert once.json()["choices"] == 1
    assert "answered elsewhere" in told(http.post(choices, json=answered(asked, "right")), 409)
    second = pair(http, training)
    assert http.post(choices, json=answered(second)).json()["choices"] == 2
    assert http.delete(f"{choices}/1").json()["choices"] == 1
    assert pair(http, training) == second
    assert "no such choice" in told(http.delete(f"{choices}/1"), 404)
    assert "taken back" in told(http.post(choices, json=answered(second) | {"position": 2}), 409)
    assert http.post(choices, json=answered(second)).is_success
    assert "later choices" in told(http.delete(f"{choices}/0"), 409)
    assert http.delete(choices).json()["choices"] == 0
    assert http.delete(choices).json()["choices"] == 0
    assert pair(http, training) == asked


def test_what_is_no_choice_is_told(http: httpx.Client, store: Store, training: dict[str, Any], base: str) -> None:
    ended(store, training["id"])
    body, choices = answered(pair(http, training)), f"{address(training)}/choices"
    again = {"kind": "train", "dataset_id": training["dataset_id"], "base_model_id": base, "steps": 20}
    other = http.post("/jobs", json=again).json()
    ended(store, other["id"])
    of_another = answered(pair(http, other))
    for bad, pointer in (
        (of_another, "#/left"),
        ({"right": of_another["right"]}, "#/right"),
        ({"left": base}, "#/left"),
        ({"right": body["left"]}, "#/right"),
        ({"place": 28}, "#/place"),
        ({"place": -1}, "#/place"),
        ({"position": -1}, "#/position"),
        ({"position": 2**40}, "#/position"),
        ({"chosen": "both"}, "#/chosen"),
        ({"left": "here"}, "#/left"),
        ({"step": 5}, "#/step"),
    ):
        told(http.post(choices, json=body | bad), 422, pointer)
    assert http.get(address(training)).json()["choices"] == 0
    nowhere = f"/jobs/{new_id()}/moments"
    for answer in (
        http.get(nowhere),
        http.get(f"{nowhere}/pair"),
        http.post(f"{nowhere}/choices", json=body),
        http.delete(f"{nowhere}/choices/0"),
        http.delete(f"{nowhere}/choices"),
    ):
        told(answer, 404)


def test_before_there_are_two_moments_there_is_no_pair(
    http: httpx.Client, store: Store, training: dict[str, Any]
) -> None:
    assert http.get(address(training)).json()["why"] == "No moment is there yet."
    assert "No moment" in told(http.get(f"{address(training)}/pair"), 409)
    job = learnt(store, training["id"], steps=(0,))
    assert "no two moments" in told(http.get(f"{address(training)}/pair"), 409)
    rows.snapshot(store, job, 5)
    assert pair(http, training)["position"] == 0


def test_moments_that_are_deleted_meanwhile_are_asked_for_no_more(
    http: httpx.Client, store: Store, training: dict[str, Any]
) -> None:
    ended(store, training["id"])
    asked, choices = pair(http, training), f"{address(training)}/choices"
    first = answered(asked)
    assert http.post(choices, json=first).is_success
    second = answered(pair(http, training))
    gone = second["left"]
    assert http.delete(f"/models/{gone}").status_code == 204
    assert "deleted" in told(http.post(choices, json=second), 422, "#/left")
    next_one = pair(http, training)
    assert gone not in (next_one["left"]["model_id"], next_one["right"]["model_id"])
    for model_id in (first["left"], first["right"]):
        http.delete(f"/models/{model_id}")
    assert http.post(choices, json=first).json()["choices"] == 1  # it was said before they went
    left = http.get(address(training)).json()["moments"]
    assert {one["model_id"] for one in left}.isdisjoint({gone, first["left"], first["right"]})
    for one in left:
        http.delete(f"/models/{one['model_id']}")
    found = http.get(address(training)).json()
    assert (found["moments"], found["best"]) == ([], None)
    told(http.get(f"{address(training)}/pair"), 409)
    assert len(http.get(f"/jobs/{training['id']}/sheets").json()) == len(STEPS)  # what it was like is still seen


def test_ten_thousand_choices_are_borne(http: httpx.Client, store: Store, training: dict[str, Any]) -> None:
    job = ended(store, training["id"])
    made = []
    for position in range(10_000):
        left, right = STEPS[position % 4], STEPS[(position + 1 + position // 4 % 3) % 4]
        chosen = "left" if left > right else "right" if position % 7 else "neither"
        choice = MomentChoice(
            job_id=job.id, position=position, place=0, left_step=left, right_step=right, chosen=chosen
        )
        made.append(columns(choice))
    with store.begin() as tx:
        tx.connection.execute(sa.insert(t.moment_choices), made)
    found = http.get(address(training)).json()
    assert (found["choices"], found["best"], found["certainty"]) == (10_000, 20, "sure")
    assert pair(http, training)["position"] == 10_000


def test_a_job_that_is_no_training_has_no_moments(http: httpx.Client, base: str) -> None:
    drawing = http.post("/jobs", json={"kind": "generate", "model_id": base, "count": 1, "seed": 0}).json()
    assert http.get(address(drawing)).json()["moments"] == []
    told(http.get(f"{address(drawing)}/pair"), 409)
    assert "no training" in told(
        http.post("/jobs", json={"kind": "measure", "training_id": drawing["id"]}), 422, "#/training_id"
    )


def test_measuring_is_posted_once_there_is_something_to_measure(
    http: httpx.Client, store: Store, training: dict[str, Any]
) -> None:
    asked = {"kind": "measure", "training_id": training["id"]}
    assert "no moment" in told(http.post("/jobs", json=asked), 409)
    job = learnt(store, training["id"])
    estimate = http.post("/jobs/estimate", json=asked).json()
    assert (estimate["fits"], estimate["snapshots"]) == (True, [])
    rows.end(store, job)
    posted = http.post("/jobs", json=asked)
    assert (posted.status_code, posted.json()["dataset_id"]) == (202, training["dataset_id"])
    assert http.get(address(training)).json()["measuring"] == posted.json()["id"]
    measure = rows.begun(store, posted.json()["id"])
    with store.begin() as tx:
        for model in tx.models.of_job(job.id):
            tx.models.set_measures(model.id, {"kernel": 0.1, **KNOWN}, job_id=measure.id, attempt=measure.attempt)
    rows.end(store, measure, State.SUCCEEDED)
    assert http.get(address(training)).json()["measuring"] is None
    assert "All moments" in told(http.post("/jobs", json=asked), 409)
    told(http.post("/jobs", json=asked | {"training_id": str(new_id())}), 404)


def test_without_its_archive_a_training_is_not_measured(
    http: httpx.Client, store: Store, training: dict[str, Any]
) -> None:
    ended(store, training["id"])
    assert http.delete(f"/datasets/{training['dataset_id']}").status_code == 204
    refused = http.post("/jobs", json={"kind": "measure", "training_id": training["id"]})
    assert "archive of this training was deleted" in told(refused, 409)
    assert pair(http, training)["position"] == 0  # to choose is possible all the same
