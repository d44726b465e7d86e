"""`python -m benchmarks.inside PART`: one part of `make bench` within one process, printed as JSON.

Milliseconds of processor time: this process's, and on PostgreSQL that of the server's processes with it. What
is compared takes turns, and an empty view takes them too: other work on the same cores makes all of it longer
alike, so times are stated as if the empty view had taken `CALM`.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from statistics import median
from time import process_time, process_time_ns
from typing import Any

import django
from django.db import connection
from django.test import RequestFactory

from benchmarks.measuring import CALM, EMPTY_VIEW, percentile
from benchmarks.questions import COMMON_WORDS, SCHEDULED, SEVEN, addresses

API, PAGE, USUAL = "/api/v1/listings/", "/search/", "/usual/services/"
SECONDS = 0.25  # for each way of each question
MOST, LEAST = 40, 3  # times that each is asked
FIRST_TIMES = 5  # that words are asked for the first time
MANY = 500_000  # listings of which a process reads for ten seconds


def main() -> None:
    django.setup()
    print(json.dumps(dict(PARTS[sys.argv[1]]())))


# ---- asking, and what it takes


class Asked:
    """Requests through all of Django, without a socket."""

    def __init__(self) -> None:
        from directory.wsgi import application

        self.application = application
        self.environ = RequestFactory().get("/", headers={"Host": "127.0.0.1"}).environ

    def __call__(self, address: str) -> bytes:
        path, _, query = address.partition("?")
        status = []
        answer: Any = self.application(
            {**self.environ, "PATH_INFO": path, "QUERY_STRING": query},
            lambda line, headers, error=None: status.append(line),
        )
        body = b"".join(answer)
        answer.close()
        if not status[0].startswith("200"):
            raise RuntimeError(f"{address} was answered {status[0]}")
        return body


def take_turns(*ways: Callable[[], object]) -> list[float]:
    """Return the milliseconds of each way: the median of this process and the mean of the server, calm."""
    ways = (*ways, _empty)
    found: list[list[float]] = [[] for _way in ways]
    servers = [0.0 for _way in ways]
    spent = 0.0
    for way in ways:
        way()
    while len(found[0]) < LEAST or (len(found[0]) < MOST and spent < SECONDS * len(ways)):
        for number, way in enumerate(ways):
            before, start = server_time(), process_time_ns()
            way()
            took = (process_time_ns() - start) / 1e6
            found[number].append(took)
            servers[number] += server_time() - before
            spent += took / 1000
    empty = median(found.pop())
    return [
        calm(median(times) + server / len(times), empty)
        for times, server in zip(found, servers, strict=False)
    ]


def once(work: Callable[[], object]) -> float:
    """Return the milliseconds of doing something that cannot be done twice, calm."""
    empty = _empty_times()
    before, start = server_time(), process_time()
    work()
    took = (process_time() - start) * 1000 + server_time() - before
    return calm(took, median(empty + _empty_times()))


def calm(milliseconds: float, empty: float) -> float:
    """Return how long it takes while nothing else works here, by how long the empty view took meanwhile."""
    return milliseconds * CALM / empty


def _empty_times() -> list[float]:
    return [_once_empty() for _time in range(15)]


def _once_empty() -> float:
    start = process_time_ns()
    _empty()
    return (process_time_ns() - start) / 1e6


@cache
def asked() -> Asked:
    return Asked()


def _empty() -> object:
    return asked()(EMPTY_VIEW)


def server_time() -> float:
    """Return the milliseconds that all processes of the PostgreSQL server have worked; 0.0 on SQLite."""
    if connection.vendor != "postgresql":
        return 0.0
    return sum(_worked(task) for task in _server_tasks()) / 1e6


_known_tasks: list[Path] = []


def _server_tasks() -> list[Path]:
    if not _known_tasks:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            own = cursor.fetchone()[0]
        parent = _parent(own)
        pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        _known_tasks.extend(Path(f"/proc/{pid}/schedstat") for pid in pids if _parent(pid) == parent)
    return _known_tasks


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _worked(task: Path) -> int:
    try:
        return int(task.read_text().split()[0])
    except (OSError, ValueError):
        return 0


# ---- parts


def questions() -> Iterator[tuple[str, Any]]:
    """The seven questions: to the API, the usual way, the search alone, and as a page."""
    from resources.search.catalog import catalog

    ask = asked()
    yield "listings", catalog().alive.bit_count()
    yield "empty", median(_empty_times())
    shapes = {}
    for name, query, usual in SEVEN:
        ways: list[Callable[[], object]] = [
            partial(ask, f"{API}?{query}&page_size=20"),
            _search(query),
            partial(ask, f"{PAGE}?{query}"),
        ]
        if "--with-usual" in sys.argv:
            ways.append(partial(ask, f"{USUAL}?{usual}"))
        api, alone, page, *usually = take_turns(*ways)
        shapes[name] = {"api": api, "search": alone, "page": page, "usual": usually[0] if usually else None}
    yield "shapes", shapes
    yield "scheduled", {query: take_turns(partial(ask, f"{PAGE}?{query}"))[0] for query in SCHEDULED}
    yield "mixed", _mixed()
    yield "first_words", _first_words()


def _search(query: str) -> Callable[[], object]:
    """Return what finds, counts (every facet too) and cuts a page, and draws nothing."""
    from django.http import QueryDict

    from resources.search.filters import ListingFilterSet

    question = ListingFilterSet(QueryDict(f"{query}&page_size=20")).question()

    def search() -> object:
        from resources.search.engine import search_listings

        return search_listings(question).facets

    return search


def _mixed() -> dict[str, float]:
    """Two hundred questions of twenty kinds, each the second time."""
    searches = [
        _search(query.partition("?")[2].replace("page_size=100&", "").replace("page_size=100", ""))
        for query in addresses()
    ]
    from resources.search.engine import PageNotFound

    times, empty = [], _empty_times()
    for search in searches:
        with suppress(PageNotFound):  # of a trial: its catalog has fewer pages
            search()
        before, start = server_time(), process_time()
        with suppress(PageNotFound):
            search()
        times.append((process_time() - start) * 1000 + server_time() - before)
        empty.append(_once_empty())
    times = [calm(each, median(empty)) for each in times]
    return {"p50": percentile(times, 50), "p95": percentile(times, 95), "most": max(times)}


def _first_words() -> dict[str, float]:
    """Words that this process was not asked for yet."""
    from resources.search.catalog import catalog, forget_catalog

    rounds = 1 if catalog().base > MANY else FIRST_TIMES  # the catalog is read again for each
    found = {}
    for words in COMMON_WORDS:
        times = []
        for _time in range(rounds):  # one alone tells what else the database's server did meanwhile
            forget_catalog()
            search = _search(f"q={words}")
            _search("q=remembrance")()
            times.append(once(search))
        found[words] = median(times)
    return found


def changes() -> Iterator[tuple[str, Any]]:
    """What an edit costs: who saves it, and each process at its next question."""
    from django.utils import timezone

    from resources.models import Listing
    from resources.search.catalog import catalog, forget_catalog
    from resources.search.projection import refresh_listings
    from resources.search.version import clear_cached_version

    def read() -> None:
        forget_catalog()
        catalog()

    yield "read", once(read)
    ask = asked()
    question = f"{API}?near=75201&page_size=20"
    services = list(dict.fromkeys(Listing.objects.order_by("-pk").values_list("service_id", flat=True)[:200]))

    def asked_anew() -> object:
        clear_cached_version()
        return ask(question)

    asked_anew()
    edits, next_times, usual_times = [], [], []
    for service in services[:12]:
        edits.append(once(partial(refresh_listings, [service], at=timezone.now())))
        next_times.append(once(asked_anew))
        usual_times.append(once(asked_anew))
    yield "save", median(edits)
    yield "next", median(next_times) - median(usual_times)
    yield "next_most", max(next_times) - median(usual_times)


def rebuild() -> Iterator[tuple[str, Any]]:
    from django.utils import timezone

    from resources.models import Listing
    from resources.search.projection import rebuild_listings

    yield "seconds", once(lambda: rebuild_listings(at=timezone.now())) / 1000
    yield "listings", Listing.objects.count()


def grow() -> Iterator[tuple[str, Any]]:
    """`grow copies|listings TIMES`: makes the catalog so many times as large."""
    from django.utils import timezone

    from benchmarks.copying import copy_catalog, copy_listings

    work = copy_catalog if sys.argv[2] == "copies" else copy_listings
    yield "seconds", once(lambda: work(times=int(sys.argv[3]), at=timezone.now())) / 1000


def ready() -> Iterator[tuple[str, Any]]:
    """How many listings there are, and whether this version of the program made them."""
    from resources.models import Listing
    from resources.search.projection import projection_digest
    from resources.search.version import last_rebuild

    made = last_rebuild()
    yield "is_ours", made is not None and made.projection_digest == projection_digest()
    yield "listings", Listing.objects.count()


PARTS: dict[str, Callable[[], Iterator[tuple[str, Any]]]] = {
    "questions": questions,
    "changes": changes,
    "rebuild": rebuild,
    "grow": grow,
    "ready": ready,
}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    main()
