"""Bars as the template draws them: in hundredths of the width, beside the numbers themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from resources.curation.statistics import Coverage, Freshness


def freshness_rows(rows: Sequence[Freshness]) -> list[dict[str, Any]]:
    """Each bar is the whole of its kind, parted into checked, overdue and never checked."""
    return [
        {
            "label": row.label,
            "numbers": (row.within, row.overdue, row.never),
            "parts": _parts(
                (("within", row.within), ("overdue", row.overdue), ("never", row.never)), row.total
            ),
        }
        for row in rows
    ]


def coverage_rows(rows: Sequence[Coverage], *, unnamed: str) -> list[dict[str, Any]]:
    """Each bar is measured by the longest."""
    most = max((row.number for row in rows), default=0)
    return [
        {
            "label": row.label or unnamed,
            "number": row.number,
            "parts": _parts((("within", row.number),), most),
        }
        for row in rows
    ]


def _parts(numbers: Sequence[tuple[str, int]], total: int) -> list[dict[str, str]]:
    """`x` and `width` as text, with a point in every language."""
    parts, start = [], 0.0
    for name, number in numbers:
        width = 100 * number / total if total else 0.0
        if number:
            parts.append({"name": name, "x": f"{start:.2f}", "width": f"{width:.2f}"})
        start += width
    return parts
