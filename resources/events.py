"""What an operator can read in the log of what happened: one line an event, in numbers and codes.

No name, address, e-mail address or typed text can be among the facts, so a log may be kept as long as wanted.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from functools import partial

from django.db import transaction

logger = logging.getLogger("directory.events")

# A word of our own: a source, an outcome, the class of an error. No dot, at sign, colon or space.
CODE = re.compile(r"[A-Za-z0-9_-]{1,60}")


def log_event(event: str, *, level: int = logging.INFO, **facts: int | float | str) -> None:
    """Write `event=EVENT name=value ...`. Raises ValueError for text that is not a code (CODE)."""
    logger.log(level, _line(event, facts))


def log_event_on_commit(event: str, **facts: int | float | str) -> None:
    """The same once the transaction around it is committed, and never if it is rolled back."""
    transaction.on_commit(partial(logger.info, _line(event, facts)))


def _line(event: str, facts: Mapping[str, int | float | str]) -> str:
    return " ".join(f"{name}={_value(value)}" for name, value in {"event": event, **facts}.items())


def _value(value: int | float | str) -> str:
    if isinstance(value, float):
        return f"{value:.1f}"
    if isinstance(value, str) and not CODE.fullmatch(value):
        raise ValueError("A fact of an event is a number or a code.")
    return str(value)
