"""What Instagram and Google Takeout say of a picture is kept with it; a hostile file of notes costs what it says."""

import io
import itertools
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kinds.ingest import instagram, names, takeout
from kinds.ingest.note import LONGEST_CAPTION
from kinds.ingest.notes import LOST, READ, Notes
from kinds.ingest.params import IngestParams
from kinds.ingest.run import run
from tests.kinds.pictures import artifacts, ingested, jpeg, picture, place, saved, zipped

DAY_S, DAY = 1562254212, "2019-07-04T15:30:12+00:00"
TAKEOUT = "Takeout/Google Photos"


def dated_jpeg(seed: int) -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2001:02:03 04:05:06"
    return saved(picture(seed), "JPEG", quality=95, exif=exif)


def sidecar(description: str = "", *, taken: Any = str(DAY_S), **more: Any) -> bytes:
    geo = {"latitude": 48.1, "longitude": 11.5, "altitude": 0.0}
    said = {"title": "it.jpg", "description": description, "photoTakenTime": {"timestamp": taken}, "geoData": geo}
    return json.dumps(said | more).encode()


def mangled(text: str) -> str:
    """Write a text as Instagram does."""
    return text.encode().decode("latin-1")


def known(found: list[Any]) -> dict[str, tuple[Any, ...]]:
    keys = ("taken_at", "dated_by", "caption", "album")
    return {a.facts["name"]: tuple(a.facts.get(key) for key in keys) for a in found if a.facts["state"] != "refused"}


def reasons(found: list[Any]) -> dict[str, Any]:
    return {a.facts["name"]: a.facts["reason"] for a in found if a.facts["state"] == "refused"}


def read(tmp_path: Path, entries: Mapping[str, bytes | str], **facts: Any) -> list[Any]:
    packed = {name: content.encode() if isinstance(content, str) else content for name, content in entries.items()}
    return ingested(zipped(tmp_path / "a.zip", packed), tmp_path / "s", **facts)


@pytest.mark.parametrize(
    ("file", "root"),
    [
        ("content/posts_1.json", ""),
        ("your_instagram_activity/content/posts_2.json", ""),
        ("your_instagram_activity/media/posts_1.json", ""),
        ("your_instagram_activity/media/posts_1.json", "instagram-me-2024/"),
    ],
)
def test_instagrams_posts_say_when_and_what(tmp_path: Path, file: str, root: str) -> None:
    posts = [
        {
            "media": [{"uri": "media/posts/201907/a.jpg", "creation_timestamp": DAY_S, "title": mangled("Café 🌄")}],
        },
        {
            "media": [
                {"uri": "media/posts/201907/b.jpg", "creation_timestamp": DAY_S, "title": ""},
                {"uri": "media/posts/201907/c.jpg", "creation_timestamp": DAY_S},
            ],
            "title": mangled("Zwei vom Tal\n\n\n\nund   Straße"),
            "creation_timestamp": DAY_S + 60,
        },
        {"media": [{"uri": "media/posts/201907/d.jpg"}], "title": "Plain \u202eover", "creation_timestamp": DAY_S},
        {"media": [{"uri": "../../etc/passwd", "creation_timestamp": DAY_S, "title": "x"}]},
    ]
    pictures = {f"{root}media/posts/201907/{name}.jpg": jpeg(i) for i, name in enumerate("abc")}
    pictures |= {f"{root}media/posts/201907/d.jpg": dated_jpeg(5), f"{root}media/stories/201907/e.jpg": jpeg(6)}
    found = read(tmp_path, {**pictures, f"{root}{file}": json.dumps(posts)})
    both = "Zwei vom Tal\n\nund Straße"
    assert list(known(found).values()) == [
        (DAY, "export", "Café 🌄", None),
        (DAY, "export", both, None),
        (DAY, "export", both, None),
        ("2001-02-03T04:05:06+00:00", "camera", "Plain over", None),
        (None, None, None, None),
    ]
    assert reasons(found) == {f"{root}{file}": READ}


def test_instagrams_first_exports_are_read_too(tmp_path: Path) -> None:
    media = {
        "photos": [
            {"caption": "Häuser", "taken_at": "2017-08-15T12:00:00", "location": "Here", "path": "photos/201708/a.jpg"}
        ],
        "stories": [{"caption": "", "taken_at": "2017-08-16T12:00:00+02:00", "path": "stories/201708/b.jpg"}],
        "direct": "nothing",
    }
    pictures = {"x/photos/201708/a.jpg": jpeg(1), "x/stories/201708/b.jpg": jpeg(2), "x/mine/c.jpg": jpeg(3)}
    found = read(tmp_path, {"x/media.json": json.dumps(media), **pictures})
    assert known(found) == {
        "x/photos/201708/a.jpg": ("2017-08-15T12:00:00+00:00", "export", "Häuser", None),
        "x/stories/201708/b.jpg": ("2017-08-16T12:00:00+02:00", "export", None, None),
        "x/mine/c.jpg": (None, None, None, "mine"),
    }
    assert not any("Here" in str(artifact.facts) for artifact in found)


