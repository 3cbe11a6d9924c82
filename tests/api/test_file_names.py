"""Names that are safe to write anywhere, each once."""

import itertools
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.file_names import Unique, safe_name, safe_path
from api.streamed import attachment

NASTY = st.text(st.sampled_from('ab./\\: "*?<>|\0\n\x7féÉ\u202eﬁ(2)'), max_size=40)


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("1991/valley.jpg", "1991/valley.jpg"),
        ("../../etc/passwd", "etc/passwd"),
        ("..\\..\\win.ini", "win.ini"),
        ("/abs/a.jpg", "abs/a.jpg"),
        ("C:\\pictures\\a.jpg", "C_/pictures/a.jpg"),
        ("a/./b//c.jpg", "a/b/c.jpg"),
        ("a\0b\r\n.jpg", "a_b__.jpg"),
        ("trailing. /dots...", "trailing/dots"),
        ("nul.jpg/COM1/con", "_nul.jpg/_COM1/_con"),
        ('what?"<x>|*:.jpg', "what___x____.jpg"),
        ("gpj.exe\u202e.jpg", "gpj.exe_.jpg"),
        ("", "photograph"),
        ("../..", "photograph"),
    ],
)
def test_a_name_becomes_a_path_that_stays_where_it_is_put(given_name: str, safe: str) -> None:
    assert safe_path(given_name) == safe


@given(st.one_of(NASTY, st.text(max_size=600)))
def test_any_name_is_safe_on_any_system(name: str) -> None:
    path = safe_path(name)
    assert path
    assert not PurePosixPath(path).is_absolute()
    assert not PureWindowsPath(path).drive
    assert not {"..", "."} & set(PureWindowsPath(path).parts)
    assert all(len(part.encode()) <= 210 and part == part.strip().rstrip(".") for part in path.split("/"))
    assert "/" not in safe_name(name)


@given(st.lists(NASTY, max_size=30))
def test_paths_never_meet_even_where_capitals_are_the_same(names: list[str]) -> None:
    unique = Unique()
    taken = [unique.take(safe_path(name)) for name in names]
    alike = [unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold()) for path in taken]
    assert len(set(alike)) == len(alike)
    folders = {"/".join(path.split("/")[:depth]) for path in alike for depth in range(1, path.count("/") + 1)}
    assert not folders & set(alike)  # no file bears the name of a folder


def test_a_name_that_comes_again_gets_a_number() -> None:
    unique = Unique()
    asked = ["a.jpg", "A.JPG", "a.jpg", "a (2).jpg", "b", "b/c.jpg", "b", ".hidden", ".hidden", "d/x.tar", "d"]
    assert [unique.take(path) for path in asked] == [
        "a.jpg",
        "A (2).JPG",
        "a (3).jpg",
        "a (2) (2).jpg",
        "b",
        "b (2)/c.jpg",
        "b (3)",
        ".hidden",
        ".hidden (2)",
        "d/x.tar",
        "d (2)",
    ]


def test_thousands_of_one_name_take_no_longer_each() -> None:
    unique = Unique()
    assert len({unique.take("IMG_0001.jpg") for _ in itertools.repeat(None, 20_000)}) == 20_000


def test_a_long_name_keeps_its_ending() -> None:
    assert safe_path("é" * 300 + ".jpeg").endswith("é.jpeg")


def test_a_header_holds_any_name() -> None:
    assert attachment("valley.jpg") == 'attachment; filename="valley.jpg"'
    hostile = attachment('../a"b\r\nSet-Cookie: x=é.jpg')
    assert (
        hostile
        == "attachment; filename=\"a_b__Set-Cookie_ x=_.jpg\"; filename*=utf-8''a_b__Set-Cookie_%20x%3D%C3%A9.jpg"
    )
