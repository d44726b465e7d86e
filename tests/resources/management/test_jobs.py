"""Repeated jobs: each when it is due, once, and one that fails holds up none of the others."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from resources.management import jobs
from resources.management.jobs import Job, run_due_jobs
from resources.models import JobRun

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


def fail(at: datetime) -> Mapping[str, int]:
    raise ValueError("canary: what a person typed")


@pytest.fixture(autouse=True)
def _few_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = Job("counts", 2 * HOUR, lambda at: {"rows": 3})
    monkeypatch.setattr(jobs, "JOBS", (Job("fails", HOUR, fail), counts))


def test_each_job_runs_when_its_time_has_come() -> None:
    ran = [[run.name for run in run_due_jobs(at=NOW + hours * HOUR)] for hours in (0, 0.5, 1, 2)]
    assert ran == [["fails", "counts"], [], ["fails"], ["fails", "counts"]]


def test_the_last_run_is_kept_with_its_outcome() -> None:
    run_due_jobs(at=NOW)
    failed, counted = JobRun.objects.get(pk="fails"), JobRun.objects.get(pk="counts")
    assert (failed.outcome, failed.detail) == (JobRun.FAILED, "ValueError")
    assert (counted.outcome, counted.detail, counted.started_at) == (JobRun.OK, "rows=3", NOW)
    assert counted.finished_at is not None


def test_a_job_that_another_process_has_just_taken_is_left_to_it() -> None:
    run_due_jobs(at=NOW)
    JobRun.objects.update(started_at=NOW + HOUR, finished_at=None, outcome="")
    assert run_due_jobs(at=NOW + HOUR) == []


def test_the_real_jobs_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.undo()
    call_command("run_jobs")
    assert {run.outcome for run in JobRun.objects.all()} == {JobRun.OK}
    call_command("run_jobs", "--list")
    assert capsys.readouterr().out.count("last run: ") == len(jobs.JOBS)
