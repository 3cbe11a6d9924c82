"""The socket that the interface answers on: opened once here, so that a restarted api takes it over."""

from __future__ import annotations

import errno
import ipaddress
import socket

from cli.errors import PortInUse

_REASONS = {
    errno.EADDRINUSE: "it is in use",
    errno.EACCES: "ports below 1024 need more rights",
    errno.EADDRNOTAVAIL: "this machine has no such address",
}


def listen(host: str, port: int) -> socket.socket:
    """Listen on `host` and `port`; port 0 takes a free one.

    Raises: PortInUse.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise PortInUse(f"{host!r} is no address of this machine.", remedy="Use --host 127.0.0.1.") from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(2048)
    except OSError as error:
        listening.close()
        reason = _REASONS.get(error.errno or 0, error.strerror or str(error))
        raise PortInUse(
            f"Port {port} on {host} cannot be used: {reason}.",
            remedy="Stop what uses it, or choose another one with --port (0 takes any free one).",
        ) from error
    return listening


def address_of(listening: socket.socket) -> str:
    """Give the page's address as one would type it on this machine."""
    host, port = listening.getsockname()[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = "localhost"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
