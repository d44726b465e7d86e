"""What a page or a card says, read as a visitor or a program would."""

from __future__ import annotations

import html
import re
from typing import Any

from django.test import Client

from resources.models import Listing, ListingText, Service
from resources.search.packing import ListingFacts, unpack

FIRST_VIEW_BYTES = 50_000  # what a browser fetches before it shows a page, all of it together


def page(client: Client, address: str, status: int = 200, **headers: str) -> str:
    """The page as it was sent; nobody was given a cookie."""
    answer: Any = client.get(address, headers=headers)
    assert answer.status_code == status, (address, answer.status_code)
    assert "Set-Cookie" not in answer.headers
    sent: bytes = answer.getvalue()
    return sent.decode()


def unescaped(client: Client, address: str, status: int = 200, **headers: str) -> str:
    """The page as a browser reads what stands in it."""
    return html.unescape(page(client, address, status, **headers))


def text_of(said: Any) -> str:
    """The words of an answer, or of markup, in one line."""
    markup = said if isinstance(said, str) else said.content.decode()
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def id_of(service: Service) -> str:
    """Of the result that this service is, at its first place if it has one."""
    place = service.service_at_locations.first()
    return str(place.pk if place else service.pk)


def card_of(service: Service) -> dict[str, Any]:
    """What visitors' answers are made of; fails where the service has no listing, or more than one."""
    card: dict[str, Any] = ListingText.objects.get(listing__service=service).card
    return card


def facts_of(service: Service) -> ListingFacts:
    """What a question may ask of it; fails where the service has no listing, or more than one."""
    return unpack(bytes(Listing.objects.get(service=service).facts))
