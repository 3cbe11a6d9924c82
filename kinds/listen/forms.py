"""What sound files are called, and what they are to a browser. Loads nothing: the API has it too."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

UNKNOWN = "application/octet-stream"
MEDIA: Mapping[str, str] = MappingProxyType(  # by the first of FFmpeg's names of a form
    {
        "mp3": "audio/mpeg",
        "flac": "audio/flac",
        "wav": "audio/wav",
        "ogg": "audio/ogg",
        "aac": "audio/aac",
        "mov": "audio/mp4",
        "matroska": "audio/webm",
    }
)
ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        ".mp3": "audio/mpeg",
        ".flac": "audio/flac",
        ".wav": "audio/wav",
        ".ogg": "audio/ogg",
        ".opus": "audio/ogg",
        ".m4a": "audio/mp4",
        ".aac": "audio/aac",
        ".webm": "audio/webm",
    }
)
