"""What pages say out of files, read once a process. Such a page needs no database."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "resources" / "data"


@cache
def read_data(name: str) -> Any:
    """`resources/data/<name>`, with days as dates, so that a page says them in its own language."""
    return json.loads((DATA / name).read_text(encoding="utf-8"), object_hook=_with_dates)


def clinical_review() -> dict[str, Any] | None:
    """Who among clinicians read the health pages, and when; None until the operator names one."""
    if settings.CLINICAL_REVIEW is None:
        return None
    who, day = settings.CLINICAL_REVIEW
    return {"who": who, "day": day}


def _with_dates(record: dict[str, Any]) -> dict[str, Any]:
    days = {name: day for name, day in record.items() if day and name.endswith(("_on", "_dated"))}
    return {**record, **{name: date.fromisoformat(day) for name, day in days.items()}}
