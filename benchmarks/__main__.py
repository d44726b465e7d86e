"""`make bench` and `make bench-full`: how soon the product answers, at several sizes and on both databases.

`python -m benchmarks [--home FOLDER] [PART...]` measures the parts that are named, such as `shipped-sqlite`,
and writes docs/performance.md anew. What is not measured keeps the figures of the last time. With `--home`
the SQLite databases are kept and used again, which saves the loading.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import report, wire
from benchmarks.measuring import EMPTY_VIEW
from benchmarks.questions import SEVEN, addresses
from tests.trial.postgresql import NotInstalled, throw_away_server
from tests.trial.product import Product

MADE = 12_500  # listings that are made up, and then copied
COPIES = {"made": 1, "hundred": 8, "million": 80}
PARTS = ("shipped-sqlite", "shipped-postgresql", "made-sqlite", "hundred-sqlite", "hundred-postgresql")
FULL = (*PARTS, "rebuild-sqlite", "million-sqlite", "million-postgresql")
WIRE_SECONDS, WIRE_ROUNDS = 1.0, 5


def main() -> None:
    options = _parser().parse_args()
    with _home(options.home) as home:
        for part in options.parts or (FULL if options.full else PARTS):
            size, _, vendor = part.partition("-")
            try:
                with _database(vendor, size, home) as url:
                    found = _measure(size, _product(url, home))
            except NotInstalled as fault:
                print(f"\n{part} is NOT MEASURED: {fault}", file=sys.stderr)
                continue
            report.write({**report.read(), part: found})
    report.print_bars(report.read())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--home", type=Path, help="where databases are kept")
    parser.add_argument("--full", action="store_true", help="measure a million listings, too")
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


@contextmanager
def _database(vendor: str, size: str, home: Path) -> Iterator[str]:
    """Yield the URL of a database for one part: a file that may be there already, or a new server."""
    if vendor == "postgresql":
        with throw_away_server() as server:
            yield server.url()
    else:
        yield f"sqlite:///{home}/{size}.sqlite3"


def _product(url: str, home: Path) -> Product:
    product = Product(url, log=home / "log")
    product.environment |= {
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "TRIAL_STATIC_ROOT": str(home / "static"),
    }
    return product


def _measure(size: str, product: Product) -> dict[str, Any]:
    print(f"\n{size}, {product.environment['DATABASE_URL'].partition(':')[0]}", flush=True)
    _prepare(size, product)
    if size == "rebuild":
        return _inside(product, "rebuild")
    usual = () if size == "million" else ("--with-usual",)
    figures = _inside(product, "questions", *usual) | _inside(product, "changes")
    with product.served():
        figures |= _on_the_wire(product)
    return figures


def _prepare(size: str, product: Product) -> None:
    """Load what is to be asked, unless it is there; the rows must be of this version of the program."""
    product.manage("collectstatic", "--noinput", "--verbosity", "0")
    product.manage("migrate", "--verbosity", "0")
    if _inside(product, "ready")["ready"]:
        return
    product.manage("load_places")
    if size in ("shipped", "rebuild"):
        product.manage("load_catalogue")
        if size == "rebuild":
            _inside(product, "grow", "copies", "7")
        return
    product.python("-m", "benchmarks.make_listings", str(MADE))
    if size != "made":
        _inside(product, "grow", "copies" if size == "hundred" else "listings", str(COPIES[size]))


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
