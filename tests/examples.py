"""How many examples a test makes up: few in `make quick`, more in `make test`, all in `make nightly`.

HYPOTHESIS_PROFILE names the profile: `quick`, `ci` or `nightly`. A plain `pytest` is quick.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings

SHARES = {"quick": 0.05, "ci": 0.1, "nightly": 1.0}
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "quick")
PLAIN = 100  # what Hypothesis makes up where a test names no number
FEWEST = 5


def register_profiles() -> None:
    """Makes the three profiles known to Hypothesis and chooses that of this run."""
    for name, share in SHARES.items():
        settings.register_profile(name, max_examples=_share_of(PLAIN, share), deadline=None)
    settings.load_profile(PROFILE)


def share_of(number: int) -> int:
    """How many of `number` are tried in this run: all in the nightly one; never fewer than five."""
    return _share_of(number, SHARES[PROFILE])


def examples(number: int, **others: Any) -> settings:
    """`@examples(400)` for `@settings(max_examples=400)`: 400 in the nightly run, a share in others."""
    return settings(max_examples=share_of(number), deadline=None, **others)


def _share_of(number: int, share: float) -> int:
    return max(FEWEST, round(number * share))
