"""`python -m benchmarks.desk`: how long the pages of the curators' desk take with 20,000 services.

In the view itself, from the request to the last byte of the answer: on a SQLite file that is thrown away, or
on the empty database of DATABASE_URL, as in `bin/with-postgresql .venv/bin/python -m benchmarks.desk`.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from benchmarks.make_listings import main as make_listings
from benchmarks.measuring import percentile

LISTINGS = 22_000
SERVICES = 20_000  # of which they are, at the least
TIMES = 15
MOST = 200  # milliseconds of CPU, the least of the times: what else the machine does only adds


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{home}/desk.sqlite3")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "directory.settings")
        _prepare(Path(home))
        print(f"{'':66} queries  CPU  p50  most (milliseconds)")
        for who, address, queries, busy, milliseconds in _figures():
            cpu, p50, most = min(busy), percentile(milliseconds, 50), max(milliseconds)
            late = "" if cpu < MOST else "  MORE THAN IT SHOULD"
            print(
                f"{who:9} {address[:56]:56} {queries:7} {cpu:4.0f} {p50:4.0f} {most:5.0f}{late}", flush=True
            )


def _prepare(home: Path) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from resources.models.analyze import analyze_tables

    settings.STATIC_ROOT = home / "static"
    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("migrate", verbosity=0)
    call_command("load_places", verbosity=0)
    make_listings([str(LISTINGS)])
    fill_the_desk(timezone.now())
    analyze_tables()


def fill_the_desk(at: datetime) -> None:
    """Something to do of every kind, among the services that were made up."""
    from resources.models import Correction, PendingEdit, Service, Suggestion
    from resources.vocabulary import ProblemType, Status

    chance = random.Random(1)
    shown = list(Service.objects.published().order_by("pk").values_list("pk", flat=True))
    hidden = list(Service.objects.exclude(status=Status.ACTIVE).order_by("pk").values_list("pk", flat=True))
    for number, reason in enumerate(("Who may come is not stated.", "Its source says that it has closed.")):
        Service.objects.filter(pk__in=hidden[number:800:2]).update(held=True, status_reason=reason)
    Service.objects.filter(pk__in=chance.sample(shown, 400)).update(
        unanswered_count=1, last_unanswered_date=at.date()
    )
    # Checked of late: chance drew days of two years only.
    for start in range(0, 2000, 500):
        late = at.date() - timedelta(days=chance.randint(0, 100))
        Service.objects.filter(pk__in=shown[start : start + 500]).update(assured_date=late)
    Correction.objects.bulk_create(
        Correction(
            service_id=pk, wrong=chance.choice(list(ProblemType)), received_at=at, note="Nobody is there."
        )
        for pk in chance.sample(shown, 200)
    )
    Suggestion.objects.bulk_create(
        Suggestion(proposed={"name": f"Circle {number}"}, received_at=at) for number in range(40)
    )
    PendingEdit.objects.bulk_create(
        PendingEdit(
            model="resources.service", object_id=pk, name="An edit", before={}, after={}, received_at=at
        )
        for pk in shown[:20]
    )


def _figures() -> Iterator[tuple[str, str, int, list[float], list[float]]]:
    from django.test import Client
    from django.urls import reverse

    from resources.curation import statistics
    from resources.models import Service
    from resources.vocabulary import Role
    from tests.resources.admin.desk import address, build_curator, sign_in

    print(f"{Service.objects.count():,} services")
    grace = sign_in(Client(), build_curator("grace", Role.REVIEWER))
    texas = sign_in(Client(), build_curator("tex", regions=["US-TX"]))
    country = sign_in(Client(), build_curator("usa", regions=["US"]))
    today, services = reverse("admin:index"), reverse("admin:resources_service_changelist")
    record = address(Service.objects.published().order_by("pk")[0])
    deeper = (
        "",
        "?page=2",
        "?page=400",
        "?page=99999",
        "?reason=held",
        "?reason=overdue",
        "?reason=never&page=300",
    )
    for query in deeper:
        yield "reviewer", today + query, *_times(grace, today + query)
    yield "reviewer", f"{today} after a change", *_times(grace, today, statistics._of_version.cache_clear)
    for who, client in (("of a state", texas), ("of the US", country)):
        for query in ("", "?page=99999", "?scope=all"):
            yield who, today + query, *_times(client, today + query)
    for query in ("", "?p=200", "?status__exact=active", *QUESTIONS):
        yield "reviewer", services + query, *_times(grace, services + query)
    yield "reviewer", "the page of a service", *_times(grace, record)
    add = reverse("admin:resources_service_add")
    yield "reviewer", "a new service", *_times(grace, add)
    organizations = reverse("admin:resources_organization_changelist")
    yield "reviewer", organizations, *_times(grace, organizations)


# What the list is asked: a search by words, postal code and phone, and filters.
QUESTIONS = (
    "?q=rainbow",
    "?q=75201",
    "?q=555-0100",
    "?region=Texas&checked=365",
    "?missing=phone",
    "?missing=price&kind__exact=support_group",
    "?missing=hours",
    "?q=main+street",
    "?country=GB",
    "?town=dallas",
    "?duplicate=yes",
)


def _times(client: Any, address: str, before: Any = lambda: None) -> tuple[int, list[float], list[float]]:
    """Return the number of queries, and the milliseconds of CPU and of the clock. The first request, which
    meets cold caches of the process, does not count.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    before()
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    queries = len(asked)  # now: the next request empties the log
    busy, found = [], []
    for _time in range(TIMES):
        before()
        start, cpu_start = perf_counter(), process_time()
        answer = client.get(address)
        busy.append((process_time() - cpu_start) * 1000)
        found.append((perf_counter() - start) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} was answered {answer.status_code}")
    return queries, busy, found


if __name__ == "__main__":
    main()
