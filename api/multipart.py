"""The one file of a multipart form as it streams by, and small ones beside it; forms are pushed through, not kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from api.problems import BadRequest
from api.receive import too_large

MOST_BESIDE = 8 * 2**20


class FileOfForm:
    """Reads a form and gives the bytes of its file; `filename` is known with the first of them.

    Files whose field has one of the names `small` are kept in `beside` by that name, up to `MOST_BESIDE` bytes each;
    where there is one of them, the form may hold no other.
    """

    def __init__(self, content_type: str, *, small: Collection[str] = ()) -> None:
        _, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if not boundary:
            raise _broken("its Content-Type names no boundary")
        self.filename: str | None = None
        self.beside: dict[str, bytearray] = {}
        self._small = frozenset(small)
        self._into: bytearray | None = None  # the small file that comes in
        self._name = bytearray()
        self._value = bytearray()
        self._taking = False
        self._taken: list[bytes] = []
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._field,
                "on_header_value": self._header,
                "on_header_end": self._header_end,
                "on_part_data": self._part,
                "on_part_end": self._end,
            },
        )

    async def read(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Give the file's bytes as they come.

        Raises: BadRequest, for a form that is broken, or that holds no file or two; TooLarge, for a small one.
        """
        try:
            async for chunk in body:
                self._parser.write(chunk)
                taken, self._taken = self._taken, []
                for piece in taken:
                    yield piece
            self._parser.finalize()
        except FormParserError as error:
            raise _broken(str(error)) from error
        if self.filename is None and not self.beside:
            raise _broken("it holds no file")

    def _begin(self) -> None:
        self._name, self._value = bytearray(), bytearray()

    def _field(self, chunk: bytes, start: int, end: int) -> None:
        self._name += chunk[start:end]

    def _header(self, chunk: bytes, start: int, end: int) -> None:
        self._value += chunk[start:end]

    def _header_end(self) -> None:
        if self._name.lower() == b"content-disposition":
            _, options = parse_options_header(bytes(self._value))
            field = options.get(b"name", b"").decode("utf-8", "replace")
            if (name := options.get(b"filename")) is not None and field in self._small:
                if field in self.beside:
                    raise _broken(f"it holds {field} twice")
                self._into = self.beside[field] = bytearray()
            elif name is not None:
                if self.filename is not None:
                    raise _broken("it holds two files; send one a request")
                self.filename, self._taking = name.decode("utf-8", "replace"), True
        self._name, self._value = bytearray(), bytearray()

    def _part(self, chunk: bytes, start: int, end: int) -> None:
        if self._taking:
            self._taken.append(chunk[start:end])
        elif self._into is not None:
            self._into += chunk[start:end]
            if len(self._into) > MOST_BESIDE:
                raise too_large(MOST_BESIDE)

    def _end(self) -> None:
        self._taking, self._into = False, None


def _broken(why: str) -> BadRequest:
    return BadRequest(
        f"the form cannot be read: {why}", remedy="Send one file, as curl -F file=@photos.zip does, or the raw body."
    )
