"""A throw-away PostgreSQL on a private Unix socket, for the tests, the benchmark and a look at home.

Touches no server that is already there and opens no port. Works as a plain user, and as root, whom PostgreSQL
refuses: then the server runs as postgres or nobody. `bin/with-postgresql` runs this file as a program, with
nothing but Python's own library.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

FOLDERS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql*/bin",
    "usr/local/opt/postgresql*/bin",
)
NOT_INSTALLED = (
    "no PostgreSQL server programs (initdb, postgres) are found. On Debian or Ubuntu, as root:"
    " apt-get install postgresql. Elsewhere: name their folder in PG_BINDIR."
)
# What a shell answers when a service is not there, and pytest never does: bin/test tells the two apart.
UNAVAILABLE = 69
SECONDS_TO_START = 60
SECONDS_TO_STOP = 30

# A collation by language, as most servers have: an order that is only right by chance shows here.
LANGUAGE = ("--locale=C", "--locale-provider=icu", "--icu-locale=en-US")
# What is thrown away need not survive a power cut.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class NotInstalled(Exception):
    def __str__(self) -> str:
        return NOT_INSTALLED


class Server:
    """One server in a folder of its own: `data` is its data, `log` all that it wrote."""

    def __init__(self, programs: Path, home: Path) -> None:
        self.programs = programs
        self.home = home
        self.data = home / "data"
        self.log = home / "log"
        self.running: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres") -> str:
        return f"postgres://app@/{self.home}/{database}"

    def make(self) -> None:
        """Lays out an empty cluster, whose only role is `app`, a superuser without a password."""
        plain = ("initdb", "-D", str(self.data), "-U", "app", "-A", "trust", "-E", "UTF8", "--no-sync")
        if self._run(*plain, *LANGUAGE) != 0:  # before PostgreSQL 15, or built without ICU
            shutil.rmtree(self.data, ignore_errors=True)
            if self._run(*plain, "--locale=C") != 0:
                raise RuntimeError(f"initdb failed: {self.log.read_text()}")

    def start(self) -> None:
        settings = {**CARELESS, "listen_addresses": "", "unix_socket_directories": str(self.home)}
        flags = [f"--{name}={value}" for name, value in settings.items()]
        # In a session of its own, so that Ctrl-C ends the command first and the server after it.
        self.running = self._popen("postgres", "-D", str(self.data), *flags, start_new_session=True)
        deadline = time.monotonic() + SECONDS_TO_START
        while self._run("pg_isready", "-q", "-h", str(self.home)) != 0:
            if self.running.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {self.log.read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ends every connection and the server, at once."""
        if self.running is None:
            return
        self.running.send_signal(signal.SIGINT)
        try:
            self.running.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait()
        self.running = None

    def _run(self, *command: str) -> int:
        return self._popen(*command).wait()

    def _popen(self, program: str, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        environment = {"PATH": f"{self.programs}:/usr/bin:/bin", "HOME": str(self.home), "TZ": "UTC"}
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [str(self.programs / program), *arguments],
                cwd=self.home,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **who_may_run_it(),
                **options,
            )


def find_programs() -> Path:
    """The folder of the server's programs: PG_BINDIR, the newest installed version, or the PATH's."""
    if named := os.environ.get("PG_BINDIR"):
        folders = [Path(named)]
    else:
        folders = [
            folder for pattern in FOLDERS for folder in sorted(Path("/").glob(pattern), key=_newest_first)
        ]
        folders += [Path(found).parent for found in [shutil.which("initdb")] if found]
    for folder in folders:
        if all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres", "pg_isready")):
            return folder
    raise NotInstalled


def _newest_first(folder: Path) -> list[int]:
    return [-int(number) for number in re.findall(r"\d+", str(folder))]


def who_may_run_it() -> Mapping[str, Any]:
    """For subprocess: the user to become, when we are root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise RuntimeError("PostgreSQL refuses to run as root, and there is no user called postgres or nobody")


@contextlib.contextmanager
def throw_away_server() -> Iterator[Server]:
    """A running server; afterwards nothing is left of it."""
    programs = find_programs()
    # Under /tmp whatever TMPDIR says: the name of a socket may have a hundred letters, and no more.
    server = Server(programs, Path(tempfile.mkdtemp(prefix="postgresql-", dir="/tmp")))
    try:
        if user := who_may_run_it():
            os.chown(server.home, user["user"], user["group"])
        server.make()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.home, ignore_errors=True)


CHECK = "--check"
KEEP = "--keep-until-the-input-ends"


def keep() -> None:
    """Says the address of a new server, and keeps it until whoever asked has gone, in whatever way.

    A process of its own does this because a killed one can clean up nothing.
    """
    signal.signal(signal.SIGTERM, _leave)
    with throw_away_server() as server:
        sys.stdout.write(f"{server.url()}\n")
        sys.stdout.flush()
        sys.stdin.read()


def run_with_server(command: Sequence[str]) -> int:
    """Runs `command` with DATABASE_URL set to a new server's, and hands back what it ended with."""
    keeper = subprocess.Popen(
        [sys.executable, __file__, KEEP],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert keeper.stdin  # for the type checker, as the next
    assert keeper.stdout
    try:
        url = keeper.stdout.readline().strip()
        return _run(command, {**os.environ, "DATABASE_URL": url}) if url else 1
    finally:
        keeper.stdin.close()
        keeper.wait()


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Ctrl-C reaches the command by itself; what ends only this process is passed on to it."""
    try:
        running = subprocess.Popen(command, env=environment)
    except OSError as error:
        sys.stderr.write(f"bin/with-postgresql: {command[0]}: {error.strerror}\n")
        return 127
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda number, _frame: running.send_signal(number))
    status = running.wait()
    return status if status >= 0 else 128 - status


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


def main(words: Sequence[str]) -> int:
    if not words:
        sys.stderr.write("Usage: bin/with-postgresql COMMAND [ARGUMENT...]\n")
        return 2
    try:
        find_programs()
    except NotInstalled as fault:
        sys.stderr.write(f"bin/with-postgresql: {fault}\n")
        return UNAVAILABLE
    if words == [CHECK]:
        return 0
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _leave)
    return run_with_server(words)


if __name__ == "__main__":
    if sys.argv[1:] == [KEEP]:
        keep()
    else:
        sys.exit(main(sys.argv[1:]))
