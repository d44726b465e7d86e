"""Preview of a schedule for a curator who is editing it: the rule in words, and its next dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from resources import wording
from resources.geo.point import Point
from resources.geo.zones import zone_at
from resources.models import Location, Schedule, Service
from resources.timing.checking import known_zones, recurrence_or_none
from resources.timing.parsing import ParsedSchedule, parse_schedule
from resources.timing.recurrence import Recurrence, next_occurrences

MAX_DATES = 5
# The fields that make a schedule claim dates. If all are empty, it is a note.
RULE_FIELDS = (
    *("freq", "interval", "byday", "bymonthday", "bymonth", "count", "wkst", "dtstart", "until"),
    *("opens_at", "closes_at", "exception_dates", "added_dates"),
)


@dataclass(frozen=True)
class Preview:
    """`phrase` is the rule in words, `dates` the next dates, `remarks` sentences about what was not
    understood.

    `is_certain` is True if the text was understood completely, so that nobody need check it before it is
    saved.
    """

    phrase: str
    dates: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    is_certain: bool = False


def has_rule(values: dict[str, Any]) -> bool:
    """Return True if any field of the rule is filled in, in `values` by field."""
    return any(values.get(name) for name in RULE_FIELDS)


def preview_schedule(schedule: Schedule, *, at: datetime) -> Preview | None:
    """Preview a schedule. None for a note, and for a rule that cannot be expanded: its form reports why."""
    recurrence = recurrence_or_none(schedule)
    return None if recurrence is None else _preview(recurrence, at)


def fill_from_words(schedule: Schedule, *, zone: str, at: datetime) -> Preview:
    """Parse the description into the fields of the rule, if possible.

    If not, the fields stay empty, the remarks say why, and the description stays a note.
    """
    reading = parse_schedule(schedule.description, today=timezone.localdate(at))
    if reading.recurrence is None:
        return Preview("", (), (reading.reason,))
    for name, value in _columns(reading.recurrence).items():
        setattr(schedule, name, value)
    schedule.timezone = reading.recurrence.timezone or schedule.timezone or zone
    recurrence = recurrence_or_none(schedule)
    shown = _preview(recurrence, at) if recurrence else Preview("", ())
    return Preview(
        phrase=shown.phrase,
        dates=shown.dates,
        remarks=(*_remarks(reading), *_missing(schedule), *shown.remarks),
        is_certain=bool(shown.dates) and reading.is_certain,
    )


def zone_of_service(service: Service | None) -> str:
    """Return the time zone of the service's first place that has one, "" if there is none."""
    if service is None or service.pk is None:
        return ""
    locations = Location.objects.filter(service_at_locations__service=service).order_by("pk")
    return next((zone for location in locations if (zone := zone_of_location(location))), "")


def zone_of_location(location: Location) -> str:
    """Return the time zone of a location by its point, else by its country; "" if unknown."""
    point = None
    if location.latitude is not None and location.longitude is not None:
        point = Point(location.latitude, location.longitude)
    zone = zone_at(point, location.country)
    return zone if zone in known_zones() else ""


def _preview(recurrence: Recurrence, at: datetime) -> Preview:
    dates = tuple(
        wording.meeting(
            occurrence.day,
            occurrence.starts_at if occurrence.is_timed else None,
            occurrence.ends_at,
            occurrence.timezone,
        )
        for occurrence in next_occurrences([recurrence], at, limit=MAX_DATES)
    )
    return Preview(wording.schedule(recurrence), dates, () if dates else (_("No date is left to come."),))


def _remarks(reading: ParsedSchedule) -> tuple[str, ...]:
    rest = (_("Not understood: “%s”. Check the dates, or enter it as a note.") % reading.remainder,)
    return (
        *reading.assumed,
        *((reading.reason,) if reading.reason else ()),
        *(rest if reading.remainder else ()),
    )


def _missing(schedule: Schedule) -> tuple[str, ...]:
    return () if schedule.timezone else (_("Enter its time zone, such as America/Chicago."),)


def _columns(recurrence: Recurrence) -> dict[str, Any]:
    """Return a recurrence as columns of a schedule."""
    lists = ("byday", "bymonthday", "bymonth")
    values = {name: getattr(recurrence, name) for name in RULE_FIELDS}
    values |= {name: ",".join(map(str, values[name])) for name in lists}
    return {**values, "interval": values["interval"] if values["interval"] > 1 else None, "wkst": ""}
