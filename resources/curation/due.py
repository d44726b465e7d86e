"""When a service is to be checked again, and whether that day is past."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db.models import Q


def check_after(kind: str) -> int:
    """For how many days a check of this kind of service holds."""
    days: dict[str, int] = settings.CHECK_AFTER_DAYS
    return days.get(kind, days["default"])


def due_date(kind: str, assured_date: date) -> date:
    """The last day on which the check still holds."""
    return assured_date + timedelta(days=check_after(kind))


def is_overdue(kind: str, assured_date: date | None, today: date) -> bool:
    """False for what nobody has ever checked: that is never checked, and not overdue."""
    return assured_date is not None and due_date(kind, assured_date) < today


def overdue_q(today: date) -> Q:
    """The same, in a filter over `Service`.

    The widest bound stands by itself, so that the index on status and day is used.
    """
    last: dict[str, date] = {
        kind: today - timedelta(days=days) for kind, days in settings.CHECK_AFTER_DAYS.items()
    }
    default = last.pop("default")
    overdue = Q(assured_date__lt=default) & ~Q(kind__in=list(last))
    for kind, day in last.items():
        overdue |= Q(kind=kind, assured_date__lt=day)
    return Q(assured_date__lt=max(default, *last.values())) & overdue


def try_again_on(tried: date) -> date:
    """The day on which what was tried in vain is back in the queue."""
    return tried + timedelta(days=settings.TRY_AGAIN_AFTER_DAYS)


def tried_lately_q(today: date) -> Q:
    """What was tried without an answer and is put off for some days."""
    return Q(unanswered_on__gt=today - timedelta(days=settings.TRY_AGAIN_AFTER_DAYS))
