"""A QR code as the outline of its dark squares, for `<path d>`: no picture file, no style."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import Any

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

QUIET = 4  # squares of light around it, without which a camera does not find it


@lru_cache(maxsize=512)
def qr_view(text: str) -> dict[str, Any]:
    """`qr` for `components/qr.html`: `path`, in the `box` of `side` squares. Some 20 ms, then kept."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    side = len(rows) + 2 * QUIET
    return {
        "path": "".join(map(_row, range(len(rows)), rows)),
        "box": f"{-QUIET} {-QUIET} {side} {side}",
        "side": side,
    }


def _row(number: int, row: list[bool]) -> str:
    """Each run of dark squares as one bar."""
    bars, column = [], 0
    for is_dark, run in groupby(row):
        width = len(list(run))
        if is_dark:
            bars.append(f"M{column} {number}h{width}v1h-{width}z")
        column += width
    return "".join(bars)
