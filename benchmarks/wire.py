"""Requests a second through the real server, and the memory of its workers."""

from __future__ import annotations

import contextlib
import re
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

CONNECTIONS = 4
SECONDS_TO_END = 30
LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
TAG = re.compile(rb"\r\netag: *([^\r]+)", re.IGNORECASE)


def requests_a_second(url: str, address: str, *, seconds: float, unchanged: bool = False) -> float:
    """Ask for an address over a few kept-alive connections; if `unchanged`, as one who has the answer."""
    tag = tag_of(url, address) if unchanged else b""
    wanted = b"304" if unchanged else b"200"
    request = _request(url, address, tag)
    with selectors.DefaultSelector() as waiting:
        for _number in range(CONNECTIONS):
            connection = socket.create_connection(_host(url), timeout=30)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            waiting.register(connection, selectors.EVENT_READ, bytearray())
            connection.sendall(request)
        answered, start = 0, time.perf_counter()
        while (spent := time.perf_counter() - start) < seconds:
            for key, _events in waiting.select(timeout=30):
                if _take(key.fileobj, key.data, wanted):  # type: ignore[arg-type]
                    answered += 1
                    key.fileobj.sendall(request)  # type: ignore[union-attr]
        _end(waiting, wanted)
    return answered / spent


def _end(waiting: selectors.BaseSelector, wanted: bytes) -> None:
    """Wait for what was asked: a server still at work on it would be slower at what is measured next."""
    deadline = time.perf_counter() + SECONDS_TO_END
    while (open_ones := waiting.get_map()) and time.perf_counter() < deadline:
        for key, _events in waiting.select(timeout=1):
            if _take(key.fileobj, key.data, wanted):  # type: ignore[arg-type]
                waiting.unregister(key.fileobj)
                key.fileobj.close()  # type: ignore[union-attr]
    for key in list(open_ones.values()):
        key.fileobj.close()  # type: ignore[union-attr]


def _take(connection: socket.socket, buffer: bytearray, wanted: bytes) -> bool:
    """Read what has come; True if the answer is whole, which then leaves the buffer."""
    part = connection.recv(262_144)
    if not part:
        raise RuntimeError(f"the server closed the connection: {bytes(buffer[:200])!r}")
    buffer += part
    head = buffer.find(b"\r\n\r\n")
    if head < 0:
        return False
    if buffer[9:12] != wanted:
        raise RuntimeError(f"answered {bytes(buffer[:200])!r}")
    length = LENGTH.search(buffer, 0, head + 2)
    whole = head + 4 + (int(length[1]) if length and wanted != b"304" else 0)
    if len(buffer) < whole:
        return False
    del buffer[:whole]
    return True


def tag_of(url: str, address: str) -> bytes:
    """Return the ETag of an address."""
    with socket.create_connection(_host(url), timeout=30) as connection:
        connection.sendall(_request(url, address, b""))
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(65_536)
    found = TAG.search(head)
    if not found:
        raise RuntimeError(f"{address} has no ETag: {head[:300]!r}")
    return found[1]


def ask(url: str, addresses: Sequence[str]) -> None:
    """Ask each once, on connections of their own, so that every worker is met."""
    for address in addresses:
        with socket.create_connection(_host(url), timeout=60) as connection:
            connection.sendall(_request(url, address, b"").replace(b"keep-alive", b"close"))
            while connection.recv(262_144):
                pass


def _host(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 80


def _request(url: str, address: str, tag: bytes) -> bytes:
    named = b"If-None-Match: " + tag + b"\r\n" if tag else b""
    head = f"GET {address} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\nConnection: keep-alive\r\n"
    return head.encode() + named + b"\r\n"


# ---- memory


def memory_of_workers(url: str) -> list[float]:
    """Return the megabytes that each worker of the server has for itself.

    Private memory that was written to: pages of the database file, which the system lends, do not count.
    """
    found = [_own_megabytes(pid) for pid in _workers(_host(url)[1])]
    if not found:
        raise RuntimeError(f"no process serves {url}")
    return found


def _workers(port: int) -> Iterator[int]:
    """Yield the processes that were started by the one that serves this port."""
    commands = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with contextlib.suppress(OSError):
                commands[int(process.name)] = (process / "cmdline").read_bytes()
    servers = {pid for pid, command in commands.items() if f"--port\0{port}\0".encode() in command}
    for pid, command in commands.items():
        if _parent(pid) in servers and b"resource_tracker" not in command:
            yield pid


def _parent(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def _own_megabytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty")) / 1024
