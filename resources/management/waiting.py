"""Let commands wait for programs that write to the same SQLite file, such as `make run` while it loads."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from django.core.management.base import CommandError
from django.db import OperationalError
from django.utils.translation import gettext as _

MAX_SECONDS = 600

T = TypeVar("T")


def wait_for_other_writers(write: Callable[[], T], *, report: Callable[[str], object]) -> T:
    """Return what `write` returns, retrying for ten minutes while another program writes to the database.

    `write` is one transaction. `report` is called once, with a message, before the first wait. The setting
    `timeout` of the database limits each attempt. Raises CommandError if the other program does not finish.
    """
    deadline, waiting = time.monotonic() + MAX_SECONDS, False
    while True:
        try:
            return write()
        except OperationalError as error:
            if not is_locked(error):
                raise
        if time.monotonic() >= deadline:
            raise CommandError(_("Another program is still writing to the database. Try again later."))
        if not waiting:
            waiting = True
            report(
                _("Another program is writing to the database, and may be loading records. Waiting for it.")
            )


def is_locked(error: OperationalError) -> bool:
    """Return True if the only problem is that another program writes to an SQLite database."""
    return "database is locked" in str(error)
