"""Small files of real records, and what it takes to bring one in."""

import csv
import io
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from resources.exchange.applying import apply_plan
from resources.exchange.planning import Plan, plan_import
from resources.exchange.reading import SourceFile, open_file
from resources.exchange.records import Record
from resources.exchange.sources import Feed
from resources.models import ImportRun

FIRST = datetime(2026, 8, 1, 9, tzinfo=UTC)
LATER = datetime(2026, 9, 1, 9, tzinfo=UTC)


def shipped_file(feed: Feed) -> SourceFile:
    assert feed.shipped is not None
    return open_file(feed.shipped)


def some_rows(
    feed: Feed,
    wanted: Callable[[dict[str, str]], bool],
    change: Callable[[dict[str, str]], None] | None = None,
) -> SourceFile:
    """The shipped table with only the wanted rows, each changed if asked."""
    reader = csv.DictReader(io.StringIO(shipped_file(feed).text, newline=""))
    rows = [row for row in reader if wanted(row)]
    for row in rows if change else ():
        assert change is not None
        change(row)
    return table(reader.fieldnames or (), rows)


def table(columns: Iterable[str], rows: Iterable[dict[str, str]]) -> SourceFile:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(columns))
    writer.writeheader()
    writer.writerows(rows)
    return SourceFile("some.csv", "", out.getvalue())


def read_all(feed: Feed, file: SourceFile) -> dict[str, Record]:
    entries, _ = feed.find_entries(file)
    return {entry.key: feed.read(entry) for entry in entries}


def bring(feed: Feed, file: SourceFile, at: datetime = FIRST) -> tuple[Plan, ImportRun]:
    plan = plan_import(feed, file)
    return plan, apply_plan(plan=plan, at=at)


def everything(*models: Any) -> list[list[tuple[Any, ...]]]:
    """Every value of every row, to compare before and after."""
    return [sorted(model.objects.values_list(), key=str) for model in models]
