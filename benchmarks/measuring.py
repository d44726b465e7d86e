"""What the measurements share."""

from __future__ import annotations

import math
from collections.abc import Sequence

EMPTY_VIEW = "/healthz"
CALM = 0.2  # milliseconds of an empty view while nothing else works on the same cores


def percentile(values: Sequence[float], share: int) -> float:
    """The smallest of `values` that `share` per cent of them do not exceed."""
    return sorted(values)[math.ceil(len(values) * share / 100) - 1]
