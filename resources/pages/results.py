"""A page of results as the templates draw it: phrases in place of codes, URLs in place of ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from resources import wording
from resources.geo.geocoding import FoundPlace, PlaceName
from resources.pages.drawing import Drawn, drawn_results
from resources.search import facets
from resources.search.engine import Answer
from resources.search.question import Question, Reach, Sort
from resources.search.relaxation import FAR, RelaxedParameter
from resources.search.summary import distance_label, near_phrase, question_parts
from resources.vocabulary import CLINICS, Format, Kind, Section

MAX_CLINICS_OPEN = 3  # the rest are folded: general help must not crowd out help for loss
NAME_MATCHES = "named"
NOT_KNOWN = "not_known"
# Kinds that are near nobody, and the ways to meet that are near someone.
NEVER_NEAR = {Kind.FORUM, Kind.HELPLINE, Kind.CRISIS_LINE, Kind.DIRECTORY, Kind.INFORMATION}
MET_IN_PERSON = {Format.IN_PERSON, Format.HOME_VISIT}


def answer_context(answer: Answer, address: PageURL, shortlist: Mapping[str, Any]) -> dict[str, Any]:
    """Return `answer` for `pages/search.html`; `shortlist` is its `list`."""
    results = drawn_results(answer, shortlist)
    has_meetings = any(result["next_meetings"] for result in results)
    return {
        "count": answer.count,
        "changes": _notices(answer),
        "spellings": _spellings(answer, address),
        "question": answer.summary,
        "chips": _active_filters(answer.question, address),
        "place": answer.place and _place_context(answer.place, address),
        "nobody_near": _no_local_groups_notice(answer),
        "parts": _parts(answer, results, address),
        "groups": _groups(answer, results, address),
        **paging_context(answer, address),
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
    """Return each part of the question with the URL of the same question without it."""
    chips = []
    for part in question_parts(question):
        changes: dict[str, Any] = dict.fromkeys(part.parameters)
        if part.value:
            (name,) = part.parameters
            changes[name] = [value for value in question.values(name) if value != part.value]
        chips.append(
            {"words": part.words[:1].upper() + part.words[1:], "url": address.with_params(**changes)}
        )
    return chips


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
        views = list(results)
        title = str(Sort(answer.question.sort).label)
        return [group_context("sorted", title, "", views, total=answer.count)] if views else []
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
    return {**group, "folded": list(results), "open": len(results) == len(answer.rows)}


def _section_group(code: str, results: Sequence[Drawn], answer: Answer, address: PageURL) -> dict[str, Any]:
    views = list(results)
    if code == NAME_MATCHES:
        return group_context(code, _("The name you searched for"), "", views, total=len(views))
    title, intro = _heading(Section(code), answer)
    total = len(views) if answer.not_known else answer.sections[code]
    group = group_context(code, title, intro, views, total=total)
    if code == Section.GENERAL_CLINICS and _clinics_fold(answer.question) and len(views) > MAX_CLINICS_OPEN:
        group["results"], group["folded"] = views[:MAX_CLINICS_OPEN], views[MAX_CLINICS_OPEN:]
    if code == Section.GENERAL_CLINICS and total > len(views):
        group["see_all_url"] = address.with_params(kind=list(CLINICS))
    return group


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
    """Return `group` for `components/group.html`."""
    return {
        "code": code,
        "title": title,
        "intro": intro,
        "results": results,
        "folded": [],
        "open": False,
        "total": total,
        "see_all_url": "",
    }


def _clinics_fold(question: Question) -> bool:
    chosen_by_cost = bool(question.values("cost") or question.max_price is not None) and not question.words
    return set(CLINICS).isdisjoint(question.values("kind")) and not chosen_by_cost


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
