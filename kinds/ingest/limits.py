"""How much an archive may hold, and what unpacking it may take. Hostile until decoded."""

from __future__ import annotations

from dataclasses import dataclass

CHUNK_BYTES = 2**20
MAX_READ_BYTES = 2**20  # at once: a tar's header that asks for more lies
SIDE_MIN = 16  # pixels
FARTHEST = 12  # bits of 64 between two perceptual hashes that anyone would call alike
DECODE_S = 120.0  # for one file, wall clock


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What one archive is allowed."""

    max_files: int = 100_000
    max_index_bytes: int = 100_000_000  # of a zip's list of contents: a thousand a file
    max_file_bytes: int = 2 * 2**30  # of one file, unpacked
    max_ratio: int = 200  # of all that is unpacked to the archive's own size; photographs hardly shrink
    free_bytes: int = 2**30  # that much may be unpacked whatever the ratio: small archives of blank scans
    max_pixels: int = 200_000_000  # that a picture may declare
    heif: bool = False  # whether HEIC and AVIF are read
    raw: bool = False  # whether the previews of cameras' raw files are

    def unpacked(self, archive_bytes: int) -> int:
        """Give the bytes that an archive of `archive_bytes` may unpack to."""
        return self.free_bytes + self.max_ratio * archive_bytes


def megabytes(size_bytes: int) -> str:
    """Say a size in words."""
    if size_bytes >= 10**9:
        return f"{size_bytes / 1e9:.1f} GB"
    return f"{size_bytes / 1e6:.1f} MB"
