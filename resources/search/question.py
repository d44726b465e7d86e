"""A question is a value: what was asked, already understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from resources.geo.geocoding import FoundPlace
from resources.vocabulary import PhraseVocabulary, Weekday
from resources.wording import KM_PER_MILE, MILE_COUNTRIES

PAGE_SIZE = 40
MAX_PAGE_SIZE = 100


class Reach(PhraseVocabulary):
    ANY = "any", _("near me or from afar")
    LOCAL = "local", _("near me only")
    REMOTE = "remote", _("from afar only: by phone, online or by post")


class Sort(TextChoices):
    BEST = "best", _("Best fit first")
    DISTANCE = "distance", _("Nearest first")
    NEXT_MEETING = "next_meeting", _("Meeting soonest first")
    ASSURED = "assured", _("Last checked first")
    NAME = "name", _("By name")


@dataclass(frozen=True)
class Distance:
    """How far to look: `number` of `unit` ("mi" or "km")."""

    number: float
    unit: str

    def __str__(self) -> str:
        return f"{self.number:g}{self.unit}"

    @property
    def km(self) -> float:
        return self.number * (KM_PER_MILE if self.unit == "mi" else 1)


def usual_distance(country: str) -> Distance:
    """How far to look where nobody says."""
    return Distance(25, "mi") if country in MILE_COUNTRIES else Distance(40, "km")


@dataclass(frozen=True)
class MeetingTimes:
    """What one and the same meeting must fit: its weekday (0 is Monday), the local time it begins, how soon.

    `after` and `before` are minutes of the day: from the one on, and earlier than the other. `upcoming` is a
    number of days, of which today is the first, by the calendar of the place that is asked about; where none
    is, by the meeting's own.
    """

    days: tuple[int, ...] = ()
    after: int | None = None
    before: int | None = None
    upcoming: int | None = None

    def __bool__(self) -> bool:
        return self != MeetingTimes()

    def to_query(self) -> dict[str, str]:
        """The parameters that say this, and only those that say something."""
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
    """A country, or one region of it: codes as places have them ("US", "TX"); no region is ""."""

    country: str
    region: str = ""

    @property
    def key(self) -> str:
        """The service area of what serves the whole of it, such as "US-TX"."""
        return f"{self.country}-{self.region}" if self.region else self.country


@dataclass(frozen=True)
class Question:
    """`facets` maps a facet's name to the values asked for; `max_price` is in hundredths of `currency`.

    Where somebody browses, `area` is asked about in the place of a point: what lies in it is near.
    `now` is the moment from which meetings are to come, and `zone` that of the place ("" for none). `page`
    and `page_size` choose a part of the answer and do not change it.
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
    zone: str = ""
    sort: str = Sort.BEST
    page: int = 1
    page_size: int = PAGE_SIZE

    def values(self, facet: str) -> tuple[str, ...]:
        return self.facets.get(facet, ())

    def without(self, facet: str) -> Question:
        others = {name: values for name, values in self.facets.items() if name != facet}
        return replace(self, facets=others)
