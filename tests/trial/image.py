"""The steps of Containerfile, one after the other, in a Debian root that debootstrap makes.

For a machine where no base image can be had: Debian's own Python takes the place of what FROM names. This
makes no image, but it does every COPY and RUN, and starts the command of the image as its user.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from urllib.request import urlopen

from tests.trial.product import ROOT, Failed, free_port

PACKAGES = "python3,python3-venv,ca-certificates"
SECONDS_TO_START = 120


class DebianRoot:
    """A folder with a Debian of its own, in which Containerfile's instructions are carried out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "root"
        self.wheels = self.folder / "wheels"
        self.workdir = "/"
        self.user = "root"
        # Both stand in the base image.
        self.environment = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8"}

    def FROM(self, words: str) -> None:  # noqa: N802  (named as in Containerfile, as the next)
        """Debian, with `python` by that name, and with the packages fetched as this machine is set up to."""
        _do("debootstrap", "--variant=minbase", f"--include={PACKAGES}", _codename(), str(self.folder))
        (self.folder / "usr/local/bin/python").symlink_to("/usr/bin/python3")
        fetch = ("-m", "pip", "download", "--quiet", "--require-hashes", "--only-binary=:all:")
        python_of_debian = self._run(
            "python -c 'import sys; print(\"%d.%d\" % sys.version_info[:2])'"
        ).strip()
        version = ("--python-version", python_of_debian, "--dest", str(self.wheels))
        _do("python3", *fetch, *version, "-r", str(ROOT / "requirements.txt"))

    def ENV(self, words: str) -> None:  # noqa: N802
        self.environment |= dict(word.split("=", 1) for word in shlex.split(words))

    def WORKDIR(self, words: str) -> None:  # noqa: N802
        self.workdir = words
        self._here().mkdir(parents=True, exist_ok=True)

    def COPY(self, words: str) -> None:  # noqa: N802
        *sources, target = shlex.split(words)
        for source in sources:
            there = self._here() / target
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, there, ignore=find_left_out, dirs_exist_ok=True, symlinks=True)
            else:
                shutil.copy(ROOT / source, there)

    def RUN(self, words: str) -> None:  # noqa: N802
        self._run(words, PIP_NO_INDEX="1", PIP_FIND_LINKS="/wheels")

    def USER(self, words: str) -> None:  # noqa: N802
        self.user = words

    def EXPOSE(self, words: str) -> None:  # noqa: N802
        """Says something to who reads it, and does nothing."""

    def CMD(self, words: str) -> None:  # noqa: N802
        """As compose starts it: first bin/prepare, then the command, until it answers."""
        port = str(free_port())
        settings = {
            "DATABASE_URL": "sqlite:////tmp/trial.sqlite3",
            "SECRET_KEY": "a key for one trial only, never for a site",
            "SITE_URL": f"http://127.0.0.1:{port}",
            "PORT": port,
        }
        self._run("bin/prepare", **settings)
        command = [word.strip(' "') for word in words.strip("[]").split(",")]
        # In a session of its own: what is started is a shell, and the server below it must end, too.
        server = subprocess.Popen(
            self._chroot(shlex.join(command)), env=self.environment | settings, start_new_session=True
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/search/?near=75201", server)
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=20)

    def _run(self, words: str, **settings: str) -> str:
        return _do(*self._chroot(words), env=self.environment | settings)

    def _chroot(self, words: str) -> list[str]:
        to = f"cd {shlex.quote(self.workdir)} && exec sh -c {shlex.quote(words)}"
        return ["chroot", f"--userspec={self.user}", str(self.folder), "/bin/sh", "-c", to]

    def _here(self) -> Path:
        return self.folder / self.workdir.lstrip("/")


def follow_containerfile(folder: Path) -> list[str]:
    """Carries out every instruction; returns them as they were read. Raises Failed with what a step said."""
    root = DebianRoot(folder)
    done = []
    for name, words in read_instructions((ROOT / "Containerfile").read_text()):
        getattr(root, name)(words)
        done.append(f"{name} {words}")
    return done


def read_instructions(text: str) -> Iterator[tuple[str, str]]:
    """The name and the words of each, its continued lines joined."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if line.strip():
            name, words = line.split(None, 1)
            yield name, " ".join(words.split())


def find_left_out(folder: str | Path, names: list[str]) -> set[str]:
    """Return the names in a folder of the repository that .dockerignore keeps out of the image."""
    patterns = (ROOT / ".dockerignore").read_text().splitlines()
    here = Path(folder).relative_to(ROOT)
    return {
        name
        for name in names
        for pattern in patterns
        if fnmatch(str(here / name), pattern) or (pattern.startswith("**/") and fnmatch(name, pattern[3:]))
    }


def _codename() -> str:
    release = dict(
        line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line
    )
    return release["VERSION_CODENAME"]


def _do(*command: str, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, env=env or dict(os.environ), capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{shlex.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            with urlopen(url, timeout=30):  # noqa: S310  (our own server)
                return
        except OSError as error:  # refused, reset or too slow
            if server.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"{url} is not answered: {error}") from None
            time.sleep(0.5)
