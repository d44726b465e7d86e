"""`python -m benchmarks.held_up [N]`: how soon the site answers while clients are slow, N of each kind (20).

Starts the server as `make run` does, on the database of DATABASE_URL (default: that of this copy, which
`make run` has prepared; it is only read). Then at once N clients read an answer a byte a second, N send a
form a byte a second, and N download an export a kilobyte a second. Meanwhile a visitor asks for one page
after another, each over a new connection. Ends with 1 if one of them took longer than LIMIT.
"""

from __future__ import annotations

import os
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

from benchmarks.measuring import percentile
from tests.trial.product import ROOT, Product

LIMIT = 1.0  # seconds
ROUNDS = 20
ASKED = ("/healthz", "/urgent/", "/search/?near=75201", "/api/v1/listings/?near=75201")
MAKE_EXPORTS = (
    "from django.utils import timezone; from resources.exchange.exports import write_exports;"
    " write_exports(at=timezone.now())"
)
FORM = "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {type}\r\nContent-Length: 50000\r\n\r\n"


class SlowClient:
    """Sends `request` at once, then a byte or reads `take` bytes each second, until it is stopped.

    `status` is that of the answer, "" while there is none.
    """

    def __init__(self, host: str, request: str, *, sends: bool = False, take: int = 1) -> None:
        self.host, self.request, self.sends, self.take = host, request, sends, take
        self.stopped, self.status = threading.Event(), ""
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        address, port = self.host.split(":")
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect((address, int(port)))
            connection.sendall(self.request.encode())
            if not self.sends:
                self.status = connection.recv(12).decode().partition(" ")[2]
            while not self.stopped.wait(1):
                try:
                    if self.sends:
                        connection.sendall(b"a")
                    elif not connection.recv(self.take):
                        return
                except OSError:
                    return

    def stop(self) -> None:
        self.stopped.set()
        self.thread.join(timeout=10)


@contextmanager
def slow_clients(host: str, number: int) -> Iterator[list[SlowClient]]:
    """`number` clients of each of three kinds, all at once."""

    def get(path: str) -> str:
        return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"

    forms = (
        FORM.format(path="/suggest/", host=host, type="application/x-www-form-urlencoded"),
        FORM.format(path="/api/v1/suggestions/", host=host, type="application/json"),
    )
    with ExitStack() as stack:
        clients = [
            *(SlowClient(host, get("/api/v1/listings/?page_size=100")) for _each in range(number)),
            *(SlowClient(host, forms[each % 2], sends=True) for each in range(number)),
            *(SlowClient(host, get("/api/v1/exports/catalog.geojson"), take=1024) for _each in range(number)),
        ]
        for client in clients:
            stack.callback(client.stop)
        yield clients


def seconds_of(host: str, path: str) -> float:
    """Seconds to the last byte of a well answered request over a new connection."""
    start = perf_counter()
    connection = HTTPConnection(host, timeout=60)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path} was answered {answer.status}")
    return perf_counter() - start


def show(host: str, label: str) -> float:
    """Ask for everything ROUNDS times and print it. Return the longest time."""
    print(f"\n{label:42} median ms  longest ms")
    longest = 0.0
    for path in ASKED:
        times = [seconds_of(host, path) for _round in range(ROUNDS)]
        longest = max(longest, *times)
        print(f"  {path:40} {percentile(times, 50) * 1000:9.0f} {max(times) * 1000:11.0f}")
    return longest


def held_up(database_url: str, number: int, home: Path) -> float:
    """Print the times with nobody slow and with `number` slow clients of each kind. Return the longest."""
    product = Product(database_url, log=home / "log")
    product.environment["REQUESTS_PER_SECOND"] = ""  # as it is unless an operator says otherwise
    product.manage("collectstatic", "--noinput", "--verbosity", "0")
    product.manage("shell", "--verbosity", "0", "-c", MAKE_EXPORTS)
    host = urlsplit(product.url).netloc
    with product.served():
        for path in ASKED:
            seconds_of(host, path)  # a process reads the catalog when it is first asked
        show(host, "Nobody is slow")
        with slow_clients(host, number) as clients:
            threading.Event().wait(2)
            answered = sum(client.status.startswith("200") for client in clients)
            longest = show(host, f"{number} slow readers, senders and downloads")
            print(f"\n{answered} of {2 * number} slow answers had begun, each 200.")
    return longest


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{ROOT}/var/directory.sqlite3"
    with tempfile.TemporaryDirectory() as home:
        longest = held_up(url, number, Path(home))
    print(f"The longest took {longest:.2f} s; the limit is {LIMIT:.0f} s.")
    sys.exit(longest > LIMIT)


if __name__ == "__main__":
    main()
