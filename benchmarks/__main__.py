"""`make bench` and `make bench-full`: how soon the product answers, at several sizes and on both databases.

`python -m benchmarks [--home FOLDER] [PART...]` measures the parts that are named, such as `shipped-sqlite`,
and writes docs/performance.md anew. What is not measured keeps the figures of the last time; what failed has
none, is named at the end, and the others are measured nevertheless. With `--home` the SQLite databases are
kept and used again, which saves the loading.

`--trial N` shows within minutes whether all of it runs: N listings are made up in place of 12,500, and the
page is written into the folder of the databases, not into docs.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

import psycopg

from benchmarks import report, wire
from benchmarks.measuring import EMPTY_VIEW
from benchmarks.questions import SEVEN, addresses
from tests.trial.postgresql import NotInstalled, Server, throw_away_server
from tests.trial.product import Product

MADE = 12_500  # listings that are made up, and then copied
COPIES = {"rebuild": 7, "hundred": 8, "million": 80}
PARTS = ("shipped-sqlite", "shipped-postgresql", "made-sqlite", "hundred-sqlite", "hundred-postgresql")
FULL = (*PARTS, "rebuild-sqlite", "million-sqlite", "million-postgresql")
# What a larger catalog is copied from.
BASES = {"rebuild": "shipped", "hundred": "made", "million": "made"}
WIRE_SECONDS, WIRE_ROUNDS = 1.0, 5


def main() -> None:
    options = _parser().parse_args()
    failed = []
    with _home(options.home) as home, Databases(home) as databases:
        page = report.Files(home) if options.trial else report.Files()
        for part in options.parts or (FULL if options.full else PARTS):
            begun, figures = monotonic(), page.read()
            figures.pop(part, None)
            try:
                for found in _measured(part, databases, options.trial or MADE):
                    figures[part] = figures.get(part, {}) | found
                    page.write(figures)
            except NotInstalled as fault:
                print(f"\n{part} is NOT MEASURED: {fault}", file=sys.stderr)
            except Exception:  # noqa: BLE001  (the other parts are measured)
                traceback.print_exc()
                failed.append(part)
                page.write(figures)
                databases.stop_server()
            print(f"  {part} took {monotonic() - begun:.0f} s", flush=True)
        report.print_bars(page.read())
        if options.trial:
            print(page.page.read_text())
    if failed:
        sys.exit(f"FAILED, and not measured or not whole: {', '.join(failed)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--home", type=Path, help="where databases are kept")
    parser.add_argument("--full", action="store_true", help="measure a million listings, too")
    parser.add_argument("--trial", type=int, metavar="N", help="so many made-up listings; see above")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(FULL))
    return parser


@contextmanager
def _home(given: Path | None) -> Iterator[Path]:
    if given:
        given.mkdir(parents=True, exist_ok=True)
        yield given.resolve()
        return
    with tempfile.TemporaryDirectory() as home:
        yield Path(home)


class Databases:
    """The databases of a run, by vendor and name: files in `home`, and those of one throw-away server."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.stack = ExitStack()
        self.server: Server | None = None

    def __enter__(self) -> Databases:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop_server()

    def url(self, vendor: str, name: str) -> str:
        """Return the URL of a database, which may be there or not; on PostgreSQL it is there then."""
        if vendor == "sqlite":
            return f"sqlite:///{self._file(name)}"
        if not self._is_there(name):
            self._execute(f"CREATE DATABASE {name}")
        return self._running().url(name)

    def copy(self, vendor: str, name: str, base: str) -> None:
        """Make a database from another one, unless it is there."""
        if vendor == "postgresql":
            if not self._is_there(name):
                self._execute(f"CREATE DATABASE {name} TEMPLATE {base}")
        elif not self._file(name).exists():
            with (
                closing(sqlite3.connect(self._file(base))) as old,
                closing(sqlite3.connect(self._file(name))) as new,
            ):
                old.backup(new)

    def stop_server(self) -> None:
        """End the server, and its databases with it: who asks for one again has another."""
        self.server = None
        self.stack.close()

    def _file(self, name: str) -> Path:
        return self.home / f"{name}.sqlite3"

    def _running(self) -> Server:
        if self.server is None:
            self.server = self.stack.enter_context(throw_away_server())
        return self.server

    def _is_there(self, name: str) -> bool:
        return bool(self._execute("SELECT 1 FROM pg_database WHERE datname = %s", name))

    def _execute(self, sql: str, *parameters: str) -> list[Any]:
        server = self._running()
        with psycopg.connect(host=str(server.home), user="app", dbname="postgres", autocommit=True) as asked:
            cursor = asked.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else []


