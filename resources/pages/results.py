"""A page of results as the templates draw it: phrases in place of codes, URLs in place of ids."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from resources import wording
from resources.geo.geocoding import FoundPlace, PlaceName
from resources.pages.drawing import Drawn, cards_of_page, drawn_results, rows_of_page
from resources.presentation.grouping import grouped
from resources.search import facets
from resources.search.engine import Answer, catalog_counts, count_anywhere
from resources.search.needs import needs_in
from resources.search.question import Question, Reach, Sort, Unknown, Widen
from resources.search.relaxation import FAR, RelaxedParameter
from resources.search.rules import MAX_PRICE
from resources.search.summary import distance_label, heading_of, near_phrase, question_parts
from resources.vocabulary import LOWER_COSTS, Audience, Cost, Format, Kind, Loss, MatchReason, Section

NAME_MATCHES = "named"
# Kinds that are near nobody, and the ways to meet that are near someone.
NEVER_NEAR = {Kind.FORUM, Kind.HELPLINE, Kind.CRISIS_LINE, Kind.DIRECTORY, Kind.INFORMATION}
MET_IN_PERSON = {Format.IN_PERSON, Format.HOME_VISIT}


@dataclass(frozen=True)
class SectionLayout:
    """How a section is drawn: its sign, its sentence, how many cards stand open, and whether they are rows.

    General help is drawn as rows, so that it does not crowd out help for loss. A card is for all that is of
    one organization, or at one door (`by`).
    """

    sign: str
    intro: Any
    cards_open: int = 3
    as_rows: bool = False
    by: str = "organization"

    def draws_rows(self, *, is_open: bool) -> bool:
        """What was chosen is drawn as cards; health care is not: many sites would say the same."""
        return self.as_rows and (not is_open or self.by == "door")


LAYOUTS = {
    Section.NEAR_YOU: SectionLayout("pin", _lazy("For pregnancy loss, birth or bereavement.")),
    Section.BY_PHONE: SectionLayout(
        "phone", _lazy("Call or text without an appointment. Not for emergencies."), cards_open=2
    ),
    Section.SERVES_YOU: SectionLayout("people", _lazy("For pregnancy loss, birth or bereavement.")),
    Section.LOWER_COST_COUNSELLING: SectionLayout(
        "chair", _lazy("For anyone, not only after a loss."), as_rows=True
    ),
    Section.HOSPITAL_CLINICS: SectionLayout(
        "clinic",
        _lazy("Some take calls from you, others need a referral. Each page says what we know of that."),
        cards_open=0,
        as_rows=True,
        by="door",
    ),
    Section.GENERAL_CLINICS: SectionLayout(
        "clinic", _lazy("Health care for anyone. Ask what they offer after a loss."), as_rows=True, by="door"
    ),
    Section.MONEY_AND_PRACTICAL: SectionLayout(
        "cost", _lazy("Help with costs, funerals and paperwork."), as_rows=True
    ),
    Section.LOOK_FURTHER: SectionLayout(
        "search", _lazy("Directories, information and ways to remember, from others."), as_rows=True
    ),
}
# What opens the hospital clinics beside their own kind.
OPENS_HOSPITALS: Mapping[str, set[str]] = {
    facets.LOSS.name: {Loss.EARLY_MISCARRIAGE, Loss.ECTOPIC, Loss.MOLAR, Loss.RECURRENT},
    facets.AUDIENCE.name: {Audience.PREGNANT_AFTER_LOSS},
}
# What is said over listings that do not state what was asked for, by the parameter.
NOT_STATED = {
    facets.COST.name: _lazy("Cost not stated (%d): ask"),
    MAX_PRICE: _lazy("Price not stated (%d): ask"),
    facets.LOSS.name: _lazy("Type of loss not stated (%d): ask"),
    facets.AVOID.name: _lazy("Not known to be free of what you want to avoid (%d): ask first"),
}


def answer_context(answer: Answer, address: PageURL, shortlist: Mapping[str, Any]) -> dict[str, Any]:
    """Return `answer` for `pages/search.html`; `shortlist` is its `list`."""
    results = drawn_results(answer, shortlist)
    has_meetings = any(result["next_meetings"] for result in results)
    return {
        "count": answer.count,
        "changes": _notices(answer),
        "spellings": _spellings(answer, address),
        "filters_named": _filters_named(answer, address),
        "question": answer.summary,
        "heading": heading_of(answer.question),
        "quick_filters": quick_filters(answer, address),
        "chips": _active_filters(answer.question, address),
        "place": answer.place and _place_context(answer.place, address),
        "parts": _parts(answer, results, address),
        "groups": _groups(answer, results, address),
        **paging_context(answer, address),
        "map_url": _map_url(answer, results, address),
        "clear_url": _without_filters(address),
        "next_steps": _next_steps(answer, address),
        "calendar_url": _calendar_url(answer.question, address) if has_meetings else "",
        "handout_url": _handout_url(answer, address),
        "soon": _meeting_shortcuts(address) if has_meetings and not answer.question.when else [],
        "sorted_by": "" if answer.question.sort == Sort.BEST else Sort(answer.question.sort).label,
    }


class PageURL:
    """The URL of the current question, for links that change a part of it."""

    def __init__(self, path: str, query: Any) -> None:
        self.path, self.query = path, query

    def with_params(self, **changes: Any) -> str:
        """Return the URL with these parameters changed.

        None removes a parameter; `page` is removed unless given.
        """
        query = self.query.copy()
        for name, value in {"page": None, **changes}.items():
            query.pop(name, None)
            if value is not None:
                query.setlist(name, value if isinstance(value, list) else [str(value)])
        for name in [name for name, values in query.lists() if not any(values)]:
            del query[name]
        text = query.urlencode()
        return f"{self.path}?{text}" if text else self.path


def _active_filters(question: Question, address: PageURL) -> list[dict[str, str]]:
    """Return each part of the question with the URL of the same question without it.

    The values of a quick filter that was chosen whole are one part, as it is one link.
    """
    whole = [each for each in QUICK_FILTERS if each.is_chosen(question)]
    chips = [
        {"words": str(each.label), "url": address.with_params(**each.without(question))} for each in whole
    ]
    for part in question_parts(question):
        if any(part.parameters == (each.parameter,) and part.value in each.values for each in whole):
            continue
        changes: dict[str, Any] = dict.fromkeys(part.parameters)
        if part.value:
            (name,) = part.parameters
            changes[name] = [value for value in question.values(name) if value != part.value]
        chips.append(
            {"words": part.words[:1].upper() + part.words[1:], "url": address.with_params(**changes)}
        )
    return chips


@dataclass(frozen=True)
class QuickFilter:
    """A choice that most people make, as one link beside the heading: values of one facet."""

    label: Any
    parameter: str
    values: tuple[str, ...]

    def is_chosen(self, question: Question) -> bool:
        return set(self.values) <= set(question.values(self.parameter))

    def without(self, question: Question) -> dict[str, list[str]]:
        """Return the parameter without the values of this filter."""
        return {self.parameter: [each for each in question.values(self.parameter) if each not in self.values]}


QUICK_FILTERS = (
    QuickFilter(_lazy("Free"), facets.COST.name, (Cost.FREE,)),
    QuickFilter(_lazy("Phone or text"), facets.FORMAT.name, (Format.PHONE, Format.TEXT_CHAT)),
    QuickFilter(
        _lazy("Online"),
        facets.FORMAT.name,
        (Format.VIDEO, Format.FORUM, Format.ONLINE, Format.WEB_CHAT, Format.SOCIAL_MEDIA, Format.APP),
    ),
    QuickFilter(_lazy("In person"), facets.FORMAT.name, (Format.IN_PERSON,)),
)


def quick_filters(answer: Answer, address: PageURL) -> list[dict[str, str]]:
    """Return a link for each quick filter that is not chosen and would find something."""
    question = answer.question
    return [
        {
            "label": str(each.label),
            "url": address.with_params(
                **{each.parameter: [*each.without(question)[each.parameter], *each.values]}
            ),
        }
        for each in QUICK_FILTERS
        if not each.is_chosen(question) and any(answer.facets[each.parameter][v] for v in each.values)
    ]


def _without_filters(address: PageURL) -> str:
    """Return the URL of the place alone, with the list taken along."""
    query = address.query.copy()
    for name in [name for name in query if name not in ("near", "list")]:
        del query[name]
    return PageURL(address.path, query).with_params()


def _place_context(place: FoundPlace, address: PageURL) -> dict[str, Any]:
    country = wording.country_name(place.country)
    return {
        "name": place.name if place.name.endswith(country) else f"{place.name}, {country}",
        "has_extent": place.has_extent,
        "rivals": place_links(place.rivals, address),
        "alternatives": place_links(
            [other for other in place.alternatives if other not in place.rivals], address
        ),
    }


def place_links(places: Iterable[PlaceName], address: PageURL) -> list[dict[str, str]]:
    """Return links to the same question about each of these places."""
    return [{"name": place.name, "url": address.with_params(near=place.query)} for place in places]


def _spellings(answer: Answer, address: PageURL) -> list[dict[str, str]]:
    suggestions = [{"name": words, "url": address.with_params(q=words)} for words in answer.spellings]
    if answer.elsewhere:
        words, place = answer.elsewhere
        name = _("%(words)s, near %(place)s") % {"words": words, "place": place.name}
        suggestions.insert(0, {"name": name, "url": address.with_params(q=words, near=place.name)})
    return suggestions


def _filters_named(answer: Answer, address: PageURL) -> list[dict[str, str]]:
    """Return links to the filters that words of the question name, if anything at all is stated to match."""
    question = answer.question
    everywhere = catalog_counts(question.default_country)
    by_name = {facet.name: facet for facet in facets.FACETS}
    links = []
    for need in needs_in(question.words):
        facet = by_name[need.facet]
        if need.value in question.values(need.facet) or not everywhere[need.facet].get(need.value):
            continue
        url = address.with_params(q=need.other_words or None, **{need.facet: need.value})
        links.append({"name": facet.part_label(need.value), "url": url})
    return links


def _notices(answer: Answer) -> list[str]:
    """Return how the answer departs from the question, a sentence each."""
    sentences = []
    if answer.corrected:
        sentences.append(
            _("We found nothing for what you typed. Showing results for “%s” instead.") % answer.corrected
        )
    if answer.relaxed:
        phrases = dict.fromkeys(
            _relaxation_phrase(parameter, answer.question) for parameter in answer.relaxed
        )
        steps = wording.join_words(list(phrases))
        sentences.append(_("Nothing matched everything you chose, so we also looked %s.") % steps)
    if answer.not_known and not answer.question.includes_unknown:
        sentences.append(
            ngettext(
                "We left out %d listing that does not state all that you asked for.",
                "We left out %d listings that do not state all that you asked for.",
                answer.not_known,
            )
            % answer.not_known
        )
    if answer.hidden:
        sentences.append(
            ngettext(
                "We left out %d listing that has something you asked us to avoid.",
                "We left out %d listings that have something you asked us to avoid.",
                answer.hidden,
            )
            % answer.hidden
        )
    return sentences


def _relaxation_phrase(relaxed: RelaxedParameter, question: Question) -> str:
    if relaxed.parameter == "within":
        return _("farther away, within %s") % distance_label(question.within)
    if relaxed.parameter in ("day", "after", "before", "upcoming"):
        return _("at other days and times")
    return _("for help by phone or video call")


def _next_steps(answer: Answer, address: PageURL) -> dict[str, str]:
    """Return links to wider versions of the question; only the place is ever relaxed."""
    question = answer.question
    if question.place is None:
        return {"widen_url": "", "remote_url": "", "anywhere_url": ""}
    far = FAR["mi"]
    near_enough = question.within.km < far.km and question.reach != Reach.REMOTE and question.whole is None
    return {
        "widen_url": address.with_params(within=str(far)) if near_enough else "",
        "remote_url": address.with_params(within=None, reach=Reach.REMOTE)
        if question.reach == Reach.LOCAL
        else "",
        "anywhere_url": address.with_params(near=None, within=None, reach=None)
        if question.words and not answer.count and count_anywhere(question)
        else "",
    }


def _meeting_shortcuts(address: PageURL) -> list[dict[str, str]]:
    """Return links to the same question for meetings soon."""
    tonight = address.with_params(upcoming=1, after="17:00", sort="next_meeting")
    week = address.with_params(upcoming=7, sort="next_meeting")
    return [
        {"name": _("Meets tonight"), "url": tonight},
        {"name": _("Meets in the next 7 days"), "url": week},
    ]


def _calendar_url(question: Question, address: PageURL) -> str:
    """Return the URL of the question as a calendar file, which is as strict as the page."""
    query = address.with_params(sort=None, list=None, map=None, **_leniency(question)).partition("?")[2]
    return f"{reverse('pages:search_calendar')}?{query}"


def _leniency(question: Question) -> dict[str, str]:
    """Return what pages and files take differently unless they are told."""
    return {
        "widen": Widen.YES if question.widens else Widen.NO,
        "unknown": Unknown.INCLUDE if question.includes_unknown else Unknown.EXCLUDE,
    }


def _handout_url(answer: Answer, address: PageURL) -> str:
    """Return the URL of the question as a one-page handout; "" if there is nothing to print."""
    query = address.with_params(sort=None, list=None)
    if not answer.count or "?" not in query:
        return ""
    query = address.with_params(sort=None, list=None, map=None, **_leniency(answer.question))
    return f"{reverse('pages:handout')}?{query.partition('?')[2]}"


def _map_url(answer: Answer, results: Sequence[Drawn], address: PageURL) -> str:
    """Return the URL that opens the map, or closes it where it is open; "" if there is nothing to draw."""
    if (
        answer.place is None
        or answer.place.has_extent
        or all(result["why"] != MatchReason.NEAR_YOU for result in results)
    ):
        return ""
    is_open = bool(address.query.get("map"))
    return address.with_params(map=None if is_open else 1, page=answer.page if answer.page > 1 else None)


def _parts(answer: Answer, results: Sequence[Drawn], address: PageURL) -> list[dict[str, Any]]:
    """Return a link to each section, so that none is buried under a longer one."""
    by_name = any(result["leads_by_name"] for result in results)
    if answer.question.sort != Sort.BEST or by_name:
        return []

    def heading(section: Section) -> str:
        return _heading(section, answer, [each for each in results if each["section"] == section])

    return parts_of_page(answer, results, address, heading)


def _groups(answer: Answer, results: Sequence[Drawn], address: PageURL) -> list[dict[str, Any]]:
    if answer.question.sort != Sort.BEST:
        return _sorted_group(answer, results)
    parts = groupby(results, lambda result: NAME_MATCHES if result["leads_by_name"] else result["section"])
    has_stated = not all(result["not_known"] for result in results)
    return [_section_group(code, list(part), answer, address, has_stated=has_stated) for code, part in parts]


def _sorted_group(answer: Answer, results: Sequence[Drawn]) -> list[dict[str, Any]]:
    """Return all in the order that was asked for; what does not state all that was asked for, folded."""
    if not results:
        return []
    stated, not_stated = _parted(results, lambda result: not result["not_known"])
    title = str(Sort(answer.question.sort).label)
    cards = cards_of_page(stated, by="organization", gather=False)
    group = group_context("sorted", title, "", cards, total=answer.count)
    cards = cards_of_page(not_stated, by="organization", gather=False)
    return [{**group, "asks": _asks(answer, cards, answer.not_known, is_open=not stated)}]


def _section_group(
    code: str, results: Sequence[Drawn], answer: Answer, address: PageURL, *, has_stated: bool
) -> dict[str, Any]:
    """Return `group` of a section; `has_stated`: some result of the page states all that was asked for."""
    if code == NAME_MATCHES:
        cards = cards_of_page(results, by="organization", gather=False)
        return group_context(code, _("The name you searched for"), "", cards, total=len(results))
    section = Section(code)
    is_open = _was_chosen(section, answer.question)
    layout = LAYOUTS[section]
    draw: Callable[..., list[Any]] = rows_of_page if layout.draws_rows(is_open=is_open) else cards_of_page
    stated, not_stated = _parted(results, lambda result: not result["not_known"])
    nothing_stated = answer.not_known_in == answer.sections
    if nothing_stated:
        stated, not_stated = not_stated, stated
    stated, rest = parted_by_cost(section, stated, lambda result: result["costs"])
    total = answer.sections[code]
    title = _heading(section, answer, results)
    group = section_group_context(
        section,
        title,
        draw(stated, by=layout.by),
        rest=draw(rest, by=layout.by),
        total=total,
        is_open=is_open,
        most_open=_most_open(section, answer, stated),
    )
    cards = draw(not_stated, by=layout.by)
    # Closed over what states it elsewhere on the page; a fold of all there is would hide it.
    is_all = not has_stated and len(cards) <= layout.cards_open
    group["asks"] += _asks(answer, cards, answer.not_known_in.get(code, 0), is_open=is_open or is_all)
    if nothing_stated:
        group["notice"] = _ask_title(answer, total)
    elif section == Section.SERVES_YOU:
        group["notice"] = _no_local_groups_notice(answer, results)
    if total > len(results) and answer.question.sections != (code,):
        group["see_all_url"] = address.with_params(section=code)
    return group


def _most_open(section: Section, answer: Answer, results: Sequence[Drawn]) -> int | None:
    """Return how many cards may stand open: near, those before the first that is doubtful, if any is.

    From afar fewer, if something is near: the page would be long.
    """
    if section == Section.SERVES_YOU:
        return 2 if Section.NEAR_YOU in answer.sections else None
    if section != Section.NEAR_YOU:
        return None
    groups = grouped(results, key=lambda result: result["organization"], gather=True)
    return len(list(takewhile(lambda group: not group[0]["doubtful"], groups))) or len(groups)


def parted_by_cost(
    section: Section, results: Sequence[Drawn], costs_of: Callable[[Drawn], Collection[str]]
) -> tuple[Sequence[Drawn], Sequence[Drawn]]:
    """Return what may stand under the title of the section, and counseling that states no lower cost."""
    if section != Section.LOWER_COST_COUNSELLING:
        return results, ()
    return _parted(results, lambda result: not set(LOWER_COSTS).isdisjoint(costs_of(result)))


def _parted(
    results: Sequence[Drawn], holds: Callable[[Drawn], bool]
) -> tuple[Sequence[Drawn], Sequence[Drawn]]:
    return [each for each in results if holds(each)], [each for each in results if not holds(each)]


def _asks(answer: Answer, cards: Sequence[Any], total: int, *, is_open: bool) -> list[dict[str, Any]]:
    """Return the fold of what does not state what was asked for; `total` of them are in the whole answer."""
    return [{"title": _ask_title(answer, total), "cards": cards, "open": is_open}] if cards else []


def _ask_title(answer: Answer, total: int) -> str:
    asked = [name for name in NOT_STATED if name in answer.finding.facts]
    words = NOT_STATED[asked[0]] if len(asked) == 1 else _("Not all of it is stated (%d): ask")
    return str(words) % total


def _was_chosen(section: Section, question: Question) -> bool:
    """True if the question asks for what is in this section, so that nothing of it is folded."""
    if question.values(facets.KIND.name) or section in question.sections:
        return True
    return section == Section.HOSPITAL_CLINICS and any(
        not values.isdisjoint(question.values(name)) for name, values in OPENS_HOSPITALS.items()
    )


def parts_of_page(
    answer: Answer,
    results: Iterable[Mapping[str, Any]],
    address: PageURL,
    heading: Callable[[Section], str],
) -> list[dict[str, Any]]:
    """Return a link to each section, on this page or another; empty if there is only one."""
    parts, before = [], 0
    shown = {result["section"] for result in results}
    for code, total in answer.sections.items():
        page = before // answer.page_size + 1
        elsewhere = "" if code in shown else address.with_params(page=page if page > 1 else None)
        parts.append({"title": heading(Section(code)), "total": total, "url": f"{elsewhere}#{code}"})
        before += total
    return parts if len(parts) > 1 else []


def paging_context(answer: Answer, address: PageURL) -> dict[str, Any]:
    """Return the variables of `components/pagination.html`."""
    return {
        "page": answer.page,
        "pages": answer.pages,
        "previous_url": address.with_params(page=answer.page - 1) if answer.page > 1 else "",
        "next_url": address.with_params(page=answer.page + 1) if answer.page < answer.pages else "",
    }


def group_context(
    code: str, title: str, intro: str, results: Sequence[Mapping[str, Any]], *, total: int
) -> dict[str, Any]:
    """Return `group` for `components/group.html`, of cards that all stand open."""
    return {
        "code": code,
        "title": title,
        "intro": intro,
        "notice": "",
        "sign": "group",
        "as_rows": False,
        "results": results,
        "folded": [],
        "asks": [],
        "urgent": False,
        "total": total,
        "see_all_url": "",
    }


def section_group_context(
    section: Section,
    title: str,
    cards: Sequence[Mapping[str, Any]],
    *,
    rest: Sequence[Mapping[str, Any]] = (),
    total: int,
    is_open: bool,
    most_open: int | None = None,
) -> dict[str, Any]:
    """Return `group` for a section, of which only the first few cards stand open unless `is_open`.

    `rest` are the cards of counseling that states no lower cost. At most `most_open` stand open.
    """
    layout = LAYOUTS[section]
    most = len(cards) if is_open or most_open is None else most_open
    one_more = layout.cards_open > 0 and len(cards) == layout.cards_open + 1  # is not worth a fold
    shown = len(cards) if is_open else min(most, len(cards) if one_more else layout.cards_open)
    return {
        **group_context(section, title, str(layout.intro), cards[:shown], total=total),
        "sign": layout.sign,
        "as_rows": layout.draws_rows(is_open=is_open),
        "folded": cards[shown:],
        "asks": [{"title": _("Lower cost not stated: ask"), "cards": rest, "open": is_open}] if rest else [],
        "urgent": section == Section.HOSPITAL_CLINICS,
    }


def _heading(section: Section, answer: Answer, results: Sequence[Drawn]) -> str:
    """Return the title of a section; of help from afar, "across Ireland" only over what serves Ireland."""
    place = answer.place
    if section == Section.NEAR_YOU:
        return _("Near %(place)s") % {"place": _short_name(place)}
    if section == Section.SERVES_YOU and place and place.country and any(map(_is_from_home, results)):
        return _("By phone, online or across %(country)s") % {"country": wording.the_country(place.country)}
    return str(section.label)


def _is_from_home(result: Drawn) -> bool:
    return result["why"] not in (None, MatchReason.NEAR_YOU, MatchReason.ONLINE)


def _short_name(place: FoundPlace | None) -> str:
    return place.name.split(",")[0] if place else ""


def _no_local_groups_notice(answer: Answer, results: Sequence[Drawn]) -> str:
    """Said where what meets in person was looked for near a place, and nothing that was found is near.

    It says of the rows below it what holds for all of them.
    """
    question, place = answer.question, answer.place
    if place is None or question.reach == Reach.REMOTE or question.page > 1 or question.sort != Sort.BEST:
        return ""
    if answer.relaxed or question.sections or Section.NEAR_YOU in answer.sections:
        return ""
    kinds, formats = set(question.values(facets.KIND.name)), set(question.values(facets.FORMAT.name))
    if (kinds and kinds <= NEVER_NEAR) or (formats and formats.isdisjoint(MET_IN_PERSON)):
        return ""
    if question.facets or question.words or question.max_price is not None:
        # There may be one nearby that the other conditions excluded.
        first = _("We have nothing %(near)s that matches all of your choices.")
    else:
        first = _("We do not know of any in-person group %(near)s.")
    from_home = sum(map(_is_from_home, results))
    if not from_home:
        second = _("These help people anywhere.")
    elif from_home == len(results):
        second = _("These help people in %(country)s, or in a part of it.")
    else:
        second = ngettext(
            "The first helps people in %(country)s, or in a part of it, the others anywhere.",
            "The first %(number)d help people in %(country)s, or in a part of it, the others anywhere.",
            from_home,
        )
    sentence = f"{first} {second}"
    if from_home and (not kinds or Kind.SUPPORT_GROUP in kinds):
        sentence = f"{sentence} {_('Ask them about groups near you.')}"
    return sentence % {
        "near": near_phrase(question, _short_name(place)),
        "country": wording.the_country(place.country),
        "number": from_home,
    }
