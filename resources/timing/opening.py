"""Whether something is open now: schedules read as opening hours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from resources.timing.recurrence import Occurrence, Recurrence, occurrences_between

MINUTE = timedelta(minutes=1)
AHEAD = timedelta(days=8)  # a week and a day: weekly hours recur within it


@dataclass(frozen=True)
class Opening:
    """`until` is when it closes, None if not within a week; `opens_at` is when it opens next.

    Both are in `zone`, that of the hours they are from: one service may have hours in several.
    """

    is_open: bool
    until: datetime | None = None
    opens_at: datetime | None = None

    @property
    def zone(self) -> str:
        """The name of the time zone; "" if no time is told."""
        moment = self.until or self.opens_at
        return str(moment.tzinfo) if moment else ""


def opening_at(recurrences: Iterable[Recurrence], now: datetime) -> Opening | None:
    """Return what the hours say about `now`; None if there are none, or they have no end."""
    hours = _hours(recurrences, now)
    if not hours:
        return None
    first, zone = hours[0], hours[0].zone
    if first.starts_at > now:
        return Opening(is_open=False, opens_at=first.starts_at.astimezone(zone))
    ends_at = first.ends_at
    for later in hours[1:]:
        if later.starts_at > ends_at:
            break
        ends_at = max(ends_at, later.ends_at)
    for_good = ends_at >= now + AHEAD - timedelta(days=1)
    return Opening(is_open=True, until=None if for_good else ends_at.astimezone(zone))


class _Hours(NamedTuple):
    """A period in UTC, and the zone to show it in."""

    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo


def _end_of(occurrence: Occurrence) -> datetime:
    """Return when it ends; hours that are stated until 23:59 end with the day."""
    end = (occurrence.ends_at or occurrence.starts_at).astimezone(ZoneInfo(occurrence.timezone))
    last_minute = (end.hour, end.minute) == (23, 59)
    return (end + MINUTE if last_minute else end).astimezone(UTC)


def _hours(recurrences: Iterable[Recurrence], now: datetime) -> Sequence[_Hours]:
    """Return the periods in order; occurrences without a stated end are left out."""
    hours = (
        _Hours(
            occurrence.starts_at.astimezone(UTC),
            _end_of(occurrence),
            ZoneInfo(occurrence.timezone),
        )
        for recurrence in recurrences
        for occurrence in occurrences_between(recurrence, now - MINUTE, now + AHEAD)
        if occurrence.ends_at is not None and _end_of(occurrence) > now
    )
    return sorted(hours, key=lambda hours: hours[:2])
