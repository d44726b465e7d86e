"""Commands beside a program that writes to the same SQLite file, such as `make run` while it loads."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from django.core.management.base import CommandError
from django.db import OperationalError
from django.utils.translation import gettext as _

MAX_SECONDS = 600

T = TypeVar("T")


def wait_for_other_writers(write: Callable[[], T], *, say: Callable[[str], object]) -> T:
    """What `write` returns, tried again for ten minutes while another program writes to the database.

    `write` is one transaction. `say` is told once that there is something to wait for; how long one try takes
    is the setting `timeout` of the database. Raises CommandError where the other program never ends.
    """
    given_up_at, waiting = time.monotonic() + MAX_SECONDS, False
    while True:
        try:
            return write()
        except OperationalError as fault:
            if not is_locked(fault):
                raise
        if time.monotonic() >= given_up_at:
            raise CommandError(_("Another program is still writing to the database. Try again later."))
        if not waiting:
            waiting = True
            say(_("Another program is writing to the database, and may be loading records. Waiting for it."))


def is_locked(fault: OperationalError) -> bool:
    """Whether it is only that another program writes to an SQLite database."""
    return "database is locked" in str(fault)
