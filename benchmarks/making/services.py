"""One made-up organization with its services and all that hangs on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from benchmarks.making.chance import Chance
from benchmarks.making.locations import draw_places
from benchmarks.making.manners import (
    KINDS,
    MANNERS,
    NUMBERS,
    PAYERS,
    PAYERS_ANYWHERE,
    PHONES,
    RULES,
    STATUSES,
)
from benchmarks.making.places import AREAS_WITH_PLACE, AREAS_WITHOUT_PLACE, Area, Map, Town, draw_areas
from benchmarks.making.prices import draw_prices
from benchmarks.making.rows import Rows
from benchmarks.making.schedules import draw_schedules
from benchmarks.making.wordings import ELIGIBILITY, FEES, JOINING, Voice, organization_names
from resources.models import Language, Organization, Phone, Service, ServiceArea, ServiceAudience
from resources.vocabulary import (
    COUNTRIES,
    LANGUAGES,
    Access,
    Audience,
    ContentNote,
    Fit,
    Format,
    Kind,
    LedBy,
    Loss,
    OpenTo,
    Payment,
    Status,
)

SERVICES = (1, 1, 1, 2, 2, 3, 4)  # of one organization
FIRST_DAY = date(2024, 1, 1)  # of the two years in which someone looked
DAYS = 730
LANGUAGES_SAID = (*LANGUAGES, "zh-Hant")  # the last one cannot be searched for


class Maker:
    """Draws organizations one after the other.

    `at` is when every record was last changed; meetings and prices lie around its day in UTC.
    """

    def __init__(self, chance: Chance, world: Map, topics: Sequence[UUID], at: datetime) -> None:
        self.chance = chance
        self.world = world
        self.topics = topics
        self.at = at
        self.today = at.astimezone(UTC).date()
        self.services = 0

    def draw_organization(self, rows: Rows) -> int:
        """Adds one organization and its services to `rows`; returns how many listings they will be."""
        chance, home = self.chance, self.world.draw_town(self.chance)
        name, other_name = organization_names(chance, home.name)
        organization = Organization(
            id=chance.new_id(),
            name=name,
            alternate_name=other_name,
            website=f"https://{chance.getrandbits(40):x}.example/",
            last_modified=self.at,
        )
        rows.add(organization)
        rows.add(self._draw_phone(home, organization_id=organization.id))
        return sum(
            self._draw_service(rows, organization.id, home) for _number in range(chance.choice(SERVICES))
        )

    def _draw_service(self, rows: Rows, organization_id: UUID, home: Town) -> int:
        chance, kind = self.chance, self.chance.one_of(KINDS)
        is_placed = chance.happens(MANNERS[kind].placed)
        areas = draw_areas(chance, self.world, home, AREAS_WITH_PLACE if is_placed else AREAS_WITHOUT_PLACE)
        fit = chance.one_of(MANNERS[kind].fits)
        losses = () if fit == Fit.GENERAL and chance.happens(0.9) else self._draw_losses()
        service = Service(
            id=chance.new_id(),
            organization_id=organization_id,
            kind=kind,
            fit=fit,
            status=chance.one_of(STATUSES),
            formats=Format.mask(chance.each_of(MANNERS[kind].formats, 0.55)),
            losses=Loss.mask(losses),
            payments=Payment.mask(self._draw_payments(home, areas)),
            last_modified=self.at,
            **self._draw_words(Voice(chance, home.name, losses), kind=kind),
            **self._draw_facts(),
        )
        self.services += 1
        rows.add_service(service, self.services)
        places = draw_places(chance, self.world, rows, service, home) if is_placed else []
        self._draw_children(rows, service, home, areas)
        for schedule in draw_schedules(chance, service, home, places, self.today):
            rows.add(schedule)
        return max(len(places), 1) if service.status == Status.ACTIVE else 0

    # ---- the service's own columns

    def _draw_words(self, voice: Voice, *, kind: Kind) -> dict[str, str]:
        return {
            "name": voice.service_name(kind)[:255],
            "alternate_name": voice.other_name(),
            "description": voice.description(),
            "eligibility_description": voice.maybe(ELIGIBILITY, 0.2),
            "application_process": voice.maybe(JOINING, 0.15),
            "fees_description": voice.maybe(FEES, 0.2),
        }

    def _draw_facts(self) -> dict[str, Any]:
        chance = self.chance
        notes, clear = self._draw_content()
        return {
            "led_by": LedBy.mask(chance.few_of(tuple(LedBy), 2) if chance.happens(0.45) else ()),
            "access": Access.mask(chance.few_of(tuple(Access), 2) if chance.happens(0.6) else ()),
            "content_notes": ContentNote.mask(notes),
            "content_clear": ContentNote.mask(clear),
            "assured_date": self._draw_day() if chance.happens(0.35) else None,
            "open_to": OpenTo.mask(chance.few_of(tuple(OpenTo), 1) if chance.happens(0.2) else ()),
        }

    def _draw_losses(self) -> Sequence[Loss]:
        """None, any, only such as are shown on request, or a few of all."""
        drawn = self.chance.random()
        if drawn < 0.35:
            return ()
        if drawn < 0.55:
            return (Loss.ANY_LOSS,)
        if drawn < 0.6:
            return self.chance.choice(((Loss.ABORTION,), (Loss.ABORTION, Loss.TFMR)))
        return self.chance.few_of(tuple(Loss), 4)

    def _draw_content(self) -> tuple[list[ContentNote], list[ContentNote]]:
        """What it mentions and what it is known not to; nobody has looked for the rest."""
        notes, clear = [], []
        for note in ContentNote:
            drawn = self.chance.random()
            if drawn < 0.12:
                notes.append(note)
            elif drawn < 0.4:
                clear.append(note)
        return notes, clear

    def _draw_payments(self, home: Town, areas: Sequence[Area]) -> list[Payment]:
        """In two of five cases those of the countries it is in or serves, and those of any country."""
        if self.chance.happens(0.6):
            return []
        served = {home.country, *(key[:2] for _extent, key, _name in areas)}
        payers = [payer for country in COUNTRIES if country in served for payer in PAYERS[country]]
        return self.chance.few_of((*payers, *PAYERS_ANYWHERE), 3)

    def _draw_day(self) -> date:
        return FIRST_DAY + timedelta(days=self.chance.randrange(DAYS))

    # ---- what hangs on it

    def _draw_children(self, rows: Rows, service: Service, home: Town, areas: Sequence[Area]) -> None:
        chance, of_it = self.chance, {"service_id": service.id}
        for extent, key, name in areas:
            rows.add(ServiceArea(id=chance.new_id(), extent=extent, area=key, name=name[:255], **of_it))
        for price in draw_prices(chance, service.id, home.country, self.today):
            rows.add(price)
        for code in self._draw_languages():
            rows.add(Language(id=chance.new_id(), code=code, **of_it))
        for audience in self._draw_audiences():
            rows.add(ServiceAudience(audience=audience, rule=chance.one_of(RULES), **of_it))
        for topic in chance.few_of(self.topics, 3) if chance.happens(0.35) else ():
            rows.add(Service.topics.through(taxonomyterm_id=topic, **of_it))
        if chance.happens(0.6):
            rows.add(self._draw_phone(home, **of_it))

    def _draw_languages(self) -> list[str]:
        """Often English, sometimes any others."""
        codes = self.chance.each_of(("en",), 0.7) + self.chance.each_of(("es", "fr"), 0.08)
        if self.chance.happens(0.15):
            codes += self.chance.few_of(LANGUAGES_SAID, 3)
        return list(dict.fromkeys(codes))

    def _draw_audiences(self) -> list[Audience]:
        drawn = self.chance.random()
        if drawn < 0.02:
            return [Audience.PROFESSIONALS]
        return self.chance.few_of(tuple(Audience), 4) if drawn < 0.45 else []

    def _draw_phone(self, home: Town, **owner: UUID) -> Phone:
        return Phone(
            id=self.chance.new_id(),
            number=NUMBERS[home.country].format(self.chance.randrange(100)),
            type=self.chance.one_of(PHONES),
            country=home.country,
            **owner,
        )
