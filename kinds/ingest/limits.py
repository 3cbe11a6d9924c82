"""How much an archive may hold, and what unpacking it may take. Hostile until decoded."""

from __future__ import annotations

MAX_FILES = 100_000
MAX_FILE_BYTES = 2 * 2**30  # of one file, unpacked
MAX_RATIO = 200  # of all that is unpacked to the archive's own size; photographs hardly shrink
FREE_BYTES = 2**30  # that much may be unpacked whatever the ratio: small archives of blank scans
MAX_INDEX_BYTES = 1000 * MAX_FILES  # of a zip's list of contents
MAX_READ_BYTES = 64 * 2**20  # at once: a tar's header that asks for more lies
CHUNK_BYTES = 2**20
SIDE_MIN = 16  # pixels
DECODE_S = 120.0  # for one file, wall clock


def unpack_limit(archive_bytes: int) -> int:
    """Give the bytes that an archive of `archive_bytes` may unpack to."""
    return FREE_BYTES + MAX_RATIO * archive_bytes


def megabytes(size_bytes: int) -> str:
    """Say a size in words."""
    if size_bytes >= 10**9:
        return f"{size_bytes / 1e9:.1f} GB"
    return f"{size_bytes / 1e6:.1f} MB"
