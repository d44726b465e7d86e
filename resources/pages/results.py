"""A page of results as the templates draw it: phrases in place of codes, URLs in place of ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from resources import wording
from resources.geo.geocoding import FoundPlace, PlaceName
from resources.pages.drawing import Drawn, cards_of_page, drawn_results, rows_of_page
from resources.search import facets
from resources.search.engine import Answer, catalog_counts
from resources.search.needs import needs_in
from resources.search.question import Question, Reach, Sort
from resources.search.relaxation import FAR, RelaxedParameter
from resources.search.summary import distance_label, heading_of, near_phrase, question_parts
from resources.vocabulary import CLINICS, Cost, Format, Kind, MatchReason, Section

NAME_MATCHES = "named"
NOT_KNOWN = "not_known"
# Kinds that are near nobody, and the ways to meet that are near someone.
NEVER_NEAR = {Kind.FORUM, Kind.HELPLINE, Kind.CRISIS_LINE, Kind.DIRECTORY, Kind.INFORMATION}
MET_IN_PERSON = {Format.IN_PERSON, Format.HOME_VISIT}


@dataclass(frozen=True)
class SectionLayout:
    """How a section is drawn: its sign, how many cards stand open, and whether they are rows instead.

    General help is drawn as rows, so that it does not crowd out help for loss.
    """

    sign: str
    cards_open: int = 3
    as_rows: bool = False


LAYOUTS = {
    Section.NEAR_YOU: SectionLayout("pin"),
    Section.SERVES_YOU: SectionLayout("people"),
    Section.LOWER_COST_COUNSELLING: SectionLayout("chair"),
    Section.GENERAL_CLINICS: SectionLayout("clinic", as_rows=True),
    Section.LOOK_FURTHER: SectionLayout("search", cards_open=2),
}
OTHER_LAYOUT = SectionLayout("group", cards_open=100)  # of what is in no section: nothing is folded


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
        "next_steps": _next_steps(answer.question, address),
        "calendar_url": _calendar_url(address) if has_meetings else "",
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
    if relaxed.parameter == "format":
        return _("at other ways to connect")
    return _("at help from farther away")


def _next_steps(question: Question, address: PageURL) -> dict[str, str]:
    """Return links to wider versions of the question; only the place is ever relaxed."""
    if question.place is None:
        return {"widen_url": "", "remote_url": ""}
    far = FAR["mi"]
    near_enough = question.within.km < far.km and question.reach != Reach.REMOTE and question.whole is None
    return {
        "widen_url": address.with_params(within=str(far)) if near_enough else "",
        "remote_url": address.with_params(within=None, reach=Reach.REMOTE)
        if question.reach == Reach.LOCAL
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


def _calendar_url(address: PageURL) -> str:
    """Return the URL of the question as a calendar file."""
    query = address.with_params(sort=None, list=None).partition("?")[2]
    path = reverse("pages:search_calendar")
    return f"{path}?{query}" if query else path


def _handout_url(answer: Answer, address: PageURL) -> str:
    """Return the URL of the question as a one-page handout; "" if there is nothing to print."""
    query = address.with_params(sort=None, list=None).partition("?")[2]
    return f"{reverse('pages:handout')}?{query}" if answer.count and query else ""


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
    if answer.question.sort != Sort.BEST or by_name or answer.not_known:
        return []
    return parts_of_page(answer, results, address, lambda section: _heading(section, answer)[0])


def _groups(answer: Answer, results: Sequence[Drawn], address: PageURL) -> list[dict[str, Any]]:
    not_known = [result for result in results if result["known_clear"] is False]
    clear = [result for result in results if result["known_clear"] is not False]
    groups = _sorted_groups(clear, answer, address)
    return [*groups, _not_known_group(not_known, answer)] if not_known else groups


def _sorted_groups(results: Sequence[Drawn], answer: Answer, address: PageURL) -> list[dict[str, Any]]:
    if answer.question.sort != Sort.BEST:
        cards = cards_of_page(results, by="organization", gather=False)
        title = str(Sort(answer.question.sort).label)
        return [group_context("sorted", title, "", cards, total=answer.count)] if cards else []
    parts = groupby(results, lambda result: NAME_MATCHES if result["leads_by_name"] else result["section"])
    return [_section_group(code, list(part), answer, address) for code, part in parts]


def _not_known_group(results: Sequence[Drawn], answer: Answer) -> dict[str, Any]:
    """Return the folded group of listings nobody has reviewed for the content to avoid."""
    labels = [facets.AVOID.summary_label(value) for value in answer.question.values(facets.AVOID.name)]
    group = group_context(
        NOT_KNOWN,
        _("Unknown (%d)") % answer.not_known,
        _("We do not know yet whether this applies: %s. If it matters to you, ask first.")
        % wording.join_words(labels, last=_("or")),
        [],
        total=answer.not_known,
    )
    cards = cards_of_page(results, by="organization")
    return {**group, "folded": cards, "open": len(results) == len(answer.rows)}


def _section_group(code: str, results: Sequence[Drawn], answer: Answer, address: PageURL) -> dict[str, Any]:
    if code == NAME_MATCHES:
        cards = cards_of_page(results, by="organization", gather=False)
        return group_context(code, _("The name you searched for"), "", cards, total=len(results))
    section = Section(code)
    title, intro = _heading(section, answer)
    total = len(results) if answer.not_known else answer.sections[code]
    is_open = _was_chosen(section, answer.question)
    layout = layout_of(section)
    draw: Callable[..., list[Any]] = rows_of_page if layout.as_rows and not is_open else cards_of_page
    cards = draw(results, by="door" if layout.as_rows else "organization")
    group = section_group_context(section, title, intro, cards, total=total, is_open=is_open)
    if section == Section.SERVES_YOU:
        group["notice"] = _no_local_groups_notice(answer)
    if section == Section.GENERAL_CLINICS and total > len(results):
        group["see_all_url"] = address.with_params(kind=list(CLINICS))
    return group


def _was_chosen(section: Section, question: Question) -> bool:
    """True if the question asks for what is in this section, so that nothing of it is folded."""
    if section == Section.GENERAL_CLINICS:
        chosen_by_cost = (
            bool(question.values("cost") or question.max_price is not None) and not question.words
        )
        return not set(CLINICS).isdisjoint(question.values("kind")) or chosen_by_cost
    return bool(question.values("kind"))


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
        "sign": OTHER_LAYOUT.sign,
        "as_rows": False,
        "results": results,
        "folded": [],
        "open": False,
        "total": total,
        "see_all_url": "",
    }


def layout_of(section: Section) -> SectionLayout:
    """Return how the section is drawn."""
    return LAYOUTS.get(section, OTHER_LAYOUT)


def section_group_context(
    section: Section, title: str, intro: str, cards: Sequence[Mapping[str, Any]], *, total: int, is_open: bool
) -> dict[str, Any]:
    """Return `group` for a section, of which only the first few cards stand open unless `is_open`."""
    layout = layout_of(section)
    shown = len(cards) if is_open or len(cards) == layout.cards_open + 1 else layout.cards_open
    return {
        **group_context(section, title, intro, cards[:shown], total=total),
        "sign": layout.sign,
        "as_rows": layout.as_rows and not is_open,
        "folded": cards[shown:],
    }


def _heading(section: Section, answer: Answer) -> tuple[str, str]:
    """Return the title of a section and one sentence that explains it."""
    place = _short_name(answer.place)
    if section == Section.NEAR_YOU:
        return _("Near %(place)s") % {"place": place}, _("For pregnancy loss, birth or bereavement.")
    if section == Section.SERVES_YOU and place:
        title = _("Support for people in %(place)s") % {"place": place}
        return title, _("By phone, online or through local groups. Ask them which group is nearest.")
    if section == Section.SERVES_YOU:
        return _("Support for loss"), _("For pregnancy loss, birth or bereavement.")
    intros = {
        Section.LOWER_COST_COUNSELLING: _("Counseling for anyone, and funds that help pay for it."),
        Section.GENERAL_CLINICS: _(
            "Health care for anyone. Fees depend on income. Ask what they offer after a loss."
        ),
        Section.LOOK_FURTHER: _(
            "Directories and information from other organizations, and helplines for anyone."
        ),
    }
    return str(section.label), intros[section]


def _short_name(place: FoundPlace | None) -> str:
    return place.name.split(",")[0] if place else ""


def _no_local_groups_notice(answer: Answer) -> str:
    """Said where what meets in person was looked for near a place, and nothing that was found is near."""
    question, place = answer.question, answer.place
    if place is None or question.reach == Reach.REMOTE or question.page > 1 or question.sort != Sort.BEST:
        return ""
    if answer.relaxed or Section.NEAR_YOU in answer.sections or Section.SERVES_YOU not in answer.sections:
        return ""
    kinds, formats = set(question.values(facets.KIND.name)), set(question.values(facets.FORMAT.name))
    if (kinds and kinds <= NEVER_NEAR) or (formats and formats.isdisjoint(MET_IN_PERSON)):
        return ""
    if question.facets or question.words or question.max_price is not None:
        # There may be one nearby that the other conditions excluded.
        sentence = _(
            "We have nothing %(near)s that matches all of your choices."
            " These services help by phone, online or from farther away."
        )
    else:
        sentence = _(
            "We do not know of any in-person group %(near)s. These services help people across %(country)s."
        )
    if not kinds or Kind.SUPPORT_GROUP in kinds:
        sentence = f"{sentence} {_('Ask them about groups near you.')}"
    return sentence % {
        "near": near_phrase(question, _short_name(place)),
        "country": wording.the_country(place.country) or _("the world"),
    }
