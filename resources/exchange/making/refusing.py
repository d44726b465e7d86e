"""Why nothing was made."""

from __future__ import annotations


class MakingRefused(ValueError):
    """The reason, in one sentence for the operator."""
