"""The question in one sentence, so that visitors see how it was understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from resources import wording
from resources.models import ListingText
from resources.search import facets
from resources.search.question import Distance, MeetingTimes, Question, Reach
from resources.vocabulary import Cost, Section, Weekday

# Facets that are said right after the kind of support, in this order, without a comma.
CLOSE_TO_SUBJECT = (facets.AUDIENCE, facets.LOSS, facets.FORMAT, facets.LANGUAGE)
PRICE = ("max_price", "currency")


@dataclass(frozen=True)
class QuestionPart:
    """One condition of the question in words, and the parameters that express it.

    `value` is one of several values of a facet; "" for the whole parameter.
    """

    words: str
    parameters: tuple[str, ...]
    value: str = ""


def describe_question(question: Question) -> str:
    """Return the question as a person would say it.

    Such as "Free support groups for dads and men after a stillbirth, within 25 miles of Dallas, TX 75201, or
    serving that area from elsewhere." One query where organizations are chosen, else none.
    """
    chosen = {facet: question.values(facet.name) for facet in facets.FACETS}
    adjectives = _adjectives(question)
    if adjectives:
        chosen.pop(facets.COST, None)
    who = [facet.describe(chosen[facet]) for facet in CLOSE_TO_SUBJECT if chosen.get(facet)]
    more = [
        facet.describe(values)
        for facet, values in chosen.items()
        if values and facet not in (facets.KIND, facets.AVOID, *CLOSE_TO_SUBJECT)
    ]
    named = [part.words for part in _named_parts(question) if not (adjectives and part.parameters == PRICE)]
    avoided = [facets.AVOID.describe(chosen[facets.AVOID])] if chosen[facets.AVOID] else []
    subject = " ".join([*adjectives, _subject(question, is_narrowed=bool(adjectives or who)), *who])
    parts = [capfirst(subject), *more, *named, _where(question), *avoided]
    return ", ".join(part for part in parts if part) + "."


def heading_of(question: Question) -> str:
    """Return the question as a heading: what is looked for, and near which place.

    Such as "Free support groups for dads and men near Dallas, TX". Everything else of the question is said
    by its parts.
    """
    chosen = {facet: question.values(facet.name) for facet in facets.FACETS}
    adjectives = _adjectives(question)
    who = [facet.describe(chosen[facet]) for facet in CLOSE_TO_SUBJECT if chosen.get(facet)]
    kinds = question.values(facets.KIND.name)
    subject = facets.KIND.describe(kinds) if kinds else _("support")
    what = capfirst(" ".join([*adjectives, subject, *who]))
    if question.place is None:
        return what
    phrase = _("%(what)s in %(place)s") if question.place.has_extent else _("%(what)s near %(place)s")
    return phrase % {"what": what, "place": question.place.name}


def question_parts(question: Question) -> list[QuestionPart]:
    """Return the smallest parts of the question, so that each can be removed by itself."""
    where = []
    if question.place:
        near = _("in %(place)s") if question.place.has_extent else _("near %(place)s")
        near = near % {"place": question.place.name}
        where.append(QuestionPart(near, ("near", "within")))
    if question.reach != Reach.ANY:
        where.append(QuestionPart(str(Reach(question.reach).phrase), ("reach",)))
    chosen = [
        QuestionPart(facet.part_label(value), (facet.name,), value)
        for facet in facets.FACETS
        for value in question.values(facet.name)
    ]
    return [*where, *chosen, *_named_parts(question)]


def _named_parts(question: Question) -> list[QuestionPart]:
    """Return the conditions other than place and facets, in the order of the sentence."""
    parts = []
    if question.organizations:
        parts.append(QuestionPart(_organizations(question.organizations), ("organization",)))
    if question.sections:
        labels = [f"“{Section(code).label}”" for code in question.sections]
        words = _("only %(sections)s") % {"sections": wording.join_words(labels)}
        parts.append(QuestionPart(words, ("section",)))
    if question.max_price is not None:
        parts.append(QuestionPart(_price(question.max_price, question.currency), PRICE))
    parts += [QuestionPart(words, (name,)) for name, words in _times(question.when)]
    if question.assured_since:
        words = _("checked since %(date)s") % {"date": date_format(question.assured_since)}
        parts.append(QuestionPart(words, ("assured_since",)))
    if question.words:
        parts.append(QuestionPart(_("matching “%(words)s”") % {"words": question.words}, ("q",)))
    return [part for part in parts if part.words]


def distance_label(distance: Distance) -> str:
    """Return a radius in words, such as "25 miles"."""
    number = f"{distance.number:g}"
    if distance.unit == "mi":
        return ngettext("%(number)s mile", "%(number)s miles", 1 if distance.number == 1 else 2) % {
            "number": number
        }
    return _("%(number)s km") % {"number": number}


def _subject(question: Question, *, is_narrowed: bool) -> str:
    kinds = question.values(facets.KIND.name)
    if kinds:
        return facets.KIND.describe(kinds)
    return _("support") if is_narrowed else _("all kinds of support")


def _adjectives(question: Question) -> list[str]:
    """What it may cost, where that can stand before the kind of support: ["free or sliding-scale"]."""
    costs = question.values(facets.COST.name)
    if question.max_price == 0 and set(costs) <= {Cost.FREE}:
        costs = (Cost.FREE,)
    elif question.max_price is not None or not set(costs) <= set(facets.COST.adjectives):
        return []
    words = [facets.COST.adjectives[cost] for cost in costs]
    return [wording.join_words(words, last=_("or"))] if words else []


def _organizations(ids: Sequence[UUID]) -> str:
    """Return "run by ..." with the names of the organizations that publish something; one query."""
    shown = ListingText.objects.filter(listing__organization_id__in=ids)
    names = sorted(set(shown.values_list("card__organization__name", flat=True)))
    return _("run by %(names)s") % {"names": wording.join_words(names, last=_("or"))} if names else ""


def _price(hundredths: int, currency: str) -> str:
    if hundredths == 0:
        return _("free")
    return _("for up to %(price)s a session") % {"price": wording.money_of_hundredths(hundredths, currency)}


def _times(when: MeetingTimes) -> list[tuple[str, str]]:
    """Return (parameter, words) pairs such as ("day", "meeting on Tuesday or Friday")."""
    parts = []
    if when.days:
        days = wording.join_words([list(Weekday)[day].label for day in when.days], last=_("or"))
        parts.append(("day", _("meeting on %(days)s") % {"days": days}))
    if when.after is not None:
        parts.append(("after", _("starting at %(time)s or later") % {"time": _clock(when.after)}))
    if when.before is not None:
        parts.append(("before", _("starting before %(time)s") % {"time": _clock(when.before)}))
    if when.upcoming == 1:
        parts.append(("upcoming", _("meeting today")))
    elif when.upcoming:
        soon = _("meeting in the next %(number)d days") % {"number": when.upcoming}
        parts.append(("upcoming", soon))
    return parts


def _clock(minute: int) -> str:
    return wording.clock(time(minute // 60, minute % 60))


def near_phrase(question: Question, name: str) -> str:
    """Return "within 25 miles of Dallas", "in Kent" or "in Kent or within 10 miles of its middle"."""
    radius = {"distance": distance_label(question.within), "place": name}
    place = question.place
    if question.whole or not question.within.number or (place and place.is_anywhere):
        return _("in %(place)s") % {"place": name}
    if place and place.has_extent:
        return _("in %(place)s or within %(distance)s of its middle") % radius
    return _("within %(distance)s of %(place)s") % radius


def _where(question: Question) -> str:
    if question.place is None:
        return {Reach.LOCAL: _("in person"), Reach.REMOTE: _("serving your area from elsewhere")}.get(
            Reach(question.reach), ""
        )
    near = near_phrase(question, question.place.name)
    if question.reach == Reach.LOCAL:
        return near
    if question.reach == Reach.REMOTE:
        return _("serving %(place)s from elsewhere") % {"place": question.place.name}
    return _("%(near)s, or serving that area from elsewhere") % {"near": near}
