"""Calendar files of search results: the checked schedules of one service, or of a whole answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.utils.translation import gettext as _

from resources.models import ListingText, Service, ServiceAtLocation
from resources.presentation.cards import card_of
from resources.presentation.schedules import MEETING_KINDS
from resources.presentation.service_data import load_services, visitors_day
from resources.search.engine import find
from resources.search.meetings import fitting_meetings
from resources.search.question import MeetingTimes, Question
from resources.timing.calendars import Entry, write_calendar
from resources.timing.recurrence import recurrence_from

MAX_LISTINGS = 500  # in one file: more is a catalog, not a calendar

PageOf = Callable[[str], str]  # the absolute URL of a service's page, by the service's id


def calendar_of_service(service_id: UUID, *, page_of: PageOf, now: datetime) -> bytes | None:
    """Return the file; None if the service is not published or has no checked dates."""
    texts = ListingText.objects.filter(listing__service=service_id).order_by("listing__public_id")
    cards = list(texts.values_list("card", flat=True))
    entries = list(_entries(cards, page_of))
    return write_calendar(cards[0]["service"]["name"], entries, now=now) if entries else None


def calendar_of_withdrawn(service: Service, *, page_of: PageOf, now: datetime) -> bytes | None:
    """Return the file of a service that is not published any more: its meetings, cancelled. None without any.

    It says nothing of the service but its dates: why it is withdrawn may be private. A dozen queries.
    """
    for data in load_services(Service.objects.filter(pk=service.pk), on=visitors_day(now)):
        places: Sequence[ServiceAtLocation | None] = data.places or [None]
        cards = [card_of(data, place) for place in places]
        entries = [
            replace(
                entry, summary=_("Canceled"), location="", description="", changed_at=now, is_cancelled=True
            )
            for entry in _entries(cards, page_of)
        ]
        return write_calendar(_("Canceled"), entries, now=now) if entries else None
    return None


def calendar_for_search(question: Question, *, page_of: PageOf) -> bytes:
    """Return a file with the schedules of the first MAX_LISTINGS matches that have an upcoming meeting.

    Its name says if the question was relaxed.
    """
    matches = find(question)
    finding = matches.finding
    meetings = fitting_meetings(MeetingTimes(), question.now).order_by().values_list("listing_id", flat=True)
    meeting = finding.catalog.set_of_ids(list(meetings.distinct()))
    rows = finding.rows(0, MAX_LISTINGS, among=meeting)
    listings = [row.pk for row in rows]
    cards = dict(ListingText.objects.filter(listing__in=listings).values_list("listing_id", "card"))
    in_order = (cards[pk] for pk in listings if pk in cards)
    name = _("Support meetings, wider than asked") if matches.relaxed else _("Support meetings")
    return write_calendar(name, _entries(in_order, page_of), now=question.now)


def _entries(cards: Iterable[Mapping[str, Any]], page_of: PageOf) -> Iterator[Entry]:
    """Yield one entry for each schedule. One that holds at several places is listed once, without a place."""
    seen: set[str] = set()
    for card in cards:
        for schedule in card["schedules"] if card["kind"] in MEETING_KINDS else ():
            if schedule["id"] not in seen:
                seen.add(schedule["id"])
                yield _entry(card, schedule, page_of(card["service"]["id"]))


def _entry(card: Mapping[str, Any], schedule: Mapping[str, Any], page: str) -> Entry:
    return Entry(
        uid=f"{schedule['id']}@{urlsplit(page).hostname}",
        recurrence=recurrence_from(schedule["rule"]),
        summary=card["service"]["name"],
        location=_address(card["location"]) if schedule["is_here"] else "",
        description="\n".join(_lines(card, schedule, page)),
        url=page,
        changed_at=datetime.fromisoformat(card["last_modified"]),
    )


def _lines(card: Mapping[str, Any], schedule: Mapping[str, Any], page: str) -> Iterator[str]:
    if schedule["notes"]:
        yield schedule["notes"]
    yield from (phone["number"] for phone in card["phones"])
    yield from (address for address in (card["website"], page) if address)
    yield _("Dates can change. Check with them first.")


def _address(location: Mapping[str, Any] | None) -> str:
    names = ("name", "address", "city", "region", "postal_code")
    return ", ".join(location[name] for name in names if location[name]) if location else ""
