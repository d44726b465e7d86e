"""What a service would be found as, made from its records as they stand. No listing is read or written."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from resources.models import Service, ServiceAtLocation
from resources.search.calendar import write_out
from resources.search.cards import card_of
from resources.search.facts import Facts, facts_of
from resources.search.meetings import SHOWN, meeting_facts
from resources.search.results import plain_result


def results_as_shown(service_id: UUID, *, at: datetime, most: int) -> tuple[list[dict[str, Any]], int]:
    """The first `most` results of a service, as a search without a place has them, and how many there are.

    There is one for each of its places, whether it is published or not. A dozen queries.
    """
    for facts in facts_of(Service.objects.filter(pk=service_id), at=at):
        places: list[ServiceAtLocation | None] = [*facts.places] or [None]
        return [_result(facts, place, at) for place in islice(places, most)], len(places)
    return [], 0


def _result(facts: Facts, place: ServiceAtLocation | None, at: datetime) -> dict[str, Any]:
    card = card_of(facts, place)
    meetings = sorted(write_out(card["kind"], card["schedules"], at), key=lambda each: each.starts_at)
    return plain_result(card, at, [meeting_facts(each) for each in meetings[:SHOWN]])