def _product(url: str, home: Path) -> Product:
    product = Product(url, log=home / "log")
    product.environment |= {
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "TRIAL_STATIC_ROOT": str(home / "static"),
    }
    return product


def _measured(part: str, databases: Databases, made: int) -> Iterator[dict[str, Any]]:
    """Yield the figures of a part, in pieces that the page can show without those that follow."""
    size, _, vendor = part.partition("-")
    print(f"\n{part}", flush=True)
    product = _prepared(size, vendor, databases, made)
    if size == "rebuild":
        yield _inside(product, "rebuild")
        return
    usual = () if size == "million" else ("--with-usual",)
    yield _inside(product, "questions", *usual) | _inside(product, "changes")
    with product.served():
        yield _on_the_wire(product)


def _prepared(size: str, vendor: str, databases: Databases, made: int) -> Product:
    """Load what is to be asked, unless it is there. What is loaded for one part is copied for the next."""
    base = BASES.get(size)
    if base:
        smaller = _prepared(base, vendor, databases, made)
        databases.copy(vendor, size, base)
    begun, product = monotonic(), _product(databases.url(vendor, size), databases.home)
    product.manage("collectstatic", "--noinput", "--verbosity", "0")
    product.manage("migrate", "--verbosity", "0")
    there = _inside(product, "ready")
    if there["listings"] and not there["is_ours"]:
        raise RuntimeError(f"{size}: the listings there are of another version of the program: remove them")
    if base:
        if there["listings"] < _inside(smaller, "ready")["listings"] * COPIES[size]:
            _inside(product, "grow", "listings" if size == "million" else "copies", str(COPIES[size]))
    elif not there["listings"]:
        product.manage("load_places")
        product.manage("rebuild_listings")  # of none: it records which version makes those that follow
        if size == "shipped":
            product.manage("load_catalogue")
        else:
            product.python("-m", "benchmarks.make_listings", str(made))
    print(f"  {size} is ready after {monotonic() - begun:.0f} s", flush=True)
    return product


def _inside(product: Product, *words: str) -> dict[str, Any]:
    """Return what one part of `benchmarks.inside` measured."""
    said = product.python("-m", "benchmarks.inside", *words).splitlines()[-1]
    found: dict[str, Any] = json.loads(said)
    if words[0] not in ("ready", "grow"):
        report.print_figures(words[0], found)
    return found


def _on_the_wire(product: Product) -> dict[str, Any]:
    """Return requests a second and the memory of a worker, through the real server."""
    url = product.url
    wire.ask(url, [EMPTY_VIEW] * 20)
    idle = wire.memory_of_workers(url)
    pages = [f"/search/?{query}" for _name, query, _usual in SEVEN]
    wire.ask(url, [*addresses(), *pages] * 2)
    asked = wire.memory_of_workers(url)  # before the usual DRF is asked in the same process
    question = "/api/v1/listings/?near=75201&page_size=20"
    ways = {
        "empty": (EMPTY_VIEW, False),
        "unchanged": (question, True),
        "api": (question, False),
        "page": ("/search/?near=75201", False),
        "usual": ("/usual/services/?near=75201", False),
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _round in range(WIRE_ROUNDS):  # in turn, so that other work on these cores meets all alike
        for name, (address, unchanged) in ways.items():
            rates[name].append(
                wire.requests_a_second(url, address, seconds=WIRE_SECONDS, unchanged=unchanged)
            )
    found = {
        "memory": max(asked) - min(idle),
        "requests": {name: median(found) for name, found in rates.items()},
    }
    report.print_figures("wire", found)
    return found


if __name__ == "__main__":
    main()
