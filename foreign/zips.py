"""Zip files as torch.save writes them, and as a model folder is packed."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

from foreign.errors import DAMAGED, Refused, damaged
from foreign.pickles import Reader
from foreign.tensors import Storage, storage_of

MOST_ENTRIES = 100_000
LOCAL_HEADER = struct.Struct("<4s5H3I2H")


class Zip:
    """A zip in memory. Stored entries are views of it; packed ones are unpacked up to a limit.

    Raises: Refused, if it is damaged or cut off.
    """

    def __init__(self, data: memoryview) -> None:
        self.data = data
        try:
            self._file = zipfile.ZipFile(_Seekable(data))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Refused(
                "The file ends too early: the list of contents at the end of a zip is missing.",
                remedy="Download it again; the transfer was cut off.",
            ) from error
        self.entries: Mapping[str, zipfile.ZipInfo] = {info.filename: info for info in self._file.infolist()}
        if len(self._file.infolist()) > MOST_ENTRIES or len(self.entries) != len(self._file.infolist()):
            raise damaged("its list of contents cannot be")

    def view(self, name: str) -> memoryview:
        """The bytes of a stored entry, as a view."""
        info = self.entries.get(name)
        if info is None:
            raise damaged(f"it has no {name[:80]}")
        if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
            raise damaged(f"{name[:80]} is packed, and PyTorch packs nothing")
        head = bytes(self.data[info.header_offset : info.header_offset + LOCAL_HEADER.size])
        if len(head) < LOCAL_HEADER.size or head[:4] != b"PK\x03\x04":
            raise damaged(f"{name[:80]} is not where its list of contents says")
        fields = LOCAL_HEADER.unpack(head)
        start = info.header_offset + LOCAL_HEADER.size + fields[9] + fields[10]
        end = start + info.file_size
        if end > len(self.data):
            raise Refused(
                f"The file ends too early: {end - len(self.data):,} bytes are missing.",
                remedy="Download it again; the transfer was cut off.",
            )
        return self.data[start:end]

    def unpacked(self, name: str, *, most: int) -> bytes:
        """The bytes of an entry, packed or not.

        Raises: Refused, if they are more than `most`, whatever the list of contents says.
        """
        try:
            with self._file.open(name) as entry:
                content = entry.read(most + 1)
        except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
            raise damaged(f"{name[:80]} cannot be unpacked") from error
        if len(content) > most:
            raise Refused(f"{name[:80]} unpacks to more than {most:,} bytes.", remedy=DAMAGED)
        return content


class _Seekable(io.RawIOBase):
    """A view of memory as a file, without a copy."""

    def __init__(self, data: memoryview) -> None:
        super().__init__()
        self._data, self._at = data, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._data)}[whence]
        if start + offset < 0:
            raise ValueError("before the beginning")
        self._at = start + offset
        return self._at

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        found = self._data[self._at : self._at + len(target)]
        target[: len(found)] = found
        self._at += len(found)
        return len(found)


def torch_zip(file: Zip, *, names: frozenset[str]) -> object:
    """What torch.save put into a zip.

    Raises: Refused.
    """
    found = [name for name in file.entries if name.endswith("/data.pkl")]
    if len(found) != 1:
        raise damaged(f"it has {len(found)} times data.pkl")
    main = found[0]
    folder = main.removesuffix("data.pkl")
    order = f"{folder}byteorder"
    if order in file.entries and bytes(file.view(order)) != b"little":
        raise damaged("its numbers have their bytes in the order of another kind of machine")
    storages: dict[str, Storage] = {}

    def at(key: object) -> Storage:
        name, kind, count = storage_of(key)
        if name not in storages:
            storages[name] = Storage(kind, count, file.view(f"{folder}data/{name}"))
        return storages[name]

    return Reader(file.view(main), names=names, persistent=at).read()
