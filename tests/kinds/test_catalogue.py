"""The catalogue: what comes with the program can be relied on, and what is wrong in another is told."""

from pathlib import Path
from typing import Any

import pytest

from jobs.errors import Rejected
from kinds.convert.catalogue import read_catalogue
from tests.catalogues import entry, write


def test_the_bundled_catalogue_says_of_each_model_what_it_is_and_what_it_asks() -> None:
    entries = read_catalogue().values()
    assert len(entries) >= 20
    for one in entries:
        assert one.terms, one.id
        assert one.page.startswith("https://"), one.id
        assert one.url is None or one.url.startswith("https://"), one.id
        assert one.resolution & (one.resolution - 1) == 0, one.id
        assert (one.publisher == "NVIDIA") is ("NVIDIA" in one.licence), one.id
    assert len({one.name for one in entries}) == len(entries)
    assert {1024, 512, 256} <= {one.resolution for one in entries}


def test_whoever_learns_from_a_network_of_nvidia_is_told_that_it_is_not_for_commerce() -> None:
    of_nvidia = [one for one in read_catalogue().values() if one.publisher == "NVIDIA"]
    assert of_nvidia
    assert all("-NC" in one.licence and "never commercial" in one.asks for one in of_nvidia)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"colour": "red"}, "colour"),
        ({"resolution": "large"}, "resolution"),
        ({"url": "ftp://example.org/a"}, "url"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"page": "javascript:alert(1)"}, "page"),
        ({"sha256": "abc"}, "sha256"),
        ({"id": "../a"}, "id"),
        ({"size_bytes": 0}, "size_bytes"),
        ({"publisher": None}, "publisher"),
    ],
)
def test_what_is_wrong_in_an_entry_is_named(tmp_path: Path, facts: dict[str, Any], words: str) -> None:
    with pytest.raises(Rejected, match=rf"models\.0\.{words}"):
        read_catalogue(write(tmp_path / "catalogue.toml", entry(**facts)))


def test_a_catalogue_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="comes twice"):
        read_catalogue(write(tmp_path / "twice.toml", entry(), entry()))
    (tmp_path / "no.toml").write_bytes(b"\xff\xfe[[")
    with pytest.raises(Rejected, match=r"no\.toml"):
        read_catalogue(tmp_path / "no.toml")
    with pytest.raises(FileNotFoundError):
        read_catalogue(tmp_path / "none.toml")
