"""What the `type` of a problem leads to: a short page a code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from html import escape
from types import MappingProxyType

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from api.problems import CODES, LAST, status_of
from jobs.errors import JobFailed, NotFound, ReverieError

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – Reverie</title>
<style>body {{ max-width: 38rem; margin: 3rem auto; padding: 0 1rem; font: 1.1rem/1.5 sans-serif }}</style>
<h1>{title}</h1>
<p>{when}</p>
<p>An answer of this type, <code>{code}</code>, has the status {status}. Its <code>detail</code> says what was wrong and
where, its <code>remedy</code> what to do about it, and its <code>errors</code> point at the fields at fault.</p>
<p><a href="/">To Reverie</a></p>
</html>
"""
STOREYS = frozenset({"api", "kinds", "store", "jobs"})  # whose errors an answer can have; others may be loaded beside
_WHEN: Mapping[str, str] = MappingProxyType(
    {
        "bad_request": "The body is no JSON, or no form that can be read, or the client left in the middle of it.",
        "not_found": "There is no such thing, or no such address.",
        "method_not_allowed": "The address is there, but it does not do that.",
        "length_required": "The request does not say how long its body is.",
        "precondition_failed": "An upload speaks another version of tus than this server, which says its own.",
        "locked": "Another request is at this upload. In a moment it will not be.",
        "too_large": "The body is above what is taken at once.",
        "unsupported_media_type": "The body is of a kind that is not read here.",
        "range_not_satisfiable": "The part that was asked for lies outside the file.",
        "invalid": "Fields do not fit; each is named under errors.",
        "unavailable": "Something that Reverie stands on does not answer. What was there before is untouched.",
        "error": "An error of Reverie's own; the log of the server has it.",
    }
)


def install(app: FastAPI) -> None:
    """Serve the pages at `/problems/{code}`."""

    @app.get("/problems/{code}", include_in_schema=False)
    def explain(code: str) -> Response:
        found = pages().get(code)
        if found is None:
            raise NotFound(f"There is no problem {code[:100]!r}.")
        return HTMLResponse(found, headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"})


@cache
def pages() -> Mapping[str, str]:
    """Write the page of each code that a problem document can have."""
    told = {code: (status, title) for status, (code, title) in CODES.items()} | {LAST[0]: (500, LAST[1])}
    when = dict(_WHEN)
    for kind in _kinds(ReverieError):
        told.setdefault(kind.code, (status_of(kind), kind.title))
        when.setdefault(kind.code, (kind.__doc__ or kind.title).partition("\n")[0])
    return {
        code: PAGE.format(code=code, status=status, title=escape(title), when=escape(when[code]))
        for code, (status, title) in told.items()
    }


def _kinds(kind: type[ReverieError]) -> Iterator[type[ReverieError]]:
    for below in kind.__subclasses__():
        if below is JobFailed:  # told in a job's `error`, under a code of its own
            continue
        if below.__module__.partition(".")[0] in STOREYS:
            yield below
        yield from _kinds(below)
