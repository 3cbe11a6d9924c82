"""Who may ask: a page of another site must not read an archive through the browser of the one who owns it."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import CrossSite, WrongHost, of_error
from jobs.errors import Rejected
from store.settings import Settings


class Guard:
    """Answers only to the names of `Settings.names`, and to no other site's page; all is open where there are none."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app, or answer a problem."""
        refused = _refused(scope) if scope["type"] == "http" else None
        if refused is None:
            await self.app(scope, receive, send)
        else:
            await of_error(refused)(scope, receive, send)


def _refused(scope: Scope) -> Rejected | None:
    settings: Settings = scope["app"].state.settings
    names, headers = settings.names, Headers(scope=scope)
    if names is None:
        return None
    host = headers.get("host")
    # A browser always says it; a probe of HTTP/1.0 may not, and cannot be led astray.
    if host is not None and (name := name_of(host)) not in names:
        return WrongHost(
            f"this server does not go by the name {name[:100]!r}",
            remedy=f"Open http://localhost:{settings.port}, or add the name to REVERIE_HOSTS where Reverie is started.",
        )
    if headers.get("sec-fetch-site") == "cross-site" and not _follows_a_link(scope, headers):
        return CrossSite("a page of another site made this request", remedy="Open Reverie's own page.")
    return None


def _follows_a_link(scope: Scope, headers: Headers) -> bool:
    """Whether somebody goes to the page from elsewhere: the other site sees nothing of what then opens."""
    opened = headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")
    return scope["method"] in ("GET", "HEAD") and opened == ("navigate", "document")


def name_of(host: str) -> str:
    """Give the name in a Host header, without its port; an IPv6 address keeps its brackets."""
    host = host.strip().lower()
    name = host[: host.find("]") + 1] if host.startswith("[") else host.partition(":")[0]
    return name.removesuffix(".")
