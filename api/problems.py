"""Errors as problem documents (RFC 9457): the one place where a domain error meets an HTTP status."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from api.faults import said
from api.schemas.base import FieldError, Problem
from jobs import errors
from kinds.registry import KINDS

log = structlog.get_logger()

STATUS: Mapping[type[errors.ReverieError], int] = MappingProxyType(
    {
        errors.NotFound: 404,
        errors.Conflict: 409,
        errors.Rejected: 422,
        errors.DiskFull: 507,
        errors.DataFolderError: 503,
        errors.Unavailable: 503,
        errors.NotFetched: 502,
        errors.Busy: 429,
        errors.ReverieError: 500,
    }
)
CODES: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        400: ("bad_request", "The request cannot be read"),
        404: ("not_found", "Not found"),
        405: ("method_not_allowed", "This address does not do that"),
        411: ("length_required", "The length is missing"),
        412: ("precondition_failed", "The request is of another version"),
        413: ("too_large", "Too large"),
        415: ("unsupported_media_type", "This kind of body is not read here"),
        416: ("range_not_satisfiable", "The range lies outside the file"),
        422: ("invalid", "A field does not fit"),
        423: ("locked", "Another request is at it"),
        503: ("unavailable", "Not available now"),
    }
)


class TooLarge(errors.Rejected):
    """A body above the size that the server takes at once."""

    code = "too_large"
    title = "Too large"


class BadRequest(errors.Rejected):
    """A request whose form cannot be read at all."""

    code = "bad_request"
    title = "The request cannot be read"


class WrongHost(errors.Rejected):
    """A name that this server does not go by: a stranger's name may lead to this machine as well."""

    code = "wrong_host"
    title = "Reverie is not known by this name"


class CrossSite(errors.Rejected):
    """A request that a page of another site made in the browser."""

    code = "cross_site"
    title = "Another site asked"


_HERE: Mapping[type[errors.ReverieError], int] = MappingProxyType(
    {TooLarge: 413, BadRequest: 400, WrongHost: 421, CrossSite: 403}
)
LAST = ("error", "Something went wrong")  # an error of our own

_NO_OBJECT = {"model_attributes_type", "model_type", "dict_type", "missing"}
_NO_KIND = {"union_tag_invalid", "union_tag_not_found"}


def status_of(kind: type[errors.ReverieError]) -> int:
    """Look the status of an error up, by the nearest class that has one."""
    return next(status for base in kind.__mro__ for table in (_HERE, STATUS) if (status := table.get(base)) is not None)


def problem(status: int, *, code: str, title: str, detail: str, **members: Any) -> Response:
    """Answer a problem document; members that are None are left out, and texts end as sentences do."""
    if remedy := members.get("remedy"):
        members["remedy"] = _ended(remedy)
    body = {"type": f"/problems/{code}", "title": title, "status": status, "detail": _ended(detail), **members}
    text = json.dumps({name: value for name, value in body.items() if value is not None}, default=str)
    return Response(text, status, media_type="application/problem+json")


def _ended(text: str) -> str:
    text = text.rstrip()
    return text if text.endswith((".", "!", "?", ":")) else f"{text}."


def of_error(error: errors.ReverieError) -> Response:
    """Answer a domain error with its facts as members."""
    members = {key: value for key, value in error.as_json().items() if key not in ("type", "status", "errors")}
    pointer = getattr(error, "pointer", None)
    listed = [{"pointer": pointer, "detail": error.detail}] if pointer else None
    answer = problem(status_of(type(error)), errors=listed, **members)
    if (after := error.facts.get("retry_after_s")) is not None:
        answer.headers["Retry-After"] = str(after)
    return answer


def of_validation(found: Sequence[Mapping[str, Any]]) -> Response:
    """Answer what pydantic found, with a pointer for each field; the rejected input is not echoed."""
    if any(error["type"] == "json_invalid" for error in found):
        reason = found[0].get("ctx", {}).get("error", "it is not JSON")
        return problem(
            400, code="bad_request", title=CODES[400][1], detail=f"The body is not JSON: {reason}", remedy="Send JSON."
        )
    if any(error["loc"] == ("body",) and error["type"] in _NO_OBJECT for error in found):
        return problem(
            422,
            code="invalid",
            title=CODES[422][1],
            detail="The body is no JSON object",
            remedy="Send a JSON object, with the header Content-Type: application/json.",
            errors=[{"pointer": "#", "detail": "the body is no JSON object"}],
        )
    listed = list(_field_errors(found))
    detail = "; ".join(f"{_named(error.pointer)}{error.detail}" for error in listed[:5])
    return problem(
        422,
        code="invalid",
        title=CODES[422][1],
        detail=detail,
        remedy="Correct the fields under errors, and send it again.",
        errors=[error.model_dump() for error in listed],
    )


def _field_errors(found: Sequence[Mapping[str, Any]]) -> Iterator[FieldError]:
    for error in found:
        where, *path = error["loc"]
        if error["type"] in _NO_KIND:
            yield FieldError(pointer="#/kind", detail=f"give one of {', '.join(KINDS)}")
            continue
        # Pydantic names the member of a tagged union that it tried; no body has a field of a kind's name.
        if where == "body" and path and path[0] in KINDS:
            path = path[1:]
        steps = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
        pointer = f"#{steps}" if where == "body" else f"{where}:{'.'.join(map(str, path))}"
        yield FieldError(pointer=pointer, detail=said(error))


def _named(pointer: str) -> str:
    """Begin a line with the field that a pointer leads to, as its sender knows it; "" for the whole body."""
    name = pointer.removeprefix("#").removeprefix("/") if pointer.startswith("#") else pointer.partition(":")[2]
    return f"{name}: " if name else ""


def install(app: FastAPI) -> None:
    """Have every error of `app` answered as a problem document."""

    @app.exception_handler(errors.ReverieError)
    async def domain(request: Request, error: errors.ReverieError) -> Response:
        return of_error(error)

    @app.exception_handler(RequestValidationError)
    async def validation(request: Request, error: RequestValidationError) -> Response:
        return of_validation(error.errors())

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        code, title = CODES.get(error.status_code, ("error", HTTPStatus(error.status_code).phrase))
        answer = problem(error.status_code, code=code, title=title, detail=_detail(request, error))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    async def last(request: Request, error: Exception) -> Response:
        log.exception("request.failed", method=request.method, path=request.url.path, exc_info=error)
        return problem(
            500,
            code=LAST[0],
            title=LAST[1],
            detail="The server met an error of its own; its log holds the details.",
            remedy="Try again; if it stays, look into the log.",
        )


def _detail(request: Request, error: HTTPException) -> str:
    if error.status_code == 404:
        return f"There is nothing at {request.url.path}."
    if error.status_code == 405:
        return f"{request.method} is not possible at {request.url.path}."
    return str(error.detail)


_SCHEMA = {"schema": Problem.model_json_schema(ref_template="#/components/schemas/{model}")}
WORDS = {
    400: "The request cannot be read",
    404: "No such thing",
    409: "Not possible now",
    412: "The request is of another version",
    413: "Too large",
    415: "This kind of body is not read here",
    416: "The range lies outside the file",
    422: "A field does not fit",
    423: "Another request is at it",
    429: "Too much at once",
    503: "Not available now",
    507: "The disk is full",
}


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the problem documents of a route, for OpenAPI."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": WORDS[status], "content": content} for status in statuses}
