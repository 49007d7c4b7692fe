"""Hooks 回调: where subscribers may be told, and how: signed, bounded, and to nobody inside.

Whoever subscribes names an address, and the house would go there: so only to addresses of the open
internet, looked at again at every connection, unless a setting opens the networks around.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_noop as _noop

from mingchu.base import clock
from mingchu.base.errors import Refusal
from mingchu.kit import outward

SIGNATURE = "GS1-Signature"
_TRANSLATED = IPv6Network("64:ff9b::/96")  # IPv4 addresses behind a gateway
Address = IPv4Address | IPv6Address


def check(dest: str) -> None:
    """Raises Refusal `hook_bad_address`, `hook_inside`."""
    # In a network of one's own there may be no certificates.
    is_open = settings.PRIVATE_HOOKS and dest.startswith("http://")
    try:
        outward.check_address(dest.replace("http:", "https:", 1) if is_open else dest)
    except Refusal:
        raise Refusal(
            "hook_bad_address",
            _noop("推送地址不是完整的 https 地址"),
            fix=_noop("请给出以 https:// 开头、不带用户名的地址"),
            status=400,
        ) from None
    if settings.PRIVATE_HOOKS:
        return
    host = urlsplit(dest).hostname or ""
    if host in outward.LOOPBACK or _is_number_inside(host):
        raise Refusal(
            "hook_inside",
            _noop("推送地址在本机或内部网络里"),
            fix=_noop("请给出公网地址；内部网络由管理员以 MINGCHU_PRIVATE_HOOKS=1 打开"),
            status=400,
        )


def _is_number_inside(host: str) -> bool:
    try:
        return not is_outside(ip_address(host))
    except ValueError:
        return False


def is_outside(address: Address) -> bool:
    """Whether it is of the open internet.

    >>> [is_outside(ip_address(one)) for one in ("8.8.8.8", "10.1.2.3", "::ffff:127.0.0.1", "::1")]
    [True, False, False, False]
    """
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _TRANSLATED:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_outside(inner)
    return address.is_global and not address.is_multicast


def post(dest: str, body: bytes, token: str) -> outward.Answer:
    """What the receiver answered, whatever it is. Raises OutOfReach."""
    headers = {"Content-Type": "application/json"}
    if token:
        at = str(int(clock.wall().timestamp()))
        headers[SIGNATURE] = f"t={at},v1={outward.signature(token, at, body)}"
    guard = None if settings.PRIVATE_HOOKS else is_outside
    return outward.post(dest, body, headers, guard)
