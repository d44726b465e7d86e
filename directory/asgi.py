"""The application that the server runs: Django in a few threads, which no slow client can hold.

A body is read whole before a thread begins, and an answer is made whole before it is sent; a file is sent
straight from disk. Only the event loop waits for clients, and `directory.connections` says for how long.

Django's own ASGI handler is not used: it costs 2 to 4 ms a request.
"""

from __future__ import annotations

import asyncio
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Protocol
from urllib.parse import unquote_to_bytes

from django.conf import settings

from directory import wsgi
from directory.middleware import ALWAYS_ANSWERED, MAX_BODY_BYTES

# Few, because each holds a database connection and its cache. Pages that help in an emergency have a thread
# of their own, which neither searches nor waits for a database.
THREADS, SAFETY_THREADS = 2, 1
MAX_WAITING = 100  # requests of this process that wait for a thread; any more are told to come back
ADMIN = "/admin/"
MAX_VISITORS_BODY = 128 * 1024  # bytes; Django refuses a longer one by its stated length, unread
MAX_LONG_BODIES = 8  # of curators, received by this process at once
BODY_SECONDS, BODY_BYTES_A_SECOND = 20, 8 * 1024  # for any body, and more for each byte that came
CHUNK = 64 * 1024
MAX_IN_MEMORY = 256 * 1024  # of an answer that Django streams; a longer one is written to disk
CHUNK_SECONDS = 30  # in which a client must take each chunk: 2 kB a second

Message = dict[str, Any]
Receive = Callable[[], Any]
Send = Callable[[Message], Any]


class Client(Protocol):
    """What the connection of a request offers; see `directory.connections`."""

    is_at_work: bool

    def drop(self) -> None: ...
    async def wait_until_taken(self) -> None: ...


class FileWrapper:
    """PEP 3333's `wsgi.file_wrapper`: marks an answer as a file, which no thread has to read."""

    def __init__(self, file: IO[bytes], block_size: int = CHUNK) -> None:
        self.file, self.block_size = file, block_size
        self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(self.block_size), b"")


@dataclass
class FilePart:
    """`length` bytes of an open file from `start` on. `handle` is a descriptor of our own."""

    handle: int
    start: int
    length: int

    def chunks(self) -> Iterator[bytes]:
        end = self.start + self.length
        for start in range(self.start, end, CHUNK):
            chunk = os.pread(self.handle, min(CHUNK, end - start), start)
            if not chunk:
                return
            yield chunk

    def close(self) -> None:
        os.close(self.handle)


@dataclass
class Whole:
    """An answer in memory."""

    content: bytes

    @property
    def length(self) -> int:
        return len(self.content)

    def chunks(self) -> Iterator[bytes]:
        if len(self.content) <= CHUNK:
            yield self.content
            return
        for start in range(0, len(self.content), CHUNK):
            yield self.content[start : start + CHUNK]

    def close(self) -> None:
        """Nothing is held."""


Headers = list[tuple[bytes, bytes]]
Answered = tuple[int, Headers, Whole | FilePart]


class Threads:
    """Runs Django in threads, and counts what waits for one."""

    def __init__(self, size: int, name: str) -> None:
        self.pool = ThreadPoolExecutor(size, thread_name_prefix=name)
        self.waiting = 0

    async def run(self, environ: dict[str, Any]) -> Answered:
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.pool, answer, environ)
        finally:
            self.waiting -= 1


