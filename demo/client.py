"""Reverie over REST, as any program would speak to it: nothing here that curl could not do."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import httpx

Json = dict[str, Any]
PIECE_BYTES = 256 * 1024
ENDED = ("succeeded", "failed", "cancelled")
PATIENCE_S = 120.0  # with a server that is away: `reverie up` starts again what dies


class Refused(Exception):
    """The server answered with a problem document, or a job failed; the text says what and what to do."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{problem.get('detail', problem)}\n{problem.get('remedy', '')}".strip())
        self.problem = problem


class Reverie:
    """One server."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._http = httpx.Client(base_url=address, timeout=httpx.Timeout(30, read=120))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, **query: Any) -> Any:
        """Read something."""
        return self._json("GET", path, params=query)

    def post(self, path: str, body: Json | None = None) -> Any:
        """Make something, or ask for something."""
        return self._json("POST", path, json=body) if body is not None else self._json("POST", path)

    def picture(self, path: str) -> bytes:
        """Fetch an image's bytes."""
        return self._checked(self._http.get(path)).content

    def every(self, path: str, **query: Any) -> Iterator[Json]:
        """Walk through all pages of a list."""
        cursor = None
        while True:
            page = self.get(path, limit=200, **query, **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            if (cursor := page["next_cursor"]) is None:
                return

    def upload(self, dataset_id: str, archive: Path, *, sent: Callable[[int], None]) -> Json:
        """Send an archive in one streamed request; `sent` hears of each piece's bytes. Gives the ingest job."""

        def pieces() -> Iterator[bytes]:
            with archive.open("rb") as file:
                while piece := file.read(PIECE_BYTES):
                    yield piece
                    sent(len(piece))

        answer = self._checked(
            self._http.post(
                f"/datasets/{dataset_id}/archives",
                params={"filename": archive.name},
                content=pieces(),
                headers={"Content-Length": str(archive.stat().st_size)},
            )
        )
        job: Json = answer.json()["job"]
        return job

    def follow(self, job_id: str) -> Iterator[Json]:
        """Give a job's events as they come, `type` among their members, until it has ended.

        A stream that breaks off is taken up where it broke off.
        Raises: Refused, when the job failed or was cancelled.
        """
        last, away_since = 0, None
        while True:
            try:
                for event in self._stream(job_id, last):
                    last, away_since = event["seq"], None
                    yield event
                    if event["type"] == "state" and event["to"] in ENDED:
                        _check(event)
                        return
            except httpx.TransportError:
                away_since = away_since or time.monotonic()
                if time.monotonic() - away_since > PATIENCE_S:
                    raise
                time.sleep(1)
            job = self.get(f"/jobs/{job_id}")
            if job["state"] in ENDED and job["last_seq"] <= last:
                return

    def _stream(self, job_id: str, last: int) -> Iterator[Json]:
        headers = {"Last-Event-ID": str(last)} if last else {}
        with self._http.stream("GET", f"/jobs/{job_id}/events", headers=headers) as answer:
            if answer.status_code == httpx.codes.NO_CONTENT:
                return
            self._checked(answer)
            kind = ""
            for line in answer.iter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    kind = value
                elif name == "data":
                    yield {"type": kind, **json.loads(value)}

    def _json(self, method: str, path: str, **request: Any) -> Any:
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self._checked(self._http.request(method, path, **request)).json()
            except httpx.ConnectError:
                if time.monotonic() > until:
                    raise
                time.sleep(1)

    def _checked(self, answer: httpx.Response) -> httpx.Response:
        if answer.is_success:
            return answer
        answer.read()
        try:
            raise Refused(answer.json())
        except json.JSONDecodeError:
            raise Refused({"detail": f"{answer.request.url} answered {answer.status_code}"}) from None


def _check(event: Mapping[str, Any]) -> None:
    if event["to"] == "failed":
        raise Refused(event.get("error") or {"detail": "the job failed"})
    if event["to"] == "cancelled":
        raise Refused({"detail": "the job was cancelled"})
