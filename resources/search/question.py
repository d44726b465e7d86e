"""A question is a value: what was asked, already understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from resources.geo.geocoding import FoundPlace
from resources.wording import KM_PER_MILE

PAGE_SIZE = 40
MAX_PAGE_SIZE = 100


class Reach(TextChoices):
    ANY = "any", _("Near me or from afar")
    LOCAL = "local", _("Near me only")
    REMOTE = "remote", _("From afar only: by phone, online or by post")


class Sort(TextChoices):
    BEST = "best", _("Best fit first")
    DISTANCE = "distance", _("Nearest first")
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


@dataclass(frozen=True)
class Question:
    """`facets` maps a facet's name to the values asked for; `max_price` is in hundredths of `currency`.

    `page` and `page_size` choose a part of the answer and do not change it.
    """

    default_country: str
    place: FoundPlace | None = None
    within: Distance = Distance(25, "mi")
    reach: str = Reach.ANY
    words: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    max_price: int | None = None
    currency: str = ""
    organizations: tuple[UUID, ...] = ()
    assured_since: date | None = None
    sort: str = Sort.BEST
    page: int = 1
    page_size: int = PAGE_SIZE

    def values(self, facet: str) -> tuple[str, ...]:
        return self.facets.get(facet, ())

    def without(self, facet: str) -> Question:
        kept = {name: values for name, values in self.facets.items() if name != facet}
        return replace(self, facets=kept)
