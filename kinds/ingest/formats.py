"""Which formats may be opened: an allow-list, and what HEIC, AVIF and raw files add to it where settings allow them."""

from __future__ import annotations

from importlib.util import find_spec

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP")  # an MPO is opened as the JPEG that it begins with
HEIF_FORMATS = ("AVIF", "HEIF")
WORDS = "JPEG, PNG, WebP, TIFF, GIF or BMP"
HEIF_PACKAGE = "pillow_heif"
RAW = "RAW"  # no format of Pillow's: the preview inside is opened
RAW_PACKAGE = "rawpy"


def heif_refusal(kind: str, *, allowed: bool) -> str | None:
    """Say why a picture of `kind` "heic" or "avif" is not read, or None."""
    name = f"A{'n' if kind == 'avif' else ''} {kind.upper()} picture"
    if not allowed:
        return f"{name}; Reverie reads these where REVERIE_HEIF=true is set. Set it, or save the picture as JPEG."
    if kind == "heic" and find_spec(HEIF_PACKAGE) is None:
        return f"{name}; REVERIE_HEIF is on, but the package pillow-heif, which reads it, is not installed."
    return None


def raw_refusal(*, allowed: bool) -> str | None:
    """Say why the preview of a camera's raw file is not read, or None."""
    name = "A camera's raw file"
    if not allowed:
        return (
            f"{name}; Reverie takes the preview in it where REVERIE_RAW=true is set. "
            "Set it, or save the picture as JPEG, and send that."
        )
    if find_spec(RAW_PACKAGE) is None:
        return f"{name}; REVERIE_RAW is on, but the package rawpy, which reads it, is not installed."
    return None


def opened_formats(*, heif: bool = False, raw: bool = False) -> tuple[str, ...]:
    """Give the names of what `decode` may open, with the decoders of HEIC and AVIF made ready if `heif`."""
    more = (RAW,) if raw and find_spec(RAW_PACKAGE) is not None else ()
    return (*FORMATS, *(_heif_formats() if heif else ()), *more)


def _heif_formats() -> tuple[str, ...]:
    from PIL import AvifImagePlugin

    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # there is a process for each core, and its address space is limited
    if find_spec(HEIF_PACKAGE) is not None:
        from pillow_heif import register_heif_opener

        register_heif_opener(decode_threads=1, thumbnails=False, depth_images=False, aux_images=False)
    return HEIF_FORMATS
