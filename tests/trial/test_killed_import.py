"""`kill -9` amid an import: the catalog is as before, or as afterwards, and the next run ends it."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.examples import PROFILE
from tests.trial.databases import SqliteFile
from tests.trial.product import ROOT, Product

pytestmark = [
    pytest.mark.slow("kills a process again and again"),
    pytest.mark.sqlite("runs on a file of its own"),
]

KILLS = 20 if PROFILE == "nightly" else 2
SEED = 20260719
ROWS = 100
# A first load, and a second that changes each of its services and adds as many: confirmed, not yet applied.
PREPARE = f"""
from django.utils import timezone
from resources.exchange import uploads
from resources.models import Source

def lines(numbers, cost):
    head = "id,service,organization,kind,phone,losses,country,when,cost"
    same = "support_group,214-653-0142,stillbirth,US,Monday 7pm"
    rows = [f"{{n}},Circle {{n}},House {{n % 40}},{{same}},{{cost}}" for n in numbers]
    return "\\n".join([head, *rows]).encode()

uploads.MAX_BYTES_AT_ONCE = 0
for numbers, cost in ((range({ROWS}), "free"), (range(2 * {ROWS}), "$20")):
    source = Source.objects.filter(is_list=True).first()
    upload = uploads.receive(by=None, at=timezone.now(), name="list.csv", data=lines(numbers, cost),
                             source=source, list_name="The hospital")
    uploads.plan_upload(upload)
    upload.refresh_from_db()
    uploads.confirm(upload=upload, by=None, at=timezone.now(), version=upload.version, publishes=True)
    if cost == "free":
        upload.refresh_from_db()
        assert uploads.apply_upload(upload, at=timezone.now()) is not None
"""
# What a load leaves, without the times at which it did.
STATE = (
    "SELECT name, status FROM resources_service ORDER BY name",
    "SELECT public_id, prices, areas FROM resources_listing ORDER BY public_id",
    "SELECT key, digest, last_run_id FROM resources_sourcerecord ORDER BY key",
    "SELECT kind, amount FROM resources_costoption ORDER BY service_id",
    "SELECT id, counts FROM resources_importrun ORDER BY id",
    "SELECT count(*) FROM resources_importchange",
    "SELECT step, run_id FROM resources_upload ORDER BY uploaded_at",
    "SELECT count(*) FROM resources_plannedrow",
)


def state(database: SqliteFile) -> str:
    rows = [database.rows(query) for query in STATE]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def copied(original: Path, name: str) -> SqliteFile:
    folder = original.parent / name
    folder.mkdir()
    for file in original.parent.glob(f"{original.name}*"):
        shutil.copy(file, folder / file.name)
    return SqliteFile(folder / original.name)


def start_jobs(product: Product, database: SqliteFile) -> subprocess.Popen[bytes]:
    environment = {**product.environment, "DATABASE_URL": database.url}
    command = [sys.executable, "manage.py", "run_jobs"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)


def finish_jobs(product: Product, database: SqliteFile) -> float:
    started = time.monotonic()
    assert start_jobs(product, database).wait(timeout=120) == 0
    return time.monotonic() - started


def test_an_import_that_is_killed_at_any_moment_has_happened_or_has_not(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    base = SqliteFile(tmp_path / "base" / "directory.sqlite3")
    product = Product(base.url, log=tmp_path / "log")
    product.manage("migrate", "--verbosity", "0")
    product.manage("run_jobs")  # so that none of the others is due
    product.manage("shell", "--verbosity", "0", "--command", PREPARE)
    before = state(base)
    whole = copied(base.file, "whole")
    seconds = finish_jobs(product, whole)
    after = state(whole)
    assert before != after

    chance, seen = random.Random(SEED), Counter[str]()
    for number in range(KILLS):
        database = copied(base.file, f"killed-{number}")
        jobs = start_jobs(product, database)
        time.sleep(chance.uniform(0.2, 1.0) * seconds)
        os.kill(jobs.pid, signal.SIGKILL)
        jobs.wait()
        found = state(database)
        assert found in (before, after), f"kill {number} left something between"
        seen["old" if found == before else "new"] += 1
        finish_jobs(product, database)
        assert state(database) == after, f"the run after kill {number} did not end it"
        shutil.rmtree(database.file.parent)
    print(f"{sum(seen.values())} kills within {seconds:.1f} s: {dict(seen)}")  # noqa: T201
    assert seen["old"]
