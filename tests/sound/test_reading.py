"""Sound out of files: every form, every number of channels, every rate; and what is no sound, or too much of it."""

import contextlib
import socket
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame

from sound.reading import RATE, NoSound, Stopped, TooLong, read
from sound.writing import FORMS, write
from tests.sound import making


@pytest.mark.parametrize("suffix", list(FORMS))
def test_every_form_comes_back_as_it_went(tmp_path: Path, suffix: str) -> None:
    tone = making.tone(440, seconds=2, level=0.5)
    write(tone, tmp_path / f"a{suffix}")
    found = read(tmp_path / f"a{suffix}")
    assert found.rate == RATE
    assert found.duration_s == pytest.approx(2, abs=0.06)
    assert found.broken_at_s is None
    middle = found.samples[:, RATE // 2 : RATE]
    assert np.sqrt((middle**2).mean()) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)


def test_the_same_sound_is_written_as_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.ogg", "b.ogg"):
        write(making.tone(440, seconds=1), tmp_path / name)
    assert (tmp_path / "a.ogg").read_bytes() == (tmp_path / "b.ogg").read_bytes()


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 96_000])
@pytest.mark.parametrize("layout", ["mono", "stereo", "5.1"])
def test_any_rate_and_any_channels_become_two_of_48_khz(tmp_path: Path, rate: int, layout: str) -> None:
    with av.open(str(tmp_path / "a.wav"), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=rate, layout=layout)
        channels = av.AudioLayout(layout).nb_channels
        tone = 0.3 * np.sin(2 * np.pi * 400 * np.arange(rate) / rate)
        samples = (np.repeat(tone[:, None], channels, axis=1) * 32767).astype(np.int16)
        frame = AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    found = read(tmp_path / "a.wav")
    assert found.samples.shape[0] == 2
    assert found.duration_s == pytest.approx(1, abs=0.02)
    assert np.abs(found.samples).max() > 0.25


def test_what_is_no_sound_silent_or_too_long_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"no sound")
    with pytest.raises(NoSound, match="no sound file"):
        read(tmp_path / "a.mp3")
    write(making.sound(np.zeros(RATE)), tmp_path / "b.wav")
    with pytest.raises(NoSound, match="silence"):
        read(tmp_path / "b.wav")
    write(making.tone(440, seconds=3), tmp_path / "c.wav")
    with pytest.raises(TooLong, match="minutes are taken"):
        read(tmp_path / "c.wav", longest_s=2.0)
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "d.wav")


def test_a_file_that_lies_about_its_length_is_caught_while_it_is_decoded(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 2, 8_000, 0, "NONE", ""))
        file.writeframes((np.random.default_rng(0).standard_normal(8_000 * 6) * 5_000).astype("<i2").tobytes())
    content = bytearray((tmp_path / "a.wav").read_bytes())
    content[40:44] = b"\xff\xff\xff\xff"  # as programs that stream do: until the end
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(TooLong):
        read(tmp_path / "a.wav", longest_s=4.0)


@pytest.mark.parametrize("suffix", list(FORMS))
@pytest.mark.parametrize("how", ["cut off", "overwritten"])
def test_a_file_broken_in_the_middle_is_kept_as_far_as_it_can_be_read_or_refused_in_words(
    tmp_path: Path, suffix: str, how: str
) -> None:
    file = tmp_path / f"a{suffix}"
    noise = np.random.default_rng(0)
    write(making.sound(0.2 * noise.standard_normal(12 * RATE)), file)
    content = file.read_bytes()
    middle = len(content) // 2
    file.write_bytes(
        content[:middle] if how == "cut off" else content[:middle] + noise.bytes(3000) + content[middle + 3000 :]
    )
    try:
        found = read(file)
    except NoSound as told:
        assert str(told).endswith(".")  # noqa: PT017 - an m4a has its table of contents at the end
        assert (suffix, how) == (".m4a", "cut off")
        return
    assert np.isfinite(found.samples).all()
    assert found.duration_s == pytest.approx(6 if how == "cut off" else 12, abs=1.1)
    if suffix in {".mp3", ".m4a"} or (suffix, how) == (".flac", "cut off"):  # others do not say what should be there
        assert found.broken_at_s == pytest.approx(6, abs=1)


HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:2,\n{}\n#EXT-X-ENDLIST\n"
SDP = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {} RTP/AVP 0\na=rtpmap:0 PCMU/8000\n"
DASH = (
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT2S">'
    '<Period><AdaptationSet mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>{}</BaseURL>'
    "</Representation></AdaptationSet></Period></MPD>"
)


@pytest.mark.parametrize("ending", [".wav", ".m3u8", ""])
@pytest.mark.parametrize("target", ["neighbour.wav", "/etc/passwd", "http"])
@pytest.mark.parametrize(
    "content",
    [
        HLS,
        "ffconcat version 1.0\nfile {}\n",
        "ffconcat version 1.0\noption safe 0\nfile '{}'\n",
        SDP,
        DASH,
        "[playlist]\nFile1={}\n",
        "{}",
    ],
    ids=["hls", "ffconcat", "unsafe", "sdp", "dash", "pls", "name"],
)
def test_a_list_of_other_files_is_no_sound_and_none_of_them_is_opened(
    tmp_path: Path, content: str, target: str, ending: str
) -> None:
    write(making.tone(440, seconds=1), tmp_path / "neighbour.wav")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        port = server.getsockname()[1]
        named = str(port) if content == SDP else target.replace("http", f"http://127.0.0.1:{port}/a.wav")
        (tmp_path / f"a{ending}").write_text(content.format(named))
        with pytest.raises(NoSound, match="no sound file"):
            read(tmp_path / f"a{ending}")
        with pytest.raises(BlockingIOError):  # nobody has come
            server.accept()


@pytest.mark.parametrize("name", ["concat:b.wav|b.wav", "http:a.wav", "a%03d.wav", "pipe:0"])
def test_a_file_is_read_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    write(making.tone(440, seconds=1), tmp_path / "b.wav")
    (tmp_path / "b.wav").rename(tmp_path / name)
    with contextlib.chdir(tmp_path):
        assert read(Path(name)).duration_s == pytest.approx(1, abs=0.01)


def test_reading_stops_when_it_is_to(tmp_path: Path) -> None:
    write(making.tone(440, seconds=3), tmp_path / "a.flac")
    with pytest.raises(Stopped):
        read(tmp_path / "a.flac", stop=lambda: True)
