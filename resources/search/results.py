"""From rows to results: the shape that the API sends and that the pages are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from resources import wording
from resources.geo.point import km_of_chord2
from resources.models import ListingText
from resources.search.question import Question
from resources.vocabulary import Precision, Section, Why

# By `reach` in `narrowing`: HERE, AREA, REGION, COUNTRY, WORLD; nothing is said of what is elsewhere.
REASONS = (Why.NEAR_YOU, Why.SERVES_YOUR_AREA, Why.SERVES_YOUR_STATE, Why.NATIONAL, Why.ONLINE, None)
ON_EARTH = 4.0  # the longest squared chord there is


def results_of(rows: Sequence[dict[str, Any]], asked: Question) -> list[dict[str, Any]]:
    """The finished cards of these rows, in their order, with what depends on the question (one query)."""
    cards = dict(
        ListingText.objects.filter(listing__in=[row["pk"] for row in rows]).values_list("listing_id", "card")
    )
    return [result_of(cards[row["pk"]], row, asked) for row in rows if row["pk"] in cards]


def result_of(card: dict[str, Any], row: dict[str, Any], asked: Question) -> dict[str, Any]:
    """`row` holds here_section, reach, distance2 (squared chord), whole_name and not_known."""
    near = asked.place is not None
    why = REASONS[row["reach"]] if near else None
    known = near and row["distance2"] <= ON_EARTH
    return {
        **plain_result(card),
        "section": str(list(Section)[row["here_section"]]),
        "leads_by_name": row["whole_name"] == 0,
        "known_clear": not row["not_known"] if asked.values("avoid") else None,
        "distance_km": round(km_of_chord2(row["distance2"]), 1) if known else None,
        "distance_is_about": bool(known and card["location"]["precision"] != Precision.EXACT),
        "why": why and str(why),
    }


def plain_result(card: dict[str, Any]) -> dict[str, Any]:
    """A card as a result of no question: what is said of it wherever one asks from."""
    return {
        **card,
        "known_clear": None,
        "distance_km": None,
        "distance_is_about": False,
        "why": None,
        "cost": {"phrase": cost_phrase(card["cost"]), **card["cost"]},
        "next_meetings": [],
    }


def results_of_organization(organization_id: UUID, *, limit: int) -> list[dict[str, Any]]:
    """What an organization publishes, as results of no question: `limit` at most, the best fit first."""
    cards = ListingText.objects.filter(listing__organization_id=organization_id).order_by(
        "listing__rank", "listing__name_key", "listing__public_id"
    )
    return [plain_result(card) for card in cards.values_list("card", flat=True)[:limit]]


def cost_phrase(cost: dict[str, Any]) -> str:
    """The cost of a card in one line, joining fee included."""
    phrase = wording.cost_phrase(
        cost["kinds"],
        low=_decimal(cost["min_price"]),
        high=_decimal(cost["max_price"]),
        currency=cost["currency"] or "",
        unit=cost["unit"] or "",
    )
    fee = cost["joining_fee"]
    return (
        f"{phrase}. {wording.joining_fee(_decimal(fee['amount']), fee['currency'] or '')}" if fee else phrase
    )


def _decimal(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number))
