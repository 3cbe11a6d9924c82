"""The base models that come with the program are registered, however often it starts."""

import json
from pathlib import Path

import pytest

from jobs.errors import NotFound, Rejected
from jobs.ids import new_id
from store.store import Store
from tests.store import making
from tests.store.making import file

FACTS = {"format": 1, "resolution": 64, "z_dim": 128, "licence": {"spdx": "CC0-1.0", "terms": "Free for all."}}


def base(where: Path, called: str, /, weights: bytes = b"weights", **facts: object) -> Path:
    folder = where / called
    file(folder, json.dumps({**FACTS, **facts}).encode(), name="model.json")
    file(folder, weights, name="generator.safetensors")
    return folder


def test_each_model_folder_becomes_a_bundled_model(store: Store, tmp_path: Path) -> None:
    base(tmp_path / "bases", "faces")
    base(tmp_path / "bases", "things", name="Things at 64", weights=b"others")
    file(tmp_path / "bases", name="README.md")
    (tmp_path / "bases" / "empty").mkdir()
    faces, things = store.bundled(tmp_path / "bases")
    assert (faces.name, faces.bundled, faces.resolution, faces.parent_id) == ("Faces", True, 64, None)
    assert (faces.licence, faces.terms) == ("CC0-1.0", "Free for all.")
    assert faces.facts == FACTS
    assert faces.size_bytes == sum(path.stat().st_size for path in (tmp_path / "bases" / "faces").iterdir())
    assert things.name == "Things at 64"
    laid = store.objects.folder(faces.files, tmp_path / "laid")
    assert (laid / "generator.safetensors").read_bytes() == b"weights"
    with store.read() as tx:
        assert {model.id for model in tx.models.page(bundled=True).items} == {faces.id, things.id}


def test_a_second_start_changes_nothing_and_a_lost_file_comes_back(store: Store, tmp_path: Path) -> None:
    base(tmp_path / "bases", "faces")
    (first,) = store.bundled(tmp_path / "bases")
    with store.begin() as tx:
        kept = tx.models.keep(first.id)
    store.objects.delete(first.files["generator.safetensors"])
    assert store.bundled(tmp_path / "bases") == [kept]
    assert store.objects.path(first.files["generator.safetensors"]).read_bytes() == b"weights"


def test_a_better_base_takes_the_place_of_the_one_before(store: Store, tmp_path: Path) -> None:
    base(tmp_path / "bases", "faces")
    (first,) = store.bundled(tmp_path / "bases")
    base(tmp_path / "bases", "faces", weights=b"better")
    (second,) = store.bundled(tmp_path / "bases")
    with store.read() as tx:
        assert [model.id for model in tx.models.page().items] == [second.id]
    with pytest.raises(NotFound):
        store.objects.path(first.files["generator.safetensors"])


@pytest.mark.parametrize("use", ["child", "job", "sample", "kept"])
def test_a_base_that_something_came_of_stays_and_can_come_back(store: Store, tmp_path: Path, use: str) -> None:
    base(tmp_path / "bases", "faces")
    (first,) = store.bundled(tmp_path / "bases")
    running = making.running(store)
    with store.begin() as tx:
        if use == "child":
            tx.models.add(making.model(parent_id=first.id))
        elif use == "job":
            tx.jobs.add(id=new_id(), kind="generate", params={}, pins={}, model_id=first.id)
        elif use == "sample":
            tx.samples.add_many(running.id, running.attempt, [making.sample(running, 0, first.id)])
        else:
            tx.models.keep(first.id)
    base(tmp_path / "bases", "faces", weights=b"better")
    (second,) = store.bundled(tmp_path / "bases")
    with store.read() as tx:
        assert (tx.models.get(first.id).bundled, tx.models.get(second.id).bundled) == (False, True)
    base(tmp_path / "bases", "faces")
    store.bundled(tmp_path / "bases")
    with store.read() as tx:
        assert [model.id for model in tx.models.page(bundled=True).items] == [first.id]


def test_no_bases_are_no_models(store: Store, tmp_path: Path) -> None:
    assert store.bundled(tmp_path / "absent") == []


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"resolution": "big"}', b'{"resolution": 64, "licence": "x"}']
)
def test_a_damaged_base_is_told(store: Store, tmp_path: Path, content: bytes) -> None:
    file(tmp_path / "bases" / "faces", content, name="model.json")
    with pytest.raises(Rejected, match=r"faces/model\.json"):
        store.bundled(tmp_path / "bases")


def test_a_base_is_recognised_by_its_sheet(store: Store, tmp_path: Path) -> None:
    folder = base(tmp_path / "bases", "faces")
    file(folder, b"a picture", name="sheet.png")
    (faces,) = store.bundled(tmp_path / "bases")
    assert faces.sheet_key is not None
    assert store.objects.path(faces.sheet_key).read_bytes() == b"a picture"
    assert set(faces.files) == {"model.json", "generator.safetensors"}
