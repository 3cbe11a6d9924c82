"""The data folder: made when it is not there, refused when it is not ours."""

import json
from pathlib import Path

import pytest

from jobs.errors import DataFolderError
from store.folder import FORMAT, prepare
from store.settings import Settings
from store.store import Store
from tests.store.making import file


def test_a_new_folder_is_made_and_opened_again(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    for _ in range(2):
        with Store.open(Settings(data=folder)) as store:
            store.migrate()
    assert json.loads((folder / "reverie.json").read_text()) == {"format": FORMAT, "program": "reverie"}
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {"objects", "scratch", "cache", "uploads"}
    assert (folder / "reverie.db").exists()


def test_a_folder_that_only_holds_a_lock_is_taken(tmp_path: Path) -> None:
    for name in ("lock", ".DS_Store", "reverie.db"):
        file(tmp_path, b"", name=name)
    prepare(tmp_path)
    assert (tmp_path / "reverie.json").exists()


def test_a_newer_folder_is_refused_and_left_alone(tmp_path: Path) -> None:
    mark = file(tmp_path, json.dumps({"format": FORMAT + 1, "program": "reverie"}).encode(), name="reverie.json")
    with pytest.raises(DataFolderError, match=f"format {FORMAT + 1}") as refused:
        Store.open(Settings(data=tmp_path))
    assert "newer Reverie" in refused.value.remedy
    assert list(tmp_path.iterdir()) == [mark]


def test_a_folder_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    thesis = file(tmp_path, b"", name="thesis.doc")
    with pytest.raises(DataFolderError, match=r"thesis\.doc") as refused:
        Store.open(Settings(data=tmp_path))
    assert "REVERIE_DATA" in refused.value.remedy
    assert list(tmp_path.iterdir()) == [thesis]


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"program": "other", "format": 1}', b"\xff", b'{"program": "reverie", "format": "1"}'],
)
def test_a_damaged_mark_is_told(tmp_path: Path, content: bytes) -> None:
    file(tmp_path, content, name="reverie.json")
    with pytest.raises(DataFolderError, match=r"reverie\.json is not what"):
        prepare(tmp_path)


def test_a_file_in_its_place_is_told(tmp_path: Path) -> None:
    path = file(tmp_path, name="data")
    with pytest.raises(DataFolderError, match="cannot be used") as refused:
        prepare(path)
    assert refused.value.remedy
