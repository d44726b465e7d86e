"""The server: what a client may take its time with, how much of it, and what others notice of that."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from directory import asgi, connections
from tests.served import Site


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    """Yield a port of our own at which the application answers through our protocol."""
    config = Config(
        asgi.application,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
    )
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: connections.Connection(config, state, {}), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        for connection in list(connections.Connection.all):
            connection.drop()
        await asyncio.sleep(0.01)


async def exchange(port: int, *pieces: bytes) -> bytes:
    """Return all that is sent back until the connection ends. A pause follows each piece."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.02)
        return await asyncio.wait_for(reader.read(), 20)
    except ConnectionError:
        return b""
    finally:
        writer.close()


def in_a_thread(work: Coroutine[Any, Any, Any]) -> Any:
    """Return what comes of it. In the main thread the loop of a browser test may still be there."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()


def ask(*pieces: bytes) -> bytes:
    async def run() -> bytes:
        async with served() as port:
            return await exchange(port, *pieces)

    answered: bytes = in_a_thread(run())
    return answered


def get(path: str, *headers: str) -> bytes:
    lines = (f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *headers, "", "")
    return "\r\n".join(lines).encode()


def post(path: str, length: int, *headers: str) -> bytes:
    lines = (f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}", *headers, "", "")
    return "\r\n".join(lines).encode()


def test_a_page_is_answered_and_the_connection_kept_for_the_next() -> None:
    first = get("/healthz").replace(b"Connection: close\r\n", b"")
    answer = ask(first, get("/robots.txt"))
    assert answer.count(b"HTTP/1.1 200 OK") == 2
    assert b"\r\n\r\nok\n" in answer
    assert b"Disallow: /search/" in answer


def test_a_header_with_an_underscore_is_nobodys() -> None:
    environ = asgi.environ_of(
        {
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
            "method": "GET",
            "raw_path": b"/%ff",
            "query_string": b"q=%e9",
            "http_version": "1.1",
            "scheme": "http",
            "headers": [(b"x_forwarded_for", b"192.0.2.9"), (b"cookie", b"a=1"), (b"cookie", b"b=2")],
        }
    )
    assert environ["PATH_INFO"] == "/\xff"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert "HTTP_X_FORWARDED_FOR" not in environ


@pytest.mark.parametrize(
    "pieces",
    [(), (b"GET / HTT",), (get("/healthz").replace(b"Connection: close\r\n", b""), b"GET /he")],
    ids=["nothing", "half a line", "half of a second request"],
)
def test_a_connection_ends_when_the_head_of_a_request_takes_too_long(
    pieces: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    assert ask(*pieces).count(b"HTTP/1.1") == len(pieces) // 2


def test_a_head_without_end_ends_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MAX_HEAD_BYTES", 1000)
    assert ask(b"GET / HTTP/1.1\r\n", b"X-Filling: aaaaaaaaaa\r\n" * 100) == b""


@pytest.mark.parametrize("sent", [b"", b"name=half"])
def test_a_connection_ends_when_a_body_takes_too_long(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "BODY_SECONDS", 0.2)
    assert ask(post("/suggest/", 100), sent) == b""


@pytest.mark.parametrize("path", ["/suggest/", "/api/v1/suggestions/", "/healthz"])
def test_a_body_that_nobody_may_send_is_not_waited_for(path: str) -> None:
    answer = ask(post(path, 900_000_000))
    assert answer.startswith((b"HTTP/1.1 413", b"HTTP/1.1 405"))
    assert b"connection: close" in answer.lower()


def test_curators_who_upload_at_once_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    environ: dict[str, Any] = {"PATH_INFO": "/admin/upload/", "CONTENT_LENGTH": "5000000"}
    assert asgi.length_of_body(environ) == 5_000_000
    monkeypatch.setattr(asgi.Bodies, "long", asgi.MAX_LONG_BODIES)
    assert asgi.length_of_body(environ) == 0
    assert environ["directory.is_busy"]
    assert asgi.length_of_body({**environ, "CONTENT_LENGTH": "500"}) == 500


def test_a_client_that_does_not_read_is_dropped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(b"x" * 50_000_000)
    monkeypatch.setattr(asgi, "CHUNK_SECONDS", 0.3)
    opened = file.open("rb")

    def large(environ: dict[str, Any]) -> asgi.Answered:
        return 200, [(b"Content-Length", b"50000000")], asgi.FilePart(opened.fileno(), 0, 50_000_000)

    monkeypatch.setattr(asgi, "answer", large)
    monkeypatch.setattr(asgi.FilePart, "close", lambda part: None)

    async def never_read() -> None:
        async with served() as port:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
            writer.write(get("/large"))
            async with asyncio.timeout(20):
                await asyncio.sleep(0.1)
                while connections.Connection.all:
                    await asyncio.sleep(0.02)
            writer.close()

    with opened:
        in_a_thread(never_read())


def test_of_an_address_with_too_many_connections_the_oldest_idle_one_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "MAX_OF_ADDRESS", 2)

    async def connect_thrice() -> tuple[bytes, bytes]:
        async with served() as port:
            opened = [await asyncio.open_connection("127.0.0.1", port) for _each in range(3)]
            first_ended = await asyncio.wait_for(opened[0][0].read(), 10)
            opened[2][1].write(get("/healthz"))
            last = await asyncio.wait_for(opened[2][0].read(), 10)
            for _reader, writer in opened:
                writer.close()
            return first_ended, last

    ended, answered = in_a_thread(connect_thrice())
    assert ended == b""
    assert answered.endswith(b"ok\n")


def test_when_too_many_wait_pages_say_so_and_urgent_help_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "MAX_WAITING", 0)
    refused = ask(get("/search/?q=canary"))
    assert refused.startswith(b"HTTP/1.1 503")
    assert b"retry-after: 30" in refused.lower()
    assert b"HTTP/1.1 503" in ask(get("/api/v1/listings/"))
    assert ask(get("/urgent/")).startswith(b"HTTP/1.1 200")
    assert ask(get("/healthz")).startswith(b"HTTP/1.1 200")


@pytest.fixture
def slow_clients(site: Site) -> Iterator[None]:
    """More than the server has threads, of those who send slowly and of those who do not read."""
    host, port = urlsplit(site.url).netloc.split(":")
    requests = (
        post("/suggest/", 5000, "Content-Type: application/x-www-form-urlencoded") + b"name=",
        get("/api/v1/listings/?page_size=100"),
        get("/api/v1/listings/?as=ndjson"),
    )
    with ExitStack() as stack:
        for request in requests * 6:
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect((host, int(port)))
            client.sendall(request)
        yield


@pytest.mark.slow("asks the served product")
@pytest.mark.sqlite("the server is the same on both")
def test_slow_clients_hold_up_nobody(site: Site, slow_clients: None) -> None:
    for path in ("/healthz", "/urgent/", "/search/?near=75201", "/api/v1/listings/?near=75201"):
        assert site.get(path)[0] == 200
