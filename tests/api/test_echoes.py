"""Echoes over HTTP: what a training remembers, where a photograph lives on, and what to do where nobody has looked."""

from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pytest

from jobs.ids import new_id
from kinds.echoes.files import IMPLIED, NEAR, NONE, PICTURE, Remembered, column_of, photos_of, read
from store.echoes import EchoRow
from store.rows import Job, Model
from store.store import Store
from store.tracing import Traced
from tests.api import rows
from tests.api.test_likeness import looked
from tests.store import making

Found = dict[str, Any]


@pytest.fixture
def seen(store: Store, ready: Found) -> list[str]:
    """The photographs of a dataset that was looked at."""
    return looked(store, ready["id"])


@pytest.fixture
def learning(store: Store, training: Found) -> Job:
    """The training, which runs."""
    return rows.begun(store, training["id"])


@pytest.fixture
def moments(store: Store, learning: Job) -> list[Model]:
    """Its moments so far."""
    return [rows.snapshot(store, learning, step)[0] for step in (0, 10, 20)]


# Of ten photographs, by moment: the likeness of the best picture in hundredths; which are nearest to pictures 0 to 4.
LIKENESS = {
    0: [90, 10, 10, 10, 10, 10, 10, 10, 10, 10],
    10: [20, 55, 40, 10, 10, 10, 10, 10, 10, 15],
    20: [30, 50, 80, 10, 60, 10, 10, 10, 10, 15],
}
NEAREST = {0: [0, 0, 0, 0, 0], 10: [1, 1, 1, 2, 2], 20: [2, 2, 4, 4, 1]}


def remembered(photos: list[UUID], step: int) -> Remembered:
    """What a moment remembers; the pictures' second nearest photograph is the last one."""
    near, pictures, implied = np.zeros(len(photos), NEAR), np.zeros(5, PICTURE), np.zeros(2, IMPLIED)
    near["photo"], near["seed"] = column_of(photos), np.arange(len(photos)) % 5
    near["likeness"] = np.array(LIKENESS[step][: len(photos)]) * 10_000
    near["mirrored"][2] = 1
    pictures["row"] = NONE
    pictures["row"][:, 0], pictures["row"][:, 1] = NEAREST[step], len(photos) - 1
    pictures["likeness"][:, 0], pictures["likeness"][:, 1] = 300_000, 200_000
    implied["seed"], implied["company"] = [3, 1], [7, 30]
    return Remembered(near=near, pictures=pictures, implied=implied)


def laid(store: Store, moment: Model, photos: list[str], **values: Any) -> EchoRow:
    """Keep what a moment remembers, as a worker does."""
    id = new_id()
    assert moment.job_id is not None
    assert moment.dataset_id is not None
    assert moment.step is not None
    path = remembered([UUID(photo) for photo in photos], moment.step).write(store.settings.folder / f"{id}.npy")
    stored = store.objects.put_file(path, kind="echoes", id=id, consume=True)
    told: dict[str, Any] = {"pictures": 500, "truncation_psi": 1.0, "version": 1, "hash": moment.hash}
    row = EchoRow(
        id=id,
        training_id=moment.job_id,
        dataset_id=moment.dataset_id,
        model_id=moment.id,
        step=moment.step,
        photos=len(photos),
        steps=[percent / 100 for percent in range(1, 101)],
        key=stored.key,
        size_bytes=stored.size_bytes,
        **told | values,
    )
    with store.begin() as tx:
        assert tx.echoes.put(row)
    return row


@pytest.fixture
def known(store: Store, seen: list[str], moments: list[Model]) -> list[EchoRow]:
    """All three moments were looked at."""
    return [laid(store, moment, seen) for moment in moments]


def asked(http: httpx.Client, training: Found, **words: Any) -> Found:
    answered = http.get(f"/jobs/{training['id']}/echoes", params=words)
    assert answered.status_code == 200, answered.text
    found: Found = answered.json()
    return found


def shown(found: Found, seen: list[str]) -> list[int]:
    return [seen.index(item["photo"]["id"]) for item in found["items"]]


