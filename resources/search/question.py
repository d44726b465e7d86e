"""The parsed question: one immutable value that every step of a search reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from resources.geo.geocoding import FoundPlace
from resources.geo.zones import zone_at
from resources.vocabulary import PhraseVocabulary, Weekday
from resources.wording import KM_PER_MILE, MILE_COUNTRIES

PAGE_SIZE = 40
MAX_PAGE_SIZE = 100


class Reach(PhraseVocabulary):
    """Whether a listing is near, can be reached remotely, or either."""

    ANY = "any", _("near me or from elsewhere")
    LOCAL = "local", _("near me only")
    REMOTE = "remote", _("from elsewhere only")


class Sort(TextChoices):
    """The orders a visitor can choose."""

    BEST = "best", _("Best match")
    DISTANCE = "distance", _("Nearest")
    NEXT_MEETING = "next_meeting", _("Next meeting")
    ASSURED = "assured", _("Most recently checked")
    NAME = "name", _("Name (A to Z)")


class Widen(TextChoices):
    """Whether the question may be widened where nothing fits."""

    YES = "yes", _("Yes")
    NO = "no", _("No")


class Unknown(TextChoices):
    """What becomes of listings that do not state a fact that is asked for."""

    INCLUDE = "include", _("Show them after those that state it")
    EXCLUDE = "exclude", _("Leave them out")


@dataclass(frozen=True)
class Distance:
    """A search radius: `number` of `unit` ("mi" or "km")."""

    number: float
    unit: str

    def __str__(self) -> str:
        return f"{self.number:g}{self.unit}"

    @property
    def km(self) -> float:
        """The radius in kilometers."""
        return self.number * (KM_PER_MILE if self.unit == "mi" else 1)


def usual_distance(country: str) -> Distance:
    """Return the default radius in `country`: 25 mi where miles are usual, else 40 km."""
    return Distance(25, "mi") if country in MILE_COUNTRIES else Distance(40, "km")


def no_distance(country: str) -> Distance:
    """Return the default radius around the middle of a place with an extent of its own: none."""
    return replace(usual_distance(country), number=0)


@dataclass(frozen=True)
class MeetingTimes:
    """Conditions that one and the same meeting must meet: its weekdays (0 is Monday), start time and date.

    `after` and `before` are minutes of the local day: at or after the one, earlier than the other. `upcoming`
    is a number of days, today included, by the calendar of the place in the question, or by the meeting's own
    time zone if there is none.
    """

    days: tuple[int, ...] = ()
    after: int | None = None
    before: int | None = None
    upcoming: int | None = None

    def __bool__(self) -> bool:
        return self != MeetingTimes()

    def to_query(self) -> dict[str, str]:
        """Return the query parameters that express these conditions, without the unset ones."""
        parameters = {
            "day": ",".join(str(list(Weekday)[day]) for day in self.days),
            "after": _as_clock(self.after),
            "before": _as_clock(self.before),
            "upcoming": "" if self.upcoming is None else str(self.upcoming),
        }
        return {name: text for name, text in parameters.items() if text}


def _as_clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02}:{minute % 60:02}"


@dataclass(frozen=True)
class BrowseArea:
    """A country, or one region of it: codes as in Location ("US", "TX"); no region is ""."""

    country: str
    region: str = ""

    @property
    def key(self) -> str:
        """The service area that covers the whole area, such as "US-TX"."""
        return f"{self.country}-{self.region}" if self.region else self.country


@dataclass(frozen=True)
class Question:
    """What a visitor or program asks, fully parsed.

    Near is what is within `within` of the place, or in its extent if it has one: a county is not a circle.

    `facets` maps a facet's name to the requested values. `max_price` is in hundredths of `currency`. `area`
    is set instead of `place` when browsing: everything in it counts as near. `now` is the moment from which
    meetings are upcoming. `page` and `page_size` select a part of the answer and do not change it. `sections`
    are those the answer is of; empty for all. It is strict unless the question `widens`, or
    `includes_unknown`: what does not state a fact that is asked for.
    """

    default_country: str
    place: FoundPlace | None = None
    area: BrowseArea | None = None
    within: Distance = Distance(25, "mi")
    reach: str = Reach.ANY
    words: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    max_price: int | None = None
    currency: str = ""
    organizations: tuple[UUID, ...] = ()
    assured_since: date | None = None
    when: MeetingTimes = MeetingTimes()
    now: datetime = field(default_factory=timezone.now)
    sections: tuple[str, ...] = ()
    widens: bool = False
    includes_unknown: bool = False
    sort: str = Sort.BEST
    page: int = 1
    page_size: int = PAGE_SIZE

    @cached_property
    def zone(self) -> str:
        """The time zone of the place, "" for none."""
        place = self.place
        if place is None:
            return ""
        return place.timezone or zone_at(place.point, place.country or self.default_country)

    @property
    def whole(self) -> BrowseArea | None:
        """The region or country the place is, if the codes of a location tell what is in it."""
        place = self.place
        if place is None or not place.has_extent or place.boxes or place.is_anywhere:
            return None
        return BrowseArea(place.country, place.region)

    def values(self, facet: str) -> tuple[str, ...]:
        """Return the requested values of a facet; empty if none."""
        return self.facets.get(facet, ())

    def without(self, facet: str) -> Question:
        """Return the same question without one facet."""
        others = {name: values for name, values in self.facets.items() if name != facet}
        return replace(self, facets=others)
