"""Files of ncnn: the published ones, and each way in which they can be wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from enlarge import ncnn
from foreign.errors import Refused
from foreign.realesrgan import installed


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Copies of the small network for drawings, as it is published: the same layers, six blocks."""
    found = installed()
    assert found is not None
    made = tmp_path / "x.param", tmp_path / "x.bin"
    for ours, end in zip(made, ("param", "bin"), strict=True):
        ours.write_bytes((found[0].parent / f"REALESRGAN_X4PLUSANIME_UP4X.{end}").read_bytes())
    return made


def test_the_published_file_is_read_to_its_last_byte() -> None:
    found = installed()
    assert found is not None
    shape, tensors = ncnn.read(*found)
    assert shape == {"channels": 64, "growth": 32, "blocks": 23, "doublings": 2, "folded": 1}
    assert len(tensors) == 702
    assert sum(values.size for values in tensors.values()) == 16_697_987
    assert all(np.isfinite(values).all() for values in tensors.values())


def test_six_blocks_are_read_as_well(files: tuple[Path, Path]) -> None:
    assert ncnn.read(*files)[0]["blocks"] == 6


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"7767517", b"7767516", "begins with"),
        (b"Convolution              Conv_1 ", b"Deconvolution            Conv_1 ", "convolutions"),
        (b"Concat                   Concat_3", b"ShuffleChannel           Concat_3", "ShuffleChannel"),
        (b"-23310=1,2.000000e-01", b"-23310=1,1.000000e-01", "set or joined in another way"),
        (b"-23301=2,2.000000e-01,1.000000e+00", b"-23301=2,1.000000e+00,1.000000e+00", "set or joined"),
        (b"4=1 5=1 6=1728", b"4=0 5=1 6=1728", "set or joined"),
        (b"0=64 1=3", b"0=6x 1=3", "where a number belongs"),
    ],
)
def test_another_network_is_refused(files: tuple[Path, Path], old: bytes, new: bytes, said: str) -> None:
    text = files[0].read_bytes()
    assert old in text
    files[0].write_bytes(text.replace(old, new, 1))
    with pytest.raises(Refused, match=said):
        ncnn.read(*files)


def test_a_layer_that_takes_another_map_is_refused(files: tuple[Path, Path]) -> None:
    """The second convolution fed with the picture itself: each line is well-formed."""
    lines = files[0].read_bytes().split(b"\n")
    at = next(i for i, line in enumerate(lines) if b"Conv_1 " in line)
    words = lines[at].split()
    words[4] = b"data"
    lines[at] = b" ".join(words)
    files[0].write_bytes(b"\n".join(lines))
    with pytest.raises(Refused, match="joined in another way"):
        ncnn.read(*files)


@pytest.mark.parametrize("kept", [0, 20, 3000])
def test_a_param_that_is_cut_off(files: tuple[Path, Path], kept: int) -> None:
    files[0].write_bytes(files[0].read_bytes()[:kept])
    with pytest.raises(Refused, match="damaged"):
        ncnn.read(*files)


def test_layers_behind_the_end(files: tuple[Path, Path]) -> None:
    text = files[0].read_bytes().rstrip()
    first, counts, *rest = text.split(b"\n")
    number, blobs = counts.split()
    counts = b"%d %s" % (int(number) + 1, blobs)
    files[0].write_bytes(b"\n".join([first, counts, *rest, b"Sigmoid s 1 1 output more", b""]))
    with pytest.raises(Refused, match="behind the end"):
        ncnn.read(*files)


def test_weights_that_are_cut_off_or_too_many(files: tuple[Path, Path]) -> None:
    content = files[1].read_bytes()
    for wrong, said in ((content[:-1], "missing"), (content[:5000], "missing"), (content + b"\0\0", "left over")):
        files[1].write_bytes(wrong)
        with pytest.raises(Refused, match=said):
            ncnn.read(*files)


def test_weights_of_another_form(files: tuple[Path, Path]) -> None:
    content = bytearray(files[1].read_bytes())
    content[0] ^= 0xFF
    files[1].write_bytes(content)
    with pytest.raises(Refused, match="begin with"):
        ncnn.read(*files)


def test_weights_that_are_no_numbers(files: tuple[Path, Path]) -> None:
    content = bytearray(files[1].read_bytes())
    content[4:6] = b"\x00\x7e"
    files[1].write_bytes(content)
    with pytest.raises(Refused, match="no numbers"):
        ncnn.read(*files)


def test_files_that_are_too_large(files: tuple[Path, Path]) -> None:
    with files[1].open("r+b") as file:
        file.truncate(ncnn.MOST_BIN_BYTES + 1)
    with pytest.raises(Refused, match="more than"):
        ncnn.read(*files)
