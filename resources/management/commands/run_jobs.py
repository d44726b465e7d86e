"""Run every periodic job that is due."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from resources.management.jobs import JOBS, run_due_jobs
from resources.models import JobRun

SECONDS_BETWEEN = 5  # a curator may wait for a list to be read


class Command(BaseCommand):
    help = (
        "Run every job that is due, once: read and import uploaded lists, rebuild listings that are out of"
        " date, make the export files, delete expired contributions and uploads, clear old sessions. With"
        " --loop, check every few seconds until stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="run until stopped (Ctrl-C, SIGTERM)")
        parser.add_argument("--list", action="store_true", help="show the last run of each job; run nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            self._list()
        elif options["loop"]:
            self._loop()
        else:
            for run in run_due_jobs(at=timezone.now()):
                self.stdout.write(f"{run.name}: {run.outcome} {run.detail}".strip())

    def _list(self) -> None:
        runs = {run.name: run for run in JobRun.objects.all()}
        for job in JOBS:
            run = runs.get(job.name)
            last = f"{run.started_at:%Y-%m-%d %H:%M} UTC, {run.outcome or 'not finished'}" if run else "never"
            detail = f" ({run.detail})" if run and run.detail else ""
            self.stdout.write(f"{job.name}: every {job.every}; last run: {last}{detail}")

    def _loop(self) -> None:
        """Run due jobs every few seconds until stopped. If the database is away, try again the next time."""
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        while not stopped.is_set():
            close_old_connections()
            try:
                run_due_jobs(at=timezone.now())
            except DatabaseError as error:
                self.stderr.write(f"run_jobs: the database does not answer ({type(error).__name__})")
            stopped.wait(SECONDS_BETWEEN)