LONG = "a" * 43 + ".jpg"  # 47 characters


@pytest.mark.parametrize(
    ("name", "notes"),
    [
        ("a.jpg", "a.jpg.json"),
        ("a.jpg", "a.jpg.supplemental-metadata.json"),
        ("a.jpg", "a.jpg.supplemental-meta.json"),
        ("a.jpg", "a.jpg.suppl.json"),
        ("a.jpg", "a.jpg.s.json"),
        ("a.jpg", "a.jpg..json"),
        ("a.jpg", "a.jpg.JSON"),
        ("a(1).jpg", "a.jpg(1).json"),
        ("a(1).jpg", "a(1).jpg.json"),
        ("a(12).jpg", "a.jpg.supplemental-metadata(12).json"),
        ("a(2).jpg", "a.jpg.suppl(2).json"),
        ("a-edited.jpg", "a.jpg.json"),
        ("a-edited(1).jpg", "a.jpg(1).json"),
        ("a-bearbeitet.jpg", "a.jpg.supplemental-metadata.json"),
        ("a-modifi\u00e9.jpg", "a.jpg.json"),
        ("a-modifie\u0301.jpg", "a.jpg.json"),  # as a Mac composes it
        ("a-editado.jpg", "a.jpg.json"),
        ("a-modificato.jpg", "a.jpg.json"),
        (LONG, LONG[:46] + ".json"),
        ("b" * 47 + ".jpg", "b" * 46 + ".json"),
        ("b" * 47 + "(3).jpg", "b" * 46 + "(3).json"),
        ("c" * 30 + ".jpg", ("c" * 30 + ".jpg.supplemental-metadata")[:46] + ".json"),
    ],
)
def test_takeouts_notes_are_found_beside_their_picture(tmp_path: Path, name: str, notes: str) -> None:
    folder = f"{TAKEOUT}/Photos from 2019/"
    entries = {folder + name: jpeg(1), folder + "other.jpg": jpeg(2), folder + notes: sidecar("After the rain")}
    found = read(tmp_path, entries)
    assert known(found) == {
        folder + name: (DAY, "export", "After the rain", None),
        folder + "other.jpg": (None, None, None, None),
    }
    assert reasons(found) == {folder + notes: READ}


def test_takeouts_notes_are_not_taken_for_another_pictures(tmp_path: Path) -> None:
    entries = {
        f"{TAKEOUT}/X/a.jpg": jpeg(1),
        f"{TAKEOUT}/X/a.jpg(1).json": sidecar("of a(1)"),
        f"{TAKEOUT}/X/ab.jpg": jpeg(2),
        f"{TAKEOUT}/Y/a(1).jpg": jpeg(3),  # in another folder
        f"{TAKEOUT}/Y/a.jpg.json": sidecar("of a"),
    }
    found = read(tmp_path, entries)
    assert [row[2] for row in known(found).values()] == [None, None, None]
    assert all("Not a photograph" in reason for reason in reasons(found).values())


def test_an_album_is_a_folders_title_its_name_or_none(tmp_path: Path) -> None:
    entries: dict[str, bytes | str] = {
        "root.jpg": jpeg(1),
        "Valley/a.jpg": jpeg(2),
        "Deep/Inside\u202e/b.jpg": jpeg(3),
        f"{TAKEOUT}/Summer in /c.jpg": jpeg(4),
        f"{TAKEOUT}/Summer in /metadata.json": json.dumps({"title": "Summer in: the\nvalley " + "x" * 300}),
        f"{TAKEOUT}/Photos from 2019/d.jpg": jpeg(5),
        f"{TAKEOUT}/Photos from 2019/metadata.json": json.dumps({"title": "Photos from 2019"}),
        f"{TAKEOUT}/Fotos von 2019/e.jpg": jpeg(6),
        f"{TAKEOUT}/Old/f.jpg": jpeg(7),
        f"{TAKEOUT}/Old/Metadaten.json": json.dumps({"albumData": {"title": "Alt"}}),
        f"{TAKEOUT}/Untitled/g.jpg": jpeg(8),
        f"{TAKEOUT}/Untitled/metadata.json": json.dumps({"title": ""}),
        "Summer 2019/h.jpg": jpeg(9),
        "back\\slash\\i.jpg": jpeg(10),
    }
    albums = [row[3] for row in known(read(tmp_path, entries)).values()]
    long = "Summer in: the valley " + "x" * 300
    assert albums == [
        *(None, "Valley", "Inside�", long[:199] + "…", None, None, "Alt", "Untitled", "Summer 2019", "slash")
    ]


