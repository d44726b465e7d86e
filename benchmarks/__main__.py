"""`make bench`: the shipped catalogue on each database, and how soon the server answers questions of it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import perf_counter

from benchmarks.measuring import EMPTY_VIEW, Figures, measure, percentile
from benchmarks.questions import SEED, addresses
from tests.trial.postgresql import NotInstalled, throw_away_server
from tests.trial.product import Product

PREPARING = (
    ("collectstatic", "--noinput", "--verbosity", "0"),
    ("migrate", "--verbosity", "0"),
    ("load_places",),
    ("load_catalogue",),
)


def main() -> None:
    print(f"{len(addresses())} questions to /api/v1/listings/, one after another over one connection.")
    with tempfile.TemporaryDirectory() as home:
        bench("SQLite", f"sqlite:///{home}/directory.sqlite3", Path(home))
        try:
            with throw_away_server() as server:
                bench("PostgreSQL", server.url(), Path(home))
        except NotInstalled as fault:
            print(f"\nPostgreSQL is NOT MEASURED: {fault}", file=sys.stderr)


def bench(name: str, database_url: str, home: Path) -> None:
    product = Product(database_url, log=home / f"{name}.log")
    seconds = {command[0]: seconds_of(product, *command) for command in PREPARING}
    places, records = seconds["load_places"], seconds["load_catalogue"]
    print(f"\n{name}: loaded in {places:.1f} s (places) and {records:.1f} s (records)")
    with product.served():
        # Other questions first, so that the server is warm and has seen none of those that count.
        measure(product.url, addresses(SEED + 1)[:50])
        show(measure(product.url, addresses()))


def seconds_of(product: Product, *command: str) -> float:
    start = perf_counter()
    product.manage(*command)
    return perf_counter() - start


def show(figures: Figures) -> None:
    empty = percentile(figures.empty, 50)
    rows = [
        ("a question", figures.questions),
        ("unchanged (304)", figures.unchanged),
        (f"empty view ({EMPTY_VIEW})", figures.empty),
    ]
    print(f"  {'':24}  p50 ms  p95 ms  p50 / empty view")
    for label, values in rows:
        if values:
            p50, p95 = percentile(values, 50), percentile(values, 95)
            print(f"  {label:24} {p50:7.2f} {p95:7.2f} {p50 / empty:17.1f}")
        else:
            print(f"  {label:24}  no ETag")
    print(f"  The slowest question took {figures.slowest[0]:.0f} ms: {figures.slowest[1]}")


if __name__ == "__main__":
    main()
