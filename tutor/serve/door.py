"""Which requests are answered: none that another site's page has had a browser send."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_known_host(host: str, url: str) -> bool:
    """Whether a request's ``Host`` is ours.

    Anybody can have a name of their own lead to this machine (DNS rebinding), and a browser then takes their page and
    ours for one site. Nobody can do that with a number, with ``localhost``, or with the name in our own address.

    Args:
        host: the header, with the port if it has one.
        url: our own address.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name in ("localhost", urlsplit(url).hostname) or _is_number(name)


def is_own_origin(origin: str | None, host: str, url: str) -> bool:
    """Whether a request's ``Origin`` is ours: a page of any site may open a WebSocket to any other.

    Behind a proxy the host that a request names need not be the one in the browser's address bar; our address is.
    """
    if origin is None:
        return False
    try:
        site = urlsplit(origin).netloc.lower()
    except ValueError:
        return False
    return site in (host.lower(), urlsplit(url).netloc.lower())


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