def test_what_is_remembered_is_listed_with_its_echo(
    http: httpx.Client, training: Found, seen: list[str], moments: list[Model], known: list[EchoRow]
) -> None:
    found = asked(http, training)
    assert (found["photos"], found["pictures"], found["truncation_psi"]) == (10, 500, 1.0)
    assert found["moments"] == [{"model_id": str(one.id), "step": one.step} for one in moments]
    assert (found["remembered"], found["forgotten"], found["implied"]) == (3, 7, 2)
    assert found["missing"] == {"photos": 0, "moments": 0}
    assert (found["of"], found["next_cursor"], found["looking"]) == ("remembered", None, None)
    assert shown(found, seen) == [2, 4, 1]
    first, _, last = found["items"]
    assert (first["likeness"], first["percentile"], first["words"]) == (0.8, 80, "much alike")
    assert (first["mirrored"], first["pictures"], first["curve"]) == (True, 2, [0.1, 0.4, 0.8])
    point = {"anchor": {"seed": 2}, "psi": 1.0}
    assert first["echo"] == {"model_id": str(moments[2].id), "step": 20, "point": point}
    assert (last["echo"]["step"], last["pictures"], last["likeness"]) == (10, 3, 0.55)


def test_what_is_never_remembered_is_listed_in_pages(
    http: httpx.Client, training: Found, seen: list[str], known: list[EchoRow]
) -> None:
    whole = shown(asked(http, training, of="forgotten"), seen)
    assert whole == [3, 5, 6, 7, 8, 9, 0]  # the least alike first; what it knew before it learnt does not count
    paged, cursor = [], None
    while True:
        page = asked(http, training, of="forgotten", limit=3, **({"cursor": cursor} if cursor else {}))
        paged += shown(page, seen)
        cursor = page["next_cursor"]
        if cursor is None:
            break
        assert len(page["items"]) == 3
    assert paged == whole
    cursor = asked(http, training, of="forgotten", limit=3)["next_cursor"]
    for words in ({"of": "remembered", "cursor": cursor}, {"of": "implied", "cursor": cursor}, {"cursor": "x y"}):
        answered = http.get(f"/jobs/{training['id']}/echoes", params=words)
        assert (answered.status_code, answered.json()["type"]) == (422, "/problems/rejected")


def test_what_is_implied_is_listed_with_the_photographs_nearest_to_it(
    http: httpx.Client, training: Found, seen: list[str], moments: list[Model], known: list[EchoRow]
) -> None:
    found = asked(http, training, of="implied")
    assert [(item["point"]["anchor"]["seed"], item["company"]) for item in found["items"]] == [(1, 30), (3, 7)]
    first = found["items"][0]
    assert (first["model_id"], first["step"]) == (str(moments[2].id), 20)
    assert (first["likeness"], first["percentile"], first["words"]) == (0.3, 30, "hardly alike")
    assert [seen.index(photo["id"]) for photo in first["nearest"]] == [2, 9]


def test_what_was_withdrawn_is_told_at_once_and_kept_nowhere(
    http: httpx.Client, store: Store, training: Found, seen: list[str], known: list[EchoRow]
) -> None:
    http.delete(f"/photos/{seen[2]}").raise_for_status()
    found = asked(http, training)
    assert (found["photos"], found["remembered"], found["forgotten"]) == (9, 3, 6)
    assert shown(found, seen) == [4, 1, 9]  # what was second to it is the nearest now
    assert seen[2] not in str(asked(http, training, of="forgotten")) + str(asked(http, training, of="implied"))
    assert http.get(f"/photos/{seen[2]}/echoes").json()["type"] == "/problems/wrong_state"
    with store.read() as tx:
        rows_now = tx.echoes.of_training(UUID(training["id"]))
    for row, before in zip(rows_now, known, strict=True):
        assert (row.photos, row.created_at) == (9, before.created_at)
        assert UUID(seen[2]) not in photos_of(read(store.objects.path(row.key)).near)
        assert before.key not in [*store.objects.older_than(-1)]


def test_what_came_since_is_missing_until_the_job_adds_it(
    http: httpx.Client, store: Store, training: Found, learning: Job, seen: list[str], moments: list[Model]
) -> None:
    for moment in moments[1:]:
        laid(store, moment, seen[:8])
    found = asked(http, training)
    assert (found["photos"], found["missing"]) == (8, {"photos": 2, "moments": 1})
    assert found["items"][0]["curve"] == [0.4, 0.8]
    laid(store, moments[2], seen)
    found = asked(http, training, of="forgotten")
    assert (found["photos"], found["missing"]) == (10, {"photos": 2, "moments": 1})
    (late,) = [item for item in found["items"] if item["photo"]["id"] == seen[9]]
    assert late["curve"] == [None, 0.15]
    rows.snapshot(store, learning, 30)
    assert asked(http, training)["missing"]["moments"] == 2
    estimate = http.post("/jobs/estimate", json=found["job"]).json()["sentence"]
    assert estimate.endswith("500 pictures of each of 3 moments are drawn and looked at; none of them is kept.")


