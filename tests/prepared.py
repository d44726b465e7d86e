"""What one test run leaves for the next: databases, empty and loaded, and the static files of the site.

Each lies in a folder named by a digest of the files it was made from. A run whose files give another digest
makes its own, so a changed migration or style sheet is never missed.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import get_finders

from resources.geo import loading
from resources.geo.regions import DATA
from resources.geo.rows import PlaceRow
from tests.trial.product import ROOT, Product

MAX_FOLDERS = 4  # of each small kind, so that changing branches and coming back finds them again
DATABASE = "directory.sqlite3"
PLACES = "places.json"
READ_PLACES = loading._read_places
CACHE = pytest.StashKey[Path]()  # where the folders are, kept by the configuration of a run


def empty_database(cache: Path) -> Path:
    """An SQLite file with every table and no records. Copy it: it is shared."""
    sources = [
        *ROOT.glob("resources/migrations/*.py"),
        *ROOT.glob("resources/search/backends/*.py"),
        ROOT / "requirements.txt",
    ]
    return prepare(cache / "database", sources, _migrate) / DATABASE


def loaded_database(cache: Path) -> Path:
    """An SQLite file with all that ships, as a first `make run` leaves it. Copy it: it is shared."""
    sources = [path for path in (ROOT / "resources").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return prepare(cache / "loaded", [*sources, ROOT / "requirements.txt"], _load, keep=1) / DATABASE


def places(cache: Path) -> list[PlaceRow]:
    """Every place that ships, as the files of the gazetteer are read: which takes ten times as long."""
    files = [
        Path(__file__),
        *(ROOT / "resources/geo").glob("*.py"),
        *(path for path in DATA.iterdir() if path.is_file()),
    ]
    rows = json.loads((prepare(cache / "places", files, _read_places) / PLACES).read_bytes())
    return [PlaceRow(*row) for row in rows]


def static_files(cache: Path) -> Path:
    """The folder that `collectstatic` fills, hashed names and all. Only read it: it is shared."""
    sources = [Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([])]
    return prepare(cache / "static", [*sources, ROOT / "requirements.txt"], _collect) / "static"


def prepare(
    folder: Path, sources: Iterable[Path], make: Callable[[Path], None], *, keep: int = MAX_FOLDERS
) -> Path:
    """The folder for these `sources`; `make` fills it where it is missing.

    Several processes may ask at once: one makes it, and the others wait.
    """
    folder.mkdir(parents=True, exist_ok=True)
    prepared = folder / _digest_of(sources)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not prepared.exists():
            made = Path(tempfile.mkdtemp(dir=folder))
            make(made)
            made.rename(prepared)
            _remove_oldest(folder, keep)
    return prepared


def _remove_oldest(folder: Path, keep: int) -> None:
    folders = [each for each in folder.iterdir() if each.is_dir()]
    for old in sorted(folders, key=lambda each: each.stat().st_mtime)[:-keep]:
        shutil.rmtree(old, ignore_errors=True)


def _digest_of(sources: Iterable[Path]) -> str:
    digest = blake2b(digest_size=16)
    for source in sorted(sources):
        digest.update(f"{source}\0".encode() + blake2b(source.read_bytes()).digest())
    return digest.hexdigest()


def _migrate(home: Path) -> None:
    Product(f"sqlite:///{home / DATABASE}", log=home / "log").manage("migrate", "--verbosity", "0")


def _load(home: Path) -> None:
    load_what_ships(Product(f"sqlite:///{home / DATABASE}", log=home / "log"))


def load_what_ships(product: Product) -> None:
    """Make the tables and load all that ships, as bin/prepare does."""
    product.manage("migrate", "--verbosity", "0")
    product.manage("rebuild_listings", "--if-outdated")
    product.manage("load_places")
    product.manage("load_catalogue")


def _read_places(home: Path) -> None:
    packed = (loading._POSTAL_CODES.read_bytes(), loading._TOWNS.read_bytes())
    (home / PLACES).write_bytes(json.dumps(READ_PLACES(*packed)).encode())


def _collect(home: Path) -> None:
    Product("sqlite://", log=home / "log").manage("collectstatic", "--noinput", "--verbosity", "0")
