"""What one test run leaves for the next: an empty database, and the static files as the site serves them.

Each lies in a folder named by a digest of the files it was made from. A run whose files give another digest
makes its own, so a changed migration or style sheet is never missed.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders

from tests.trial.product import ROOT, Product

MOST_FOLDERS = 4  # of each kind, so that changing branches and coming back finds them again
DATABASE = "directory.sqlite3"


def empty_database(cache: Path) -> Path:
    """An SQLite file with every table and no records. Copy it: it is shared."""
    sources = [
        *ROOT.glob("resources/migrations/*.py"),
        *ROOT.glob("resources/search/backends/*.py"),
        ROOT / "requirements.txt",
    ]
    return prepare(cache / "database", sources, _migrate) / DATABASE


def static_files(cache: Path) -> Path:
    """The folder that `collectstatic` fills, hashed names and all. Only read it: it is shared."""
    sources = [Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([])]
    return prepare(cache / "static", [*sources, ROOT / "requirements.txt"], _collect) / "static"


def prepare(folder: Path, sources: Iterable[Path], make: Callable[[Path], None]) -> Path:
    """The folder for these `sources`; `make` fills it where it is missing.

    Several processes may ask at once: each sees the folder complete or not at all.
    """
    prepared = folder / _digest_of(sources)
    if not prepared.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder))
        make(made)
        try:
            made.rename(prepared)
        except OSError:  # another process was first
            shutil.rmtree(made)
        _remove_oldest(folder)
    return prepared


def _remove_oldest(folder: Path) -> None:
    for old in sorted(folder.iterdir(), key=lambda each: each.stat().st_mtime)[:-MOST_FOLDERS]:
        shutil.rmtree(old, ignore_errors=True)


def _digest_of(sources: Iterable[Path]) -> str:
    digest = blake2b(digest_size=16)
    for source in sorted(sources):
        digest.update(f"{source}\0".encode() + blake2b(source.read_bytes()).digest())
    return digest.hexdigest()


def _migrate(home: Path) -> None:
    Product(f"sqlite:///{home / DATABASE}", log=home / "log").manage("migrate", "--verbosity", "0")


def _collect(home: Path) -> None:
    Product("sqlite://", log=home / "log").manage("collectstatic", "--noinput", "--verbosity", "0")
