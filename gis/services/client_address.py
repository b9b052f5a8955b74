"""Where a request comes from, as far as the office's own proxy can be believed."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The last address of X-Forwarded-For where a proxy of ours writes it (YUDI_BEHIND_PROXY); else who is connected.

    Of IPv6 the network (/64): that is what one connection is given, and its addresses are changed at will.
    """
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        forwarded = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
        if forwarded:
            return _network(forwarded[:64])
    return _network(str(request.META.get("REMOTE_ADDR", ""))[:64])


def _network(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if not isinstance(address, IPv6Address):
        return str(address)
    inner = address.ipv4_mapped
    return str(inner) if inner else str(IPv6Address(int(address) >> 64 << 64))
