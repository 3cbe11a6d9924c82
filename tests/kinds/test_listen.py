"""Listening to soundtracks: what is heard, and what is told of files that are none, silent, endless or broken."""

import io
import wave
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from jobs.errors import JobFailed
from jobs.events import Artifact, JobEvent, Made, Notice, Progress
from jobs.place import Place
from kinds.listen import run as listen
from kinds.listen.params import ListenParams
from sound.reading import RATE, Sound
from sound.writing import write
from tests.sound import making


def listened(file: Path, *, stop: bool = False) -> list[JobEvent]:
    place = Place(
        scratch=file.parent,
        cache=file.parent,
        inputs={"sound": file},
        facts={"sound": {}},
        resume_point=None,
        stop=lambda: stop,
    )
    return list(listen.run(ListenParams(soundtrack_id=UUID(int=1)), place))


def refused(file: Path) -> str:
    with pytest.raises(JobFailed) as told:
        listened(file)
    assert told.value.reason == "soundtrack_rejected"
    return str(told.value)


def test_beats_bars_and_loudness_of_a_file_are_heard(tmp_path: Path) -> None:
    true_s = making.steady(120, seconds=12)
    write(making.drums(true_s, seconds=12), tmp_path / "a.mp3")
    events = listened(tmp_path / "a.mp3")
    (made,) = [one for one in events if isinstance(one, Artifact)]
    assert made.type is Made.HEARD
    assert made.facts["media_type"] == "audio/mpeg"
    assert made.facts["tempo"] == pytest.approx(120, rel=0.01)
    assert making.share_near(np.array(made.facts["beats"]), true_s) >= 0.9
    assert set(made.facts["bars"]) <= set(made.facts["beats"])
    assert len(made.facts["peaks"]) == 1000
    assert -40 < made.facts["loudness_lufs"] < 0
    phases = [one.phase for one in events if isinstance(one, Progress)]
    assert phases == ["reading", "beats", "loudness", ""]


@pytest.mark.parametrize("content", [b"", b"no sound at all", b"ID3\x04" + bytes(500), b"RIFF\xff\xff\xff\xffWAVEfmt "])
def test_what_is_no_sound_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.mp3"
    file.write_bytes(content)
    assert "sound" in refused(file)


@pytest.mark.parametrize("name", ["neighbour.wav", "/etc/passwd", "http://127.0.0.1:9/a.wav"])
@pytest.mark.parametrize("list_of", ["ffconcat version 1.0\nfile {}\n", "#EXTM3U\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n"])
def test_a_list_that_names_another_file_is_refused(tmp_path: Path, name: str, list_of: str) -> None:
    write(making.tone(440), tmp_path / "neighbour.wav")
    (tmp_path / "a.wav").write_text(list_of.format(name))
    assert refused(tmp_path / "a.wav").startswith("This is no sound file that can be read")


def test_silence_is_refused(tmp_path: Path) -> None:
    write(making.sound(np.zeros(RATE)), tmp_path / "a.flac")
    assert refused(tmp_path / "a.flac") == "There is nothing but silence in this file."


def test_ten_hours_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    told = io.BytesIO()
    with wave.open(told, "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
        file.writeframes(bytes([120, 130]) * (5 * 3600 * 8000 // 1000))
    seconds = 10 * 3600
    path = tmp_path / "a.wav"
    with path.open("wb") as sparse:  # a header that says ten hours, and a hole for them
        header = bytearray(told.getvalue()[:44])
        header[4:8], header[40:44] = ((seconds * 8000 + extra).to_bytes(4, "little") for extra in (36, 0))
        sparse.write(header)
        sparse.truncate(44 + seconds * 8000)
    assert refused(path).startswith("It is 10.0 hours long; up to 30 minutes are taken.")


def test_a_file_that_is_broken_in_the_middle_is_kept_with_a_note_of_where(tmp_path: Path) -> None:
    whole = making.drums(making.steady(100, seconds=20), seconds=20)
    write(whole, tmp_path / "a.flac")
    content = (tmp_path / "a.flac").read_bytes()
    (tmp_path / "a.flac").write_bytes(content[: len(content) // 2])
    events = listened(tmp_path / "a.flac")
    (note,) = [one for one in events if isinstance(one, Notice)]
    assert note.code == "broken"
    assert "what could be read was kept" in note.text
    (made,) = [one for one in events if isinstance(one, Artifact)]
    assert 7 < made.facts["broken_at_s"] < 13
    assert made.facts["tempo"] == pytest.approx(100, rel=0.01)


def test_damage_in_the_middle_leaves_what_follows_in_its_place(tmp_path: Path) -> None:
    true_s = making.steady(120, seconds=20)
    write(making.clicks(true_s, seconds=20), tmp_path / "a.ogg")
    content = bytearray((tmp_path / "a.ogg").read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4000] = np.random.default_rng(0).bytes(4000)
    (tmp_path / "a.ogg").write_bytes(content)
    (made,) = [one for one in listened(tmp_path / "a.ogg") if isinstance(one, Artifact)]
    assert made.facts["duration_s"] == pytest.approx(20, abs=1.5)
    last = [at_s for at_s in made.facts["beats"] if at_s > 16]
    assert making.share_near(np.array(last), true_s[true_s > 16]) >= 0.7


def test_a_stop_ends_it_soon_and_makes_nothing(tmp_path: Path) -> None:
    write(making.tone(440, seconds=30), tmp_path / "a.wav")
    assert not [one for one in listened(tmp_path / "a.wav", stop=True) if isinstance(one, Artifact)]


def test_it_is_heard_in_two_channels_as_loud_as_one(tmp_path: Path) -> None:
    one = making.tone(1000, level=0.25)
    with wave.open(str(tmp_path / "mono.wav"), "wb") as file:
        file.setparams((1, 2, 44_100, 0, "NONE", ""))
        samples = 0.25 * np.sin(2 * np.pi * 1000 * np.arange(44_100) / 44_100)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    write(Sound(samples=one.samples), tmp_path / "stereo.wav")
    loud = [
        next(event for event in listened(tmp_path / name) if isinstance(event, Artifact)).facts["loudness_lufs"]
        for name in ("mono.wav", "stereo.wav")
    ]
    assert loud[0] == pytest.approx(loud[1], abs=0.2)
