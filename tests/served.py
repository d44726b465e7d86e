"""The product as an operator runs it: the shipped data loaded, served by the production server.

Built once for all tests that ask for it, in a database of its own; they only read.
"""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

SECONDS_TO_START = 30


@dataclass(frozen=True)
class Site:
    """A running server: `url` has no final slash, `log` holds all it wrote, `database` is its file."""

    url: str
    log: Path
    database: Path
    loaded: str

    def get(self, path: str, **parameters: Any) -> tuple[int, bytes]:
        query = f"?{urlencode(parameters, doseq=True)}" if parameters else ""
        try:
            with urlopen(f"{self.url}{path}{query}", timeout=30) as answer:  # noqa: S310  (our own server)
                return answer.status, answer.read()
        except HTTPError as error:
            return error.code, error.read()

    def api(self, path: str, **parameters: Any) -> dict[str, Any]:
        status, body = self.get(f"/api/v1/{path}", **parameters)
        assert status == 200, body
        answer: dict[str, Any] = json.loads(body)
        return answer

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            return connection.execute(sql, values).fetchall()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("site")
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{home}/directory.sqlite3",
        "SECRET_KEY": "a key for one test run only, never for a site",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "directory.settings",
    }

    def manage(*words: str) -> str:
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    manage("collectstatic", "--noinput", "--verbosity", "0")
    manage("migrate", "--verbosity", "0")
    manage("load_places")
    loaded = manage("load_starter")
    server = shutil.which("granian", path=str(Path(sys.executable).parent))
    assert server, "granian is not installed beside this Python"
    log = home / "log"
    flags = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws", "--workers", "1"]
    with log.open("wb") as output:
        running = subprocess.Popen(
            [server, *flags, "--no-access-log", "--log-level", "warning", "directory.wsgi:application"],
            cwd=repository,
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/readyz", running, log)
        yield Site(f"http://127.0.0.1:{port}", log, home / "directory.sqlite3", loaded)
    finally:
        running.terminate()
        running.wait(timeout=20)


def _wait_for(address: str, running: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        assert running.poll() is None, log.read_text()
        try:
            with urlopen(address, timeout=5):  # noqa: S310  (our own server)
                return
        except (URLError, ConnectionError):
            time.sleep(0.2)
    pytest.fail(f"the server did not become ready: {log.read_text()}")