def test_files_that_are_gone_or_spoiled_and_weights_that_changed_are_looked_at_again(
    http: httpx.Client, store: Store, training: Found, seen: list[str], moments: list[Model], known: list[EchoRow]
) -> None:
    path = store.objects.path(known[2].key)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-4])
    laid(store, moments[1], seen, hash="f" * 64)
    found = asked(http, training)
    assert [one["step"] for one in found["moments"]] == [0]
    assert found["missing"] == {"photos": 0, "moments": 2}


def test_where_all_files_are_gone_the_job_is_to_be_posted_again(
    http: httpx.Client, store: Store, training: Found, seen: list[str], known: list[EchoRow]
) -> None:
    for row in known:
        store.objects.path(row.key).unlink()
    answered = http.get(f"/jobs/{training['id']}/echoes")
    assert (answered.status_code, answered.json()["type"]) == (409, "/problems/not_echoed")
    (one,) = http.get(f"/photos/{seen[0]}/echoes").json()["jobs"]
    assert one["training_id"] == training["id"]


def test_where_a_photograph_lives_on_is_told_of_each_training(
    http: httpx.Client, store: Store, training: Found, seen: list[str], moments: list[Model], known: list[EchoRow]
) -> None:
    drawing = making.running(store, kind="generate")
    samples = rows.samples(store, drawing, moments[2], count=3)
    traced = [
        Traced(sample_id=sample.id, nearest_id=UUID(seen[1]), likeness=likeness, nearness=percent)
        for sample, likeness, percent in zip(samples[:2], (0.5, 0.9), (40, 99), strict=True)
    ]
    with store.begin() as tx:
        tx.tracing.trace(UUID(training["dataset_id"]), traced, by=new_id())
    found = http.get(f"/photos/{seen[1]}/echoes").json()
    assert (found["photo_id"], found["jobs"]) == (seen[1], [])
    (item,) = found["items"]
    assert (item["training_id"], item["name"], item["remembered"]) == (training["id"], "Father's pictures", True)
    assert (item["percentile"], item["words"], item["mirrored"], item["pictures"]) == (55, "a little alike", False, 3)
    assert (item["best"]["step"], item["best"]["likeness"], item["best"]["point"]["anchor"]) == (10, 0.55, {"seed": 1})
    assert [(one["step"], one["likeness"]) for one in item["moments"]] == [(0, 0.1), (10, 0.55), (20, 0.5)]
    assert [(one["sample"]["id"], one["likeness"], one["words"]) for one in found["samples"]] == [
        (str(samples[1].id), 0.9, "nearly a copy"),
        (str(samples[0].id), 0.5, "its own picture"),
    ]
    (never,) = http.get(f"/photos/{seen[0]}/echoes").json()["items"]
    assert (never["remembered"], never["pictures"], never["best"]["step"], never["best"]["likeness"]) == (
        False,
        0,
        20,
        0.3,
    )


def test_a_photograph_that_came_after_the_training_is_of_none_of_its_echoes(
    http: httpx.Client, store: Store, training: Found, seen: list[str], known: list[EchoRow]
) -> None:
    http.post(f"/datasets/{training['dataset_id']}/choices", json={"exclude": [seen[9]]}).raise_for_status()
    late = rows.photos(store, training["dataset_id"], count=1)[0]
    found = http.get(f"/photos/{late.id}/echoes").json()
    assert (found["items"], found["jobs"], found["samples"]) == ([], [], [])
    assert asked(http, training)["photos"] == 10  # what was left out since was seen all the same


def test_another_number_of_pictures_is_told_once_it_has_come_as_far(
    http: httpx.Client, store: Store, training: Found, seen: list[str], moments: list[Model], known: list[EchoRow]
) -> None:
    for moment in moments[:2]:
        laid(store, moment, seen, pictures=900)
    assert asked(http, training)["pictures"] == 500
    laid(store, moments[2], seen, pictures=900)
    found = asked(http, training)
    assert (found["pictures"], found["job"]["count"]) == (900, 900)