pages, safety = Threads(THREADS, "pages"), Threads(SAFETY_THREADS, "safety")


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer one request."""
    client: Client = scope["client_connection"]
    environ = environ_of(scope)
    body = await read_body(environ, receive)
    if body is None:
        return await drop(client, receive)
    client.is_at_work = True
    try:
        with body:
            environ["wsgi.input"] = body
            status, headers, content = await threads_for(environ).run(environ)
    finally:
        client.is_at_work = False
    try:
        async with asyncio.timeout(CHUNK_SECONDS) as patience:
            await send({"type": "http.response.start", "status": status, "headers": headers})
            for chunk in content.chunks() if environ["REQUEST_METHOD"] != "HEAD" else ():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                patience.reschedule(asyncio.get_running_loop().time() + CHUNK_SECONDS)
            await client.wait_until_taken()
            await send({"type": "http.response.body", "body": b""})
    except TimeoutError:
        await drop(client, receive)
    finally:
        content.close()


async def drop(client: Client, receive: Receive) -> None:
    """End the connection. Return when it is gone, because uvicorn logs a request that ends unanswered."""
    client.drop()
    while (await receive())["type"] != "http.disconnect":
        pass


def threads_for(environ: dict[str, Any]) -> Threads:
    """Return where a request is answered. When too many wait, the site says so instead of answering."""
    path = environ["PATH_INFO"]
    if path in ALWAYS_ANSWERED or path.startswith(settings.STATIC_URL):
        environ.pop("HTTP_COOKIE", None)  # nobody needs a session there, which is in the database
        return safety
    if pages.waiting < MAX_WAITING:
        return pages
    environ["directory.is_busy"] = True
    return safety


async def read_body(environ: dict[str, Any], receive: Receive) -> IO[bytes] | None:
    """Return the body as a file; None if it comes too slowly, or breaks off.

    A body that is longer than anybody may send here, or does not state its length, is not read: what Django
    makes of it is sent, and the connection ends with it.
    """
    length = length_of_body(environ)
    if not length:
        sends = environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ
        environ["directory.is_unread"] = sends
        return io.BytesIO()
    Bodies.long += length > MAX_VISITORS_BODY
    body = SpooledTemporaryFile(max_size=MAX_VISITORS_BODY)  # noqa: SIM115  (closed by whoever reads it)
    try:
        async with asyncio.timeout(BODY_SECONDS) as patience:
            until, message = patience.when() or 0, Message(more_body=True)
            while message.get("more_body"):
                message = await receive()
                body.write(message.get("body", b""))
                patience.reschedule(until + body.tell() / BODY_BYTES_A_SECOND)
    except TimeoutError:
        pass
    finally:
        Bodies.long -= length > MAX_VISITORS_BODY
    if body.tell() < length:
        body.close()
        return None
    body.seek(0)
    return body


class Bodies:
    """How many long ones this process is receiving."""

    long = 0


def length_of_body(environ: dict[str, Any]) -> int:
    """Return how many bytes of body to read: 0 where there is none, or it is not to be read."""
    stated = environ.get("CONTENT_LENGTH", "")
    length = int(stated) if stated.isdecimal() and len(stated) <= 9 else 0
    if length <= MAX_VISITORS_BODY:
        return length
    if not environ["PATH_INFO"].startswith(ADMIN) or length > MAX_BODY_BYTES:
        return 0
    environ["directory.is_busy"] = Bodies.long >= MAX_LONG_BODIES
    return 0 if environ["directory.is_busy"] else length


def environ_of(scope: dict[str, Any]) -> dict[str, Any]:
    """Return what WSGI calls the environment of a request, without its body.

    A header name with an underscore could pass for one that a proxy sets, and is left out.
    """
    client, server = scope["client"] or ("", 0), scope["server"] or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "REMOTE_ADDR": client[0],
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "directory.is_unread": False,  # whether there is a body that nobody reads
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.file_wrapper": FileWrapper,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        between = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{between}{value}" if key in environ else value
    return environ


def answer(environ: dict[str, Any]) -> Answered:
    """Return Django's answer, made whole. Called in a thread, whose database connection it leaves free."""
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        started[:] = status, headers

    result = wsgi.application(environ, start_response)
    try:
        content = content_of(result, dict(started[1]).get("Content-Length", ""))
    finally:
        getattr(result, "close", lambda: None)()
    status, named = int(started[0][:3]), started[1]
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in named]
    if status not in (204, 304) and "Content-Length" not in dict(named):
        headers.append((b"Content-Length", str(content.length).encode()))
    if environ["directory.is_unread"]:
        headers.append((b"Connection", b"close"))
    return status, headers, content


def content_of(result: Iterable[bytes], length: str) -> Whole | FilePart:
    if isinstance(result, FileWrapper) and length.isdecimal():
        try:
            handle = os.dup(result.file.fileno())
        except (AttributeError, OSError):  # a file in memory
            return Whole(b"".join(result))
        return FilePart(handle, result.file.tell(), int(length))
    if not getattr(result, "streaming", False):
        return Whole(b"".join(result))
    with SpooledTemporaryFile(max_size=MAX_IN_MEMORY) as file:
        file.writelines(result)
        made = file.tell()
        if made > MAX_IN_MEMORY:
            file.flush()
            return FilePart(os.dup(file.fileno()), 0, made)
        file.seek(0)
        return Whole(file.read())
