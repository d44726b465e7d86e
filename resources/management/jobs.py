"""Periodic jobs and their last runs: `manage.py run_jobs`.

Each job is run by one process: of two that start it at the same moment, only one succeeds in updating its
row.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from resources.curation.contributions import purge
from resources.curation.drafts import purge_drafts
from resources.curation.duplicates import find_and_store
from resources.curation.links import check_links
from resources.curation.password_links import is_link_waiting, send_waiting_links
from resources.curation.provider_requests import carry_out_removals, request_assurance
from resources.events import log_event
from resources.exchange import exports, uploads
from resources.models import JobRun
from resources.search.projection import is_outdated, rebuild_listings

LINKS_PER_RUN = 5  # every 10 minutes: 5,000 a week


@dataclass(frozen=True)
class Job:
    """A periodic job. `run` takes the time and returns counts for the log. `every` is from start to start.

    A job that works on what waits is due only while there is something (`has_work`).
    """

    name: str
    every: timedelta
    run: Callable[[datetime], Mapping[str, int]]
    has_work: Callable[[], bool] = lambda: True


def _rebuild(at: datetime) -> Mapping[str, int]:
    return {"listings": rebuild_listings(at=at)} if is_outdated(at) else {}


def _clear_sessions(at: datetime) -> Mapping[str, int]:
    call_command("clearsessions", verbosity=0)
    return {}


def _purge_uploads(at: datetime) -> Mapping[str, int]:
    return {"uploads": uploads.purge_uploads(at=at)}


def _check_links(at: datetime) -> Mapping[str, int]:
    """Check a few links, on a public site only: a trial on this machine calls nobody.

    Few, because a slow site takes up to 20 seconds, and the other jobs wait for it.
    """
    return check_links(at=at, limit=LINKS_PER_RUN) if settings.IS_HTTPS else {}


def _request_assurance(at: datetime) -> Mapping[str, int]:
    """Ask as many providers as the operator allows each day: none unless the setting says so."""
    if not settings.ASSURANCE_REQUESTS_PER_DAY:
        return {}
    result = request_assurance(at=at, limit=settings.ASSURANCE_REQUESTS_PER_DAY)
    return {"sent": result.sent, "failed": result.failed}


JOBS = (
    Job("uploads", timedelta(seconds=1), uploads.work_on_waiting, has_work=uploads.is_work_waiting),
    Job(
        "password_links",
        timedelta(seconds=1),
        lambda at: send_waiting_links(at=at),
        has_work=is_link_waiting,
    ),
    Job("rebuild_listings", timedelta(hours=1), _rebuild),
    Job(
        "exports",
        timedelta(hours=1),
        lambda at: exports.write_exports(at=at),
        has_work=exports.are_outdated,
    ),
    Job("purge_contributions", timedelta(hours=6), lambda at: purge(at=at)),
    Job("purge_drafts", timedelta(days=1), lambda at: purge_drafts(at=at)),
    Job("purge_uploads", timedelta(days=1), _purge_uploads),
    Job("clear_sessions", timedelta(days=1), _clear_sessions),
    Job("find_duplicates", timedelta(days=1), lambda at: find_and_store(at=at)),
    Job("check_links", timedelta(minutes=10), _check_links),
    Job("request_assurance", timedelta(days=1), _request_assurance),
    Job("provider_removals", timedelta(hours=1), lambda at: {"services": carry_out_removals(at=at)}),
)


def run_due_jobs(*, at: datetime) -> list[JobRun]:
    """Run each job that is due, one after the other. Return their rows.

    One query for each job that is not due, two for one that nothing waits for.
    """
    return [_run(job, run) for job in JOBS if job.has_work() and (run := _claim(job, at))]


def _claim(job: Job, at: datetime) -> JobRun | None:
    """Mark the job as started by this process. None if it is not due or another process has started it."""
    run = JobRun.objects.filter(pk=job.name).first()
    if run is None:
        try:
            with transaction.atomic():
                return JobRun.objects.create(name=job.name, started_at=at)
        except IntegrityError:
            return None
    if at - run.started_at < job.every:
        return None
    unchanged = JobRun.objects.filter(pk=job.name, started_at=run.started_at)
    if not unchanged.update(started_at=at, finished_at=None, outcome="", detail=""):
        return None
    return JobRun.objects.get(pk=job.name)


def _run(job: Job, run: JobRun) -> JobRun:
    """Run a job. A failure is logged and does not stop the other jobs; the job is retried when next due."""
    counts: Mapping[str, int] = {}
    try:
        counts = job.run(run.started_at)
        run.outcome, run.detail = JobRun.OK, " ".join(f"{name}={number}" for name, number in counts.items())
    except Exception as error:  # noqa: BLE001  (whatever went wrong with one job must not stop the others)
        run.outcome, run.detail = JobRun.FAILED, type(error).__name__
    run.finished_at = timezone.now()
    run.save()
    failed = run.outcome == JobRun.FAILED
    log_event(
        "job",
        level=logging.ERROR if failed else logging.INFO,
        name=job.name,
        outcome=run.outcome,
        seconds=(run.finished_at - run.started_at).total_seconds(),
        **({"error": run.detail} if failed else counts),
    )
    return run
