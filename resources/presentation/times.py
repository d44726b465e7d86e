"""Meetings and hours as the pages draw them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from resources import wording
from resources.vocabulary import Format

EVENING_HOUR = 17  # o'clock
IN_PERSON_FORMATS = frozenset((Format.IN_PERSON, Format.HOME_VISIT))


def meeting_contexts(
    meetings: Sequence[Mapping[str, Any]], formats: Iterable[str], now: datetime, zone: str = ""
) -> list[dict[str, Any]]:
    """Return `meetings` for `components/meeting.html`; `zone` is the visitor's, if known.

    `is_remote` means that people join from elsewhere, so the browser may add their own time.
    """
    is_remote = bool(set(formats) - IN_PERSON_FORMATS)
    return [_meeting_context(meeting, is_remote, now, zone) for meeting in meetings]


def _meeting_context(meeting: Mapping[str, Any], is_remote: bool, now: datetime, zone: str) -> dict[str, Any]:
    starts_at, ends_at = _moment(meeting["starts_at"]), _moment(meeting["ends_at"])
    day = date.fromisoformat(meeting["date"])
    return {
        "iso": meeting["starts_at"] or meeting["date"],
        "label": _label(day, starts_at, now, zone if zone and is_remote else meeting["timezone"]),
        "text": wording.meeting(day, starts_at, ends_at, meeting["timezone"]),
        "is_remote": is_remote and starts_at is not None,
    }


def _label(day: date, starts_at: datetime | None, now: datetime, zone: str) -> str:
    """Return how soon it is, by the clock of `zone`; "" if later than tomorrow."""
    if starts_at and starts_at <= now:
        return _("Happening now")
    tz = ZoneInfo(zone)
    begins = starts_at.astimezone(tz) if starts_at else None
    days = ((begins.date() if begins else day) - now.astimezone(tz).date()).days
    if days == 0 and begins and begins.hour >= EVENING_HOUR:
        return _("Tonight")
    return {0: _("Today"), 1: _("Tomorrow")}.get(days, "")


def opening_line(opening: Mapping[str, Any] | None, now: datetime) -> str:
    """Return "Open now, until 9 pm (New York time)" or "Closed now. Opens Monday, 9 am (New York time)"."""
    if opening is None:
        return ""
    zone = wording.zone_name(opening["timezone"])
    if opening["open_now"]:
        until = _moment(opening["until"])
        if until is None:
            return _("Open now, 24 hours")
        return _("Open now, until %(time)s (%(zone)s)") % {
            "time": _time_and_weekday(until, now),
            "zone": zone,
        }
    opens_at = _moment(opening["opens_at"])
    return (
        _("Closed now. Opens %(time)s (%(zone)s)") % {"time": _time_and_weekday(opens_at, now), "zone": zone}
        if opens_at
        else ""
    )


def _time_and_weekday(at: datetime, now: datetime) -> str:
    """Return the time of day, with the weekday unless it is today."""
    if at.date() == now.astimezone(at.tzinfo).date():
        return wording.clock(at.time())
    return wording.weekday_and_clock(at)


def _moment(iso: str | None) -> datetime | None:
    return None if iso is None else datetime.fromisoformat(iso)
