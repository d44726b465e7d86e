"""A question as SURFACE understands its parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache, cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from resources.geo.geocoding import FoundPlace
from resources.geo.zones import zone_at
from resources.search.tokens import SENTENCE_WORDS, STOP_WORDS, fold
from resources.vocabulary import Weekday
from resources.wording import KM_PER_MILE
from tests.reference.calendar import Meeting
from tests.reference.finding import FACETS
from tests.reference.records import Entry

CURRENCIES = {"US": "USD", "GB": "GBP", "IE": "EUR", "CA": "CAD", "AU": "AUD", "NZ": "NZD"}


@dataclass(frozen=True)
class ReferenceQuestion:
    """A question as SURFACE understands its parameters, asked at the moment `now`."""

    now: datetime
    place: FoundPlace | None = None
    within: tuple[float, str] = (25, "mi")
    reach: str = "any"
    words: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    max_price: Decimal | None = None
    currency: str = ""
    organizations: frozenset[UUID] = frozenset()
    since: date | None = None
    days: tuple[str, ...] = ()
    after: time | None = None
    before: time | None = None
    upcoming: int | None = None
    zone: str = ""
    sections: tuple[str, ...] = ()
    may_widen: bool = False
    with_unknown: bool = False
    sort: str = "best"

    @property
    def km(self) -> float:
        number, unit = self.within
        return number * KM_PER_MILE if unit == "mi" else number

    def values(self, facet: str) -> tuple[str, ...]:
        return self.facets.get(facet, ())

    @cached_property
    def time_conditions(self) -> tuple[tuple[str, str], ...]:
        """What is asked of a meeting, by its parameters; times as 18:00, however they were typed."""
        conditions = {
            "day": ",".join(self.days),
            "after": f"{self.after:%H:%M}" if self.after else "",
            "before": f"{self.before:%H:%M}" if self.before else "",
            "upcoming": str(self.upcoming or ""),
        }
        return tuple((name, text) for name, text in conditions.items() if text)

    def meetings(self, entry: Entry) -> Iterator[Meeting]:
        """Those that are not over and fit all that is asked of one meeting, in order."""
        return (meeting for meeting in entry.meetings if meeting.over > self.now and self._fits(meeting))

    def _fits(self, meeting: Meeting) -> bool:
        """What has no stated time begins neither after nor before one."""
        if self.days and Weekday.values[meeting.day.weekday()] not in self.days:
            return False
        if self.after and not (meeting.minute is not None and meeting.minute >= _minute_of(self.after)):
            return False
        if self.before and not (meeting.minute is not None and meeting.minute < _minute_of(self.before)):
            return False
        return self.upcoming is None or self._is_soon(meeting, self.upcoming)

    def _is_soon(self, meeting: Meeting, days: int) -> bool:
        """Begins before the last of these days ends, by the calendar of the place, else by its own.

        Today is the first of them; what began yesterday and is not over is met today.
        """
        zone = self.zone or meeting.zone
        return (meeting.starts.astimezone(ZoneInfo(zone)).date() - _today(self.now, zone)).days < days

    def with_values(self, facet: str, values: tuple[str, ...]) -> ReferenceQuestion:
        others = {name: chosen for name, chosen in self.facets.items() if name != facet}
        return replace(self, facets={**others, facet: values} if values else others)


def _minute_of(at: time) -> int:
    return 60 * at.hour + at.minute


@cache
def _today(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def parse_question(
    parameters: Mapping[str, Any], place: FoundPlace | None, default_country: str, now: datetime
) -> ReferenceQuestion:
    """The parameters as a form sends them; `place` is what `near` was taken for."""
    country = place.country if place and place.country else default_country
    in_miles = country in ("US", "GB")
    within = (25.0, "mi") if in_miles else (40.0, "km")
    if place and place.precision in ("named_area", "region", "country"):
        within = 0.0, within[1]
    if text := parameters.get("within"):
        number = text.rstrip("mik")
        within = float(number), text.removeprefix(number) or within[1]
    return ReferenceQuestion(
        now=now,
        place=place,
        within=within,
        reach=parameters.get("reach", "any"),
        words=_words_that_ask(parameters.get("q", "")),
        facets={name: tuple(parameters[name]) for name in FACETS if name in parameters},
        max_price=Decimal(parameters["max_price"]) if "max_price" in parameters else None,
        currency=parameters.get("currency", CURRENCIES.get(country, "USD")),
        organizations=frozenset(map(UUID, parameters.get("organization", ()))),
        since=date.fromisoformat(parameters["assured_since"]) if "assured_since" in parameters else None,
        days=tuple(parameters.get("day", ())),
        after=_parse_time(parameters["after"]) if "after" in parameters else None,
        before=_parse_time(parameters["before"]) if "before" in parameters else None,
        upcoming=int(parameters["upcoming"]) if "upcoming" in parameters else None,
        zone=zone_at(place.point, country) if place else "",
        sections=tuple(parameters.get("section", ())),
        may_widen=parameters.get("widen") == "yes",
        with_unknown=parameters.get("unknown") == "include",
        sort=parameters.get("sort", "best"),
    )


def _words_that_ask(text: str) -> str:
    """Nothing, where two or more words only fill a sentence: "who is it for"."""
    words = fold(text).split()
    fills = all(word in STOP_WORDS | SENTENCE_WORDS or re.fullmatch(r"\d\d?", word) for word in words)
    return "" if fills and len(words) > 1 and '"' not in text else text


def _parse_time(text: str) -> time:
    """ "18:30", "6:30 pm" or "6 pm"."""
    form = "%H:%M" if text[-1].isdigit() else "%I:%M %p" if ":" in text else "%I %p"
    return datetime.strptime(text, form).replace(tzinfo=UTC).time()
