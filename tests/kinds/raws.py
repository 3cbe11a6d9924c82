"""A camera's raw file as small as one can be: a DNG (1.7) of a few sensor values, with a preview beside them."""

import struct

SENSOR = (64, 48)  # pixels
ASCII, SHORT, LONG, BYTE, SRATIONAL = 2, 3, 4, 1, 10
_SIZES = {ASCII: 1, SHORT: 2, LONG: 4, BYTE: 1, SRATIONAL: 8}
Tags = dict[int, tuple[int, bytes]]


def dng(preview: bytes | None, *, orientation: int = 1, size: tuple[int, int] = (640, 480), jpeg: bool = True) -> bytes:
    """Write a DNG whose preview is a JPEG, or RGB of 8 bits in rows; `size` is what the preview is said to measure."""
    sensor = b"\x00\x08" * (SENSOR[0] * SENSOR[1])
    start = 8
    pixels, start = start, start + len(sensor)
    shown, start = start, start + len(preview or b"")
    main: Tags = {
        254: (LONG, _longs(0)),
        256: (LONG, _longs(SENSOR[0])),
        257: (LONG, _longs(SENSOR[1])),
        258: (SHORT, _shorts(16)),
        259: (SHORT, _shorts(1)),  # not packed
        262: (SHORT, _shorts(32803)),  # behind a filter of colours
        271: (ASCII, b"Reverie\0"),
        272: (ASCII, b"Pinhole\0"),
        273: (LONG, _longs(pixels)),
        274: (SHORT, _shorts(orientation)),
        277: (SHORT, _shorts(1)),
        278: (LONG, _longs(SENSOR[1])),
        279: (LONG, _longs(len(sensor))),
        306: (ASCII, b"2024:05:06 07:08:09\0"),
        33421: (SHORT, _shorts(2, 2)),
        33422: (BYTE, bytes((0, 1, 1, 2))),
        50706: (BYTE, bytes((1, 4, 0, 0))),
        50708: (ASCII, b"Reverie Pinhole\0"),
        50721: (SRATIONAL, struct.pack("<18l", *(v for k in range(9) for v in (int(k % 4 == 0), 1)))),
    }
    below: Tags = {
        254: (LONG, _longs(1)),
        256: (LONG, _longs(size[0])),
        257: (LONG, _longs(size[1])),
        258: (SHORT, _shorts(8, 8, 8)),
        259: (SHORT, _shorts(7 if jpeg else 1)),
        262: (SHORT, _shorts(6 if jpeg else 2)),
        273: (LONG, _longs(shown)),
        277: (SHORT, _shorts(3)),
        278: (LONG, _longs(size[1])),
        279: (LONG, _longs(len(preview or b""))),
    }
    lists = b""
    if preview is not None:
        lists = _listed(below, at=start)
        main[330] = (LONG, _longs(start))
    return (
        b"II*\0" + _longs(start + len(lists)) + sensor + (preview or b"") + lists + _listed(main, at=start + len(lists))
    )


def _listed(tags: Tags, *, at: int) -> bytes:
    """Write a list of tags that lies at `at`, with what does not fit into it behind."""
    behind, entries = at + 2 + 12 * len(tags) + 4, b""
    rest = b""
    for tag, (kind, value) in sorted(tags.items()):
        entries += struct.pack("<HHL", tag, kind, len(value) // _SIZES[kind])
        entries += value.ljust(4, b"\0") if len(value) <= 4 else _longs(behind + len(rest))
        rest += b"" if len(value) <= 4 else value + b"\0" * (len(value) % 2)
    return struct.pack("<H", len(tags)) + entries + _longs(0) + rest


def _longs(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}L", *values)


def _shorts(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}H", *values)
