"""Addresses that a server listens on."""

import errno
import socket
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from shangsou.errors import ShangsouError, UnusableInput
from shangsou.settings import Network


class PortBusy(ShangsouError):
    """Another program listens on the port."""


def open_socket(host: str, port: int, *, has_keys: bool) -> socket.socket:
    """Return a bound socket that does not listen yet.

    Raises `UnusableInput` for an invalid host or one that a server without a key may not serve, and
    `PortBusy`.
    """
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, OverflowError, UnicodeError) as reason:
        raise UnusableInput(f"--host {host} --port {port} is no address to listen on: {reason}") from None
    # `localhost` is both IPv4 and IPv6; most clients try 127.0.0.1.
    family, kind, protocol, _, address = min(addresses, key=lambda candidate: candidate[0] != socket.AF_INET)
    if not has_keys and not is_loopback_name(str(address[0])):
        raise UnusableInput(
            f"--host {host} would serve other machines, which needs a key: make one with "
            '"shangsou key new NAME --role admin", or set SHANGSOU_ADMIN_KEY, or leave --host at 127.0.0.1'
        )
    bound_socket = socket.socket(family, kind, protocol)
    try:
        bound_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound_socket.bind(address)
    except OSError as reason:
        bound_socket.close()
        if reason.errno == errno.EADDRINUSE:
            raise PortBusy(
                f"port {port} of {host} is in use by another program: stop it, or choose another --port"
            ) from None
        raise UnusableInput(f"cannot listen on {host} port {port}: {reason.strerror}") from None
    return bound_socket


def url_of(bound_socket: socket.socket) -> str:
    """Return the address at which a bound socket is reached."""
    host, port = bound_socket.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def is_loopback_name(host: str) -> bool:
    """Return whether a name or an address, such as `localhost` or `127.0.0.1`, is a loopback one."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@lru_cache(4_096)
def client_of(address: str) -> str:
    """Return what a client is counted by: an IPv4 address, or the network of an IPv6 host."""
    parsed = _parse(address)
    return (
        str(ip_network((parsed, 64), strict=False))
        if isinstance(parsed, IPv6Address)
        else str(parsed or address)
    )


def is_address(text: str) -> bool:
    """Return whether a text is an IP address."""
    return _parse(text) is not None


def without_port(text: str) -> str:
    """Return an address of X-Forwarded-For without its port and brackets."""
    text = text.strip()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    host, separator, _ = text.partition(":")
    # Of IPv6 there are several colons.
    return host if separator and text.count(":") == 1 else text


def is_within(address: str, networks: Sequence[Network]) -> bool:
    """Return whether an address is in one of these networks."""
    parsed = _parse(address)
    return parsed is not None and any(parsed in network for network in networks)


def _parse(address: str) -> IPv4Address | IPv6Address | None:
    """Return an address, an IPv4 one also where it is written as IPv6; None for what is none."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
