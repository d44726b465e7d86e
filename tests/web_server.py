"""A web server on loopback, for tests: each path misbehaves in a way of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class WebServer:
    """`asked` are the paths that were requested, with their headers."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.asked: list[tuple[str, dict[str, str]]] = []

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


class _Handler(BaseHTTPRequestHandler):
    web: WebServer

    def handle(self) -> None:
        """Answer; to a client that begins a TLS handshake, by a handshake that never ends."""
        if self.rfile.peek(1)[:1] == b"\x16":  # type: ignore[attr-defined]
            self._drip_bytes(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
        else:
            super().handle()

    def do_GET(self) -> None:
        self.web.asked.append((self.path, dict(self.headers)))
        kind, _slash, rest = self.path.lstrip("/").partition("/")
        if kind == "status":
            self._head(int(rest))
        elif kind == "to":
            self._head(302, f"/{rest}" if not rest.startswith("http") else rest.replace("!", "/"))
        elif kind == "loop":
            self._head(302, "/loop")
        elif kind == "drip":
            self._drip()
        elif kind == "endless":
            self._endless()
        elif kind == "silent":
            time.sleep(2)
        elif kind == "junk":
            self.wfile.write(b"\x00\xff not http at all\r\n\r\n")

    def _head(self, status: int, location: str = "") -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.end_headers()

    def _drip(self) -> None:
        """A head that never ends."""
        self._drip_bytes(b"HTTP/1.0 200 OK\r\nX-Slow: ")

    def _drip_bytes(self, beginning: bytes) -> None:
        """Send a byte at a time, each sooner than a time-out."""
        with suppress(OSError):
            self.wfile.write(beginning)
            for _number in range(100):
                self.wfile.write(b"x")
                time.sleep(0.05)

    def _endless(self) -> None:
        """Ten gigabytes, if anybody reads them."""
        self.send_response(200)
        self.send_header("Content-Length", str(10 * 1024**3))
        self.end_headers()
        with suppress(OSError):
            for _number in range(10 * 1024):
                self.wfile.write(b"x" * 1024**2)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (as its parent names it)
        """Say nothing."""


@contextmanager
def web_server() -> Iterator[WebServer]:
    """Run a web server on a free port of loopback."""
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        web = WebServer(server.server_address[1])
        handler.web = web  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield web
        finally:
            server.shutdown()
            thread.join()
