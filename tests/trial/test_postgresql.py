"""bin/with-postgresql: the command gets a server, and nothing is left of it, however it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

pytestmark = pytest.mark.postgresql

SAY_FOLDER = "import os; print(os.environ['DATABASE_URL'].split('@/')[1].rpartition('/')[0], flush=True)"
WAIT = f"{SAY_FOLDER}; print(os.getpid(), flush=True); import time; time.sleep(60)"


def start(repository: Path, *command: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [repository / "bin" / "with-postgresql", *command],
        env={**os.environ, "VENV": sys.prefix, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until_gone(folder: Path) -> bool:
    deadline = time.monotonic() + 30
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not folder.exists()


def test_a_command_finds_its_server_and_ends_as_it_would_have(repository: Path) -> None:
    ask = (
        f"{SAY_FOLDER}; import os, sys; sys.path.insert(0, {str(repository)!r}); from directory import env;"
        " import psycopg; at = env.read_database('DATABASE_URL', default='');"
        " db = psycopg.connect(host=at['HOST'], user=at['USER'], dbname=at['NAME']);"
        " print(db.execute('SELECT 6 * 7').fetchone()[0]); db.close(); sys.exit(3)"
    )
    running = start(repository, sys.executable, "-c", ask)
    said, complaints = running.communicate(timeout=60)
    folder, answer = said.split()
    assert (answer, running.returncode) == ("42", 3), complaints
    assert not Path(folder).exists()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_is_left_when_it_is_killed(repository: Path, ending: signal.Signals) -> None:
    running = start(repository, sys.executable, "-c", WAIT)
    assert running.stdout
    folder = Path(running.stdout.readline().strip())
    command = int(running.stdout.readline())
    assert (folder / "data" / "postmaster.pid").exists()
    running.send_signal(ending)
    assert wait_until_gone(folder)
    if ending == signal.SIGKILL:  # what it had started lives on without a server
        os.kill(command, ending)
    running.communicate(timeout=60)
    assert running.returncode in (128 + ending, -ending)


@pytest.mark.parametrize(
    ("command", "environment", "status", "sentence"),
    [
        ([], {}, 2, "Usage: bin/with-postgresql COMMAND"),
        (["no-such-command"], {}, 127, "no-such-command: No such file or directory"),
        (["true"], {"PG_BINDIR": "/nowhere"}, 69, "name their folder in PG_BINDIR"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    repository: Path, command: Sequence[str], environment: dict[str, str], status: int, sentence: str
) -> None:
    running = start(repository, *command, **environment)
    _said, complaints = running.communicate(timeout=60)
    assert running.returncode == status
    assert sentence in complaints
    assert "Traceback" not in complaints
