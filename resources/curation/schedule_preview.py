"""What a curator is told of a schedule while it is being written: what it says, and its next dates."""

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
from resources.timing.parsing import Reading, parse_words
from resources.timing.recurrence import Recurrence, next_occurrences

SHOWN = 5
# What makes a schedule claim dates. With all of them empty it is a note.
RULE_FIELDS = (
    *("freq", "interval", "byday", "bymonthday", "bymonth", "count", "wkst", "dtstart", "until"),
    *("opens_at", "closes_at", "exception_dates", "added_dates"),
)


@dataclass(frozen=True)
class Preview:
    """`said` is the rule in words, `dates` the next ones, `remarks` sentences about what was not understood.

    `is_certain` is whether words were read whole, so that nobody need look before they are kept.
    """

    said: str
    dates: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    is_certain: bool = False


def claims_something(values: dict[str, Any]) -> bool:
    """Whether any field of the rule is filled in, in `values` by field."""
    return any(values.get(name) for name in RULE_FIELDS)


def preview_schedule(schedule: Schedule, *, at: datetime) -> Preview | None:
    """None for a note, and for what cannot be expanded: its form says why."""
    recurrence = recurrence_or_none(schedule)
    return None if recurrence is None else _preview(recurrence, at)


def fill_from_words(schedule: Schedule, *, zone: str, at: datetime) -> Preview:
    """Reads the description into the fields of the rule, where it can be read at all.

    The fields are left empty where it cannot: then the remarks say why, and the words stay a note.
    """
    reading = parse_words(schedule.description, today=timezone.localdate(at))
    if reading.recurrence is None:
        return Preview("", (), (reading.why,))
    for name, value in _columns(reading.recurrence).items():
        setattr(schedule, name, value)
    schedule.timezone = reading.recurrence.timezone or schedule.timezone or zone
    recurrence = recurrence_or_none(schedule)
    shown = _preview(recurrence, at) if recurrence else Preview("", ())
    return Preview(
        said=shown.said,
        dates=shown.dates,
        remarks=(*_remarks(reading), *_missing(schedule), *shown.remarks),
        is_certain=bool(shown.dates) and reading.is_certain,
    )


def zone_of_service(service: Service | None) -> str:
    """The zone of its first place, "" where none tells it."""
    if service is None or service.pk is None:
        return ""
    locations = Location.objects.filter(service_at_locations__service=service).order_by("pk")
    return next((zone for location in locations if (zone := zone_of_location(location))), "")


def zone_of_location(location: Location) -> str:
    point = None
    if location.latitude is not None and location.longitude is not None:
        point = Point(location.latitude, location.longitude)
    zone = zone_at(point, location.country)
    return zone if zone in known_zones() else ""


def _preview(recurrence: Recurrence, at: datetime) -> Preview:
    dates = tuple(
        wording.meeting(each.day, each.starts_at if each.is_timed else None, each.ends_at, each.timezone)
        for each in next_occurrences([recurrence], at, limit=SHOWN)
    )
    return Preview(wording.schedule(recurrence), dates, () if dates else (_("No date is left to come."),))


def _remarks(reading: Reading) -> tuple[str, ...]:
    rest = (_("Not understood: “%s”. Check the dates, or write it as a note.") % reading.rest,)
    return (*reading.assumed, *((reading.why,) if reading.why else ()), *(rest if reading.rest else ()))


def _missing(schedule: Schedule) -> tuple[str, ...]:
    return () if schedule.timezone else (_("Say in which time zone it is, such as America/Chicago."),)


def _columns(recurrence: Recurrence) -> dict[str, Any]:
    """The recurrence as the columns of a schedule."""
    lists = ("byday", "bymonthday", "bymonth")
    said = {name: getattr(recurrence, name) for name in RULE_FIELDS}
    said |= {name: ",".join(map(str, said[name])) for name in lists}
    return {**said, "interval": said["interval"] if said["interval"] > 1 else None, "wkst": ""}