def test_a_name_gives_the_date_where_nothing_else_does(tmp_path: Path) -> None:
    entries = {
        "IMG_20190704_153012.jpg": jpeg(1),
        "x/IMG-20200102-WA0001.jpg": jpeg(2),
        "IMG_20190704_153013.jpg": dated_jpeg(3),
        "x/cut.jpg": jpeg(4),
        "x/cut.jpg.json": sidecar(taken="0", title="PXL_20210102_030405678.jpg"),
        "x/20180101.jpg": jpeg(5),
        "x/20180101.jpg.json": sidecar(taken=str(10**10)),  # to come
    }
    assert [row[:2] for row in known(read(tmp_path, entries)).values()] == [
        (DAY, "name"),
        ("2020-01-02T12:00:00+00:00", "name"),
        ("2001-02-03T04:05:06+00:00", "camera"),
        ("2021-01-02T03:04:05+00:00", "name"),
        ("2018-01-01T12:00:00+00:00", "name"),
    ]


def test_a_camera_of_the_year_one_costs_its_date_alone(tmp_path: Path) -> None:
    exif = Image.Exif()
    details = exif.get_ifd(0x8769)
    details[0x9003], details[0x9011] = "0001:01:01 00:00:00", "+02:00"
    found = read(tmp_path, {"a.jpg": saved(picture(1), "JPEG", exif=exif)})
    assert known(found) == {"a.jpg": (None, None, None, None)}