def test_a_training_that_nobody_has_asked_says_what_to_post(
    http: httpx.Client, training: Found, seen: list[str], moments: list[Model]
) -> None:
    answered = http.get(f"/jobs/{training['id']}/echoes")
    said = answered.json()
    assert (answered.status_code, said["type"]) == (409, "/problems/not_echoed")
    assert said["detail"] == "Nobody has looked for what this training remembers. It takes about a minute."
    assert said["job"] == {"kind": "echoes", "training_id": training["id"], "count": 500, "truncation_psi": 1.0}
    posted = http.post("/jobs", json=said["job"])
    assert posted.status_code == 202, posted.text
    assert (posted.json()["kind"], posted.json()["dataset_id"]) == ("echoes", training["dataset_id"])
    assert http.get(f"/jobs/{training['id']}/echoes").json()["looking"] == posted.json()["id"]
    asked = http.get(f"/photos/{seen[0]}/echoes").json()
    assert asked["items"] == asked["samples"] == []
    (one,) = asked["jobs"]
    assert (one["training_id"], one["name"], one["looking"]) == (
        training["id"],
        "Father's pictures",
        posted.json()["id"],
    )
    assert (one["job"], one["takes"]) == (said["job"], "About a minute")


def test_an_archive_that_nobody_has_looked_at_is_looked_at_first(
    http: httpx.Client, store: Store, training: Found, moments: list[Model]
) -> None:
    answered = http.get(f"/jobs/{training['id']}/echoes")
    assert (answered.status_code, answered.json()["type"]) == (409, "/problems/not_looked")
    assert answered.json()["job"] == {"kind": "index", "dataset_id": training["dataset_id"]}
    with store.read() as tx:
        photo = tx.features.sources(UUID(training["dataset_id"]))[0].photo_id
    assert http.get(f"/photos/{photo}/echoes").json()["type"] == "/problems/not_looked"
    refused = http.post("/jobs", json={"kind": "echoes", "training_id": training["id"]})
    assert refused.status_code == 409
    assert refused.json()["detail"].startswith("Nobody has looked at the photographs")


def test_a_training_without_a_moment_that_has_learnt_cannot_be_asked(
    http: httpx.Client, store: Store, training: Found, learning: Job, seen: list[str]
) -> None:
    rows.snapshot(store, learning, 0)
    for answered in (
        http.get(f"/jobs/{training['id']}/echoes"),
        http.post("/jobs", json={"kind": "echoes", "training_id": training["id"]}),
    ):
        assert (answered.status_code, answered.json()["type"]) == (409, "/problems/conflict")
        assert answered.json()["detail"].startswith("This training has kept no moment")
    assert http.get(f"/photos/{seen[0]}/echoes").json()["jobs"] == []


def test_an_archive_that_was_deleted_cannot_be_compared(
    http: httpx.Client, store: Store, training: Found, learning: Job, moments: list[Model]
) -> None:
    rows.end(store, learning)
    assert http.delete(f"/datasets/{training['dataset_id']}").status_code == 204
    answered = http.get(f"/jobs/{training['id']}/echoes")
    assert answered.status_code == 409
    assert answered.json()["detail"] == "The archive of this training was deleted, and its photographs with it."


@pytest.mark.parametrize("body", [{"count": 99}, {"count": 5001}, {"count": 200.5}, {"truncation_psi": 1.1}, {"a": 1}])
def test_what_cannot_be_asked_is_said(
    http: httpx.Client, training: Found, seen: list[str], moments: list[Model], body: Found
) -> None:
    asked = {"kind": "echoes", "training_id": training["id"], **body}
    assert http.post("/jobs", json=asked).status_code == 422


def test_what_is_not_there_is_not_found(http: httpx.Client, training: Found, seen: list[str], moments: Any) -> None:
    reading = next(job["id"] for job in http.get("/jobs?kind=ingest").json()["items"])
    for id in (new_id(), reading):
        assert http.get(f"/jobs/{id}/echoes").status_code == 404
    assert http.get(f"/photos/{new_id()}/echoes").status_code == 404
    assert http.post("/jobs", json={"kind": "echoes", "training_id": reading}).status_code == 422
    assert http.get(f"/jobs/{training['id']}/echoes?of=lost").status_code == 422
    assert http.get(f"/jobs/{training['id']}/echoes?limit=0").status_code == 422
