"""The question in one sentence, so that visitors see how it was understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from resources import wording
from resources.models import ListingText
from resources.search import facets
from resources.search.question import Distance, MeetingTimes, Question, Reach
from resources.vocabulary import Weekday


@dataclass(frozen=True)
class QuestionPart:
    """One condition of the question in words, and the parameters that express it.

    `value` is one of several values of a facet; "" for the whole parameter.
    """

    words: str
    parameters: tuple[str, ...]
    value: str = ""


def describe_question(question: Question) -> str:
    """Return the question in one sentence.

    Such as "Support group, free, within 25 miles of Dallas, TX 75201 or serving it from afar.".
    """
    parts = [_subject(question)]
    parts += [
        _choices(question, facet)
        for facet in facets.FACETS
        if facet is not facets.KIND and question.values(facet.name)
    ]
    parts += [part.words for part in _named_parts(question)]
    parts.append(_where(question))
    return ", ".join(part for part in parts if part) + "."


def question_parts(question: Question) -> list[QuestionPart]:
    """Return the smallest parts of the question, so that each can be removed by itself."""
    where = []
    if question.place:
        near = _("near %(place)s") % {"place": question.place.name}
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
    if question.max_price is not None:
        parts.append(QuestionPart(_price(question.max_price, question.currency), ("max_price", "currency")))
    parts += [QuestionPart(words, (name,)) for name, words in _times(question.when)]
    if question.assured_since:
        words = _("checked since %(date)s") % {"date": date_format(question.assured_since, "j F Y")}
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


def _subject(question: Question) -> str:
    kinds = question.values(facets.KIND.name)
    if not kinds:
        return _("All kinds of support")
    first, *others = kinds
    labels = [facets.KIND.label_of(first), *map(facets.KIND.summary_label, others)]
    return wording.join_words(labels, last=_("or"))


def _choices(question: Question, facet: facets.Facet) -> str:
    labels = [facet.summary_label(value) for value in question.values(facet.name)]
    return f"{facet.phrase}: {wording.join_words(labels, last=_('or'))}"


def _organizations(ids: Sequence[UUID]) -> str:
    """Return "run by ..." with the names of the organizations that publish something; one query."""
    shown = ListingText.objects.filter(listing__organization_id__in=ids)
    names = sorted(set(shown.values_list("card__organization__name", flat=True)))
    return _("run by %(names)s") % {"names": wording.join_words(names, last=_("or"))} if names else ""


def _price(hundredths: int, currency: str) -> str:
    if hundredths == 0:
        return _("free")
    return _("at most %(price)s") % {"price": wording.money_of_hundredths(hundredths, currency)}


def _times(when: MeetingTimes) -> list[tuple[str, str]]:
    """Return (parameter, words) pairs such as ("day", "meeting on Tuesday or Friday")."""
    parts = []
    if when.days:
        days = wording.join_words([list(Weekday)[day].label for day in when.days], last=_("or"))
        parts.append(("day", _("meeting on %(days)s") % {"days": days}))
    if when.after is not None:
        parts.append(("after", _("beginning at %(time)s or later") % {"time": _clock(when.after)}))
    if when.before is not None:
        parts.append(("before", _("beginning before %(time)s") % {"time": _clock(when.before)}))
    if when.upcoming == 1:
        parts.append(("upcoming", _("meeting today")))
    elif when.upcoming:
        soon = _("meeting in the next %(number)d days") % {"number": when.upcoming}
        parts.append(("upcoming", soon))
    return parts


def _clock(minute: int) -> str:
    return wording.clock(time(minute // 60, minute % 60))


def _where(question: Question) -> str:
    if question.place is None:
        return {Reach.LOCAL: _("at a place one can go to"), Reach.REMOTE: _("from afar")}.get(
            Reach(question.reach), ""
        )
    near = _("within %(distance)s of %(place)s") % {
        "distance": distance_label(question.within),
        "place": question.place.name,
    }
    if question.reach == Reach.LOCAL:
        return near
    if question.reach == Reach.REMOTE:
        return _("reaching %(place)s from afar") % {"place": question.place.name}
    return _("%(near)s, or reaching it from afar") % {"near": near}
