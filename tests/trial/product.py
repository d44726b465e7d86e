"""The product as an operator runs it: prepared by its own commands, served by bin/serve."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from tests.trial.certificate import Certificate

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS_TO_START = 120


class Failed(Exception):
    """A command or the server ended badly; the text is what it said."""


class Product:
    """On the database at `database_url`, answering at `url` (no final slash) while it is served.

    `log` receives the error output of the server and of the commands. With a certificate it is served by
    https, with the settings of a public site. Static files are those of `static`, or have to be collected.
    """

    def __init__(
        self,
        database_url: str,
        log: Path,
        certificate: Certificate | None = None,
        static: Path | None = None,
    ) -> None:
        port = free_port()
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{port}"
        self.log = log
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "tests.trial.settings",
            "PORT": str(port),
            "REQUESTS_PER_SECOND": "0",  # a trial asks more than any hospital, all from one address
            "SECRET_KEY": "a key for one trial only, never for a site",
            "SECRET_KEY_FILE": "",
            "SITE_URL": self.url,
            "TRIAL_EXPORTS_ROOT": str(log.parent / "exports"),
            "TRIAL_STATIC_ROOT": str(static or log.parent / "static"),
            "VENV": sys.prefix,
        }
        if certificate:
            # Read by uvicorn itself. A public site must name its proxy; here there is none.
            self.environment |= {
                "UVICORN_SSL_CERTFILE": str(certificate.certificate),
                "UVICORN_SSL_KEYFILE": str(certificate.key),
                "TRUSTED_PROXIES": "192.0.2.1",
            }

    def manage(self, *words: str) -> str:
        """What the command `manage.py` said."""
        return self.python("manage.py", *words)

    def python(self, *words: str) -> str:
        """What Python printed when started with `words` in the settings of this product."""
        command = [sys.executable, *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(done.stdout + done.stderr)
        with self.log.open("a") as log:
            log.write(done.stderr)
        return done.stdout

    @contextmanager
    def served(self, ready: str = "/readyz") -> Iterator[None]:
        """From when the address `ready` answers well to the end of the block."""
        with self.log.open("ab") as output:
            server = subprocess.Popen(
                ["bin/serve"], cwd=ROOT, env=self.environment, stdout=output, stderr=output
            )
        try:
            self._wait_for(ready, server)
            yield
        finally:
            server.terminate()
            server.wait(timeout=20)

    def _wait_for(self, path: str, server: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._answers(path):
            if server.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"the server did not become ready: {self.log.read_text()}")
            time.sleep(0.1)

    def _answers(self, path: str) -> bool:
        try:
            with urlopen(f"{self.url}{path}", timeout=5, context=trusting_all()):  # noqa: S310  (our own server)
                return True
        except (HTTPError, URLError, ConnectionError, TimeoutError):
            return False


def trusting_all() -> ssl.SSLContext:
    """For our own server on this machine, whose certificate nobody else has signed."""
    return ssl._create_unverified_context()  # noqa: S323


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