def deep(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


HOSTILE: dict[str, bytes] = {
    "empty": b"",
    "text": b"hello",
    "cut": sidecar("x")[:20],
    "deep": deep(100_000),
    "bytes": bytes(range(256)) * 4,
    "huge int": b'{"photoTakenTime": {"timestamp": ' + b"9" * 5000 + b"}}",
    "large": b'{"description": "' + b"x" * 2**20 + b'"}',
    "many": b"[" + b"[]," * 300_000 + b"[]]",
}


@pytest.mark.parametrize("name", ["a.jpg.json", "metadata.json", "media.json", "content/posts_1.json"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_notes_cost_what_they_say_alone(tmp_path: Path, name: str, kind: str) -> None:
    found = read(tmp_path, {name: HOSTILE[kind], "a.jpg": jpeg(1)})
    assert known(found) == {"a.jpg": (None, None, None, None)}
    (reason,) = reasons(found).values()
    assert reason == LOST or (kind in ("large", "many") and "Not a photograph" in reason)


WRONG: list[Any] = [None, 1, "x", [], {}, float("nan"), float("inf"), [[[]]], {"media": 3}, {"uri": []}, True]


def test_wrong_types_anywhere_are_passed_over(tmp_path: Path) -> None:
    posts = [
        *WRONG,
        *({"media": [one]} for one in WRONG),
        *({"media": [{"uri": "a.jpg", "creation_timestamp": one, "title": one}], "title": one} for one in WRONG),
        *({"uri": one, "creation_timestamp": one} for one in WRONG),
    ]
    sidecars = [{"photoTakenTime": {"timestamp": one}, "description": one, "title": one} for one in WRONG]
    sidecars += [{"photoTakenTime": one} for one in WRONG]
    entries: dict[str, bytes | str] = {"content/posts_1.json": json.dumps(posts), "a.jpg": jpeg(99)}
    for i, said in enumerate(sidecars):
        entries |= {f"t/{i}.jpg": jpeg(i), f"t/{i}.jpg.json": json.dumps(said)}
    for i, said in enumerate(WRONG):
        entries |= {f"m{i}/metadata.json": json.dumps({"title": said, "albumData": said})}
        entries |= {f"n{i}/metadata.json": json.dumps(said)}
    found = read(tmp_path, entries)
    rows = known(found)
    assert len(rows) == 1 + len(sidecars)
    assert {row[0] for row in rows.values()} <= {None, "1970-01-01T00:00:01+00:00"}
    assert {row[2] for row in rows.values()} == {None, "x"}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["media", "uri", "path", "title", "creation_timestamp", "taken_at", "photoTakenTime", "description"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_is_notes_or_none(document: Any) -> None:
    for found in (instagram.notes_of(document), takeout.note_of(document), takeout.album_title(document)):
        assert found is None or isinstance(found, dict | str) or found.caption is None or found.caption


def test_captions_are_cleaned_and_cut(tmp_path: Path) -> None:
    said = {
        "a": "x" * 3000,
        "b": "tab\there\0 and\ud800 half\u2028line  ",
        "c": " \n\t ",
        "d": "👨\u200d👩\u200d👧 می\u200cخواهم",
    }
    entries: dict[str, bytes | str] = {f"{name}.jpg": jpeg(i) for i, name in enumerate(said)}
    entries |= {f"{name}.jpg.json": sidecar(text) for name, text in said.items()}
    captions = {name[0]: row[2] for name, row in known(read(tmp_path, entries)).items()}
    assert captions == {
        "a": "x" * (LONGEST_CAPTION - 1) + "…",
        "b": "tab here and� half\nline",
        "c": None,
        "d": said["d"],
    }


@given(st.text(), st.integers(1, 40))
def test_any_text_is_cleaned_to_what_can_be_stored(words: str, longest: int) -> None:
    for lines in (True, False):
        clean = names.text(words, longest=longest, lines=lines)
        assert clean is None or (0 < len(clean) <= longest and clean.encode() and "\0" not in clean)
        assert clean is None or lines or "\n" not in clean


def test_notes_are_read_to_a_limit_in_all(tmp_path: Path) -> None:
    entries: dict[str, bytes | str] = {"a.jpg": jpeg(1)}
    for i in range(20):
        entries |= {f"{i}.jpg": jpeg(i + 2), f"{i}.jpg.json": sidecar("x" * 200_000)}
    found = read(tmp_path, entries, limits={"free_bytes": 2_000_000, "max_ratio": 0})
    told = [artifact.facts["reason"] for artifact in found if artifact.facts["name"].endswith(".json")]
    assert told == [READ] * told.count(READ) + [LOST] * told.count(LOST)
    assert 0 < told.count(READ) < 6
    assert len(known(found)) == 21  # what the notes took is not missing for the pictures


def test_captions_are_kept_to_a_limit_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kinds.ingest.notes.MOST_CHARACTERS", 5)
    notes = Notes()
    for i in range(3):
        note = takeout.note_of({"description": "abc", "photoTakenTime": {"timestamp": DAY_S}})
        assert note is not None
        notes.add(f"{i}.jpg", note)
    rows = [notes.known(f"{i}.jpg", camera=None) for i in range(3)]
    assert [row["caption"] for row in rows] == ["abc", None, None]
    assert {row["taken_at"] for row in rows} == {DAY}


def test_a_streamed_tar_is_read_the_same(tmp_path: Path) -> None:
    entries = {f"X/{i}.jpg": jpeg(i) for i in range(5)} | {f"X/{i}.jpg.json": sidecar(f"no. {i}") for i in range(5)}
    file = tmp_path / "takeout.tgz"
    with tarfile.open(file, "w:gz") as archive:
        for name, content in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    found = ingested(file, tmp_path / "s")
    assert list(known(found).values()) == [(DAY, "export", f"no. {i}", "X") for i in range(5)]


def test_an_interrupted_reading_knows_the_same_afterwards(tmp_path: Path) -> None:
    entries: dict[str, bytes] = {}
    for i in range(5):
        entries |= {f"X/{i}.jpg.json": sidecar(f"no. {i}"), f"X/{i}.jpg": jpeg(i % 4)}
    archive = zipped(tmp_path / "a.zip", entries)
    whole = [dict(artifact.facts) for artifact in ingested(archive, tmp_path / "s")]
    assert [row["state"] for row in whole].count("refused") == 5
    events = run(IngestParams(archive_id=uuid4()), place(archive, tmp_path / "cut"))
    begun = list(itertools.islice((one for event in events for one in artifacts(iter([event]))), 4))
    events.close()  # type: ignore[attr-defined]
    rest = ingested(archive, tmp_path / "rest", done=[dict(artifact.facts) for artifact in begun])
    assert [dict(artifact.facts) for artifact in [*begun, *rest]] == whole


def test_a_picture_of_the_same_bytes_keeps_what_is_known_of_it(tmp_path: Path) -> None:
    entries = {
        f"{TAKEOUT}/Photos from 2019/a.jpg": jpeg(1),
        f"{TAKEOUT}/Photos from 2019/a.jpg.json": sidecar("Rain"),
        f"{TAKEOUT}/Valley/a.jpg": jpeg(1),
        f"{TAKEOUT}/Valley/a.jpg.json": sidecar("Rain"),
    }
    found = read(tmp_path, entries)
    assert [artifact.facts["state"] for artifact in found] == ["ready", "refused", "duplicate", "refused"]
    assert [row[2:] for row in known(found).values()] == [("Rain", None), ("Rain", "Valley")]
