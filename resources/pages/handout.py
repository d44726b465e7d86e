"""A one-page handout to print: the best results, how to reach them, and when to get urgent help.

What fits is calculated here, conservatively, so that the page can say how many; the style sheet then drops
whole listings if text turns out wider, and never cuts one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from itertools import accumulate, groupby
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

from resources import wording
from resources.curation.phones import parse_phone
from resources.http.conditional import conditional
from resources.http.same_origin import visitor_form
from resources.pages.content import read_data
from resources.pages.first_lines import first_lines
from resources.pages.results import PageURL, place_links
from resources.pages.shortlist_state import LIST_PARAM, REMOVE_PARAM, parse_ids
from resources.pages.shortlist_state import MAX_SHORTLIST as MAX_PICKED
from resources.pages.urgent import FILE as URGENT
from resources.presentation.results import result_context
from resources.search.engine import Answer, search_listings
from resources.search.filters import VisitorFilterSet
from resources.search.question import Sort
from resources.search.results import results_by_id
from resources.vocabulary import Access, Format, Section

MAX_OFFERED = 24  # listings to choose from
MAX_ENTRIES = 8  # more than any sheet can hold
CHOICES = ("loss", "language", "audience")  # facets that the form on this page shows
SHEET_PARAMS = ("paper", "number", "id", LIST_PARAM, REMOVE_PARAM)  # not part of the question


class Paper(TextChoices):
    """Paper sizes."""

    A4 = "a4", gettext_lazy("A4")
    LETTER = "letter", gettext_lazy("Letter (US)")


# Millimeters, in the type of site.css: the height of the sheet, and what its parts take.
HEIGHT = {Paper.A4: 272.0, Paper.LETTER: 254.0}
LINE, NAME_LINE, ENTRY, QR = 6.2, 7.1, 4.4, 24.0
HEAD, FOOT, BOX, BLOCK = 23.5, 14.6, 7.5, 4.0
WIDE, NARROW, NAME = 60, 50, 40  # characters per line: full width, beside a QR code, in a name
MAX_WARD_NAME, MAX_WARD_NUMBER, MAX_WARD_BYTES = 80, 60, 4_096


class WardForm(forms.Form):
    """Whom to call at the ward that gives the sheet, as typed there. Printed, and never kept anywhere."""

    ward = forms.CharField(label=gettext_lazy("Name of your ward or unit"), max_length=MAX_WARD_NAME)
    ward_number = forms.CharField(label=gettext_lazy("Its phone number"), max_length=MAX_WARD_NUMBER)

    def __init__(self, data: Any, *, country: str) -> None:
        super().__init__(data)
        self.country = country

    def clean_ward(self) -> str:
        return " ".join(self.cleaned_data["ward"].split())

    def clean_ward_number(self) -> str:
        """Return the number as it is written, and its extension."""
        parsed = parse_phone(self.cleaned_data["ward_number"], self.country)
        extension = _(", extension %s") % parsed.extension if parsed.extension else ""
        return f"{parsed.number}{extension}"


@visitor_form(max_bytes=MAX_WARD_BYTES)
@require_http_methods(("GET", "HEAD", "POST"))
@conditional()
def handout(request: HttpRequest) -> HttpResponse:
    """Show the form, and the sheet once something was searched for or chosen.

    The question is in the address. A ward's own name and number are sent to it by POST: they are printed on
    the sheet, are in no address and are not stored.
    """
    filters = VisitorFilterSet(_question_of(request.GET))
    context: dict[str, Any] = {
        "form": filters.form,
        "paper": _paper(request.GET),
        "papers": Paper.choices,
        "number": _number(request.GET),
        "numbers": range(1, MAX_ENTRIES + 1),
        "hidden_fields": [(name, value) for name, values in _hidden_fields(request.GET) for value in values],
        "choices": [_choice_context(filters.form, name) for name in CHOICES],
        "sheet": None,
    }
    if filters.invalid_values():
        context["spellings"] = place_links(filters.spellings, PageURL(request.path, request.GET))
        return render(request, "pages/handout.html", context, status=400)
    if request.GET:
        context.update(_form_and_sheet(request.GET, filters, request.POST or None))
    response = render(request, "pages/handout.html", context, status=422 if _has_errors(context) else 200)
    if request.method == "POST":
        response.headers["Cache-Control"] = "no-store"
    return response


def _has_errors(context: Mapping[str, Any]) -> bool:
    return "ward" in context and bool(context["ward"].errors)


def _choice_context(form: Any, name: str) -> dict[str, Any]:
    """Return a facet of which one value may be chosen here, with the value that is."""
    field = form[name]
    values = [(value, label) for value, label in field.field.choices if value]
    chosen = next((value for value, _label in values if value in (field.data or ())), "")
    return {"name": name, "values": values, "chosen": chosen}


def _question_of(query: QueryDict) -> QueryDict:
    """Return the search parameters, without the page: it makes no difference here."""
    question = query.copy()
    for name in (*SHEET_PARAMS, "page", "page_size"):
        question.pop(name, None)
    # A form also sends empty fields, which ask for nothing.
    for name in [name for name, values in question.lists() if not any(values)]:
        del question[name]
    return question


def _hidden_fields(query: QueryDict) -> Iterable[tuple[str, list[str]]]:
    """Return the search parameters that the form on this page does not show."""
    return ((name, values) for name, values in _question_of(query).lists() if name not in ("near", *CHOICES))


def _paper(query: QueryDict) -> str:
    """Return the chosen paper size, else the usual one of DEFAULT_COUNTRY."""
    default = Paper.LETTER if settings.DEFAULT_COUNTRY in ("US", "CA") else Paper.A4
    chosen = query.get("paper", "")
    return chosen if chosen in Paper.values else default


def _number(query: QueryDict) -> int | None:
    """Return the number of listings; None for as many as fit."""
    typed = query.get("number", "")
    return int(typed) if typed in map(str, range(1, MAX_ENTRIES + 1)) else None


def _form_and_sheet(query: QueryDict, filters: VisitorFilterSet, typed: QueryDict | None) -> dict[str, Any]:
    """Return what there is to choose from, and the sheet of what was chosen, or else of the first results.

    `typed` is what was sent by WardForm; None if nothing was.
    """
    question = replace(filters.question(), page=1, page_size=MAX_OFFERED)
    picked = parse_ids(query.getlist("id"))[:MAX_PICKED]
    answer = search_listings(question) if _question_of(query) or not picked else None
    results = answer.results if answer else []
    chosen = _chosen(picked, results, question.now)
    first = one_per_organization(order_for_paper(results) if question.sort == Sort.BEST else results)
    # Lazy, because each entry has a QR code to draw.
    entries = (entry_context(result, question.now) for result in (chosen or first))
    countries = countries_to_call(answer, chosen)
    paper = Paper(_paper(query))
    country = _only_country(countries)
    ward = WardForm(typed, country=country or settings.DEFAULT_COUNTRY)
    block = ward.cleaned_data if ward.is_valid() else None
    room = _room(paper, countries) - (_ward_height(block) if block else 0)
    fitting = entries_that_fit(entries, room)[: _number(query) or MAX_ENTRIES]
    left = room - sum(map(_height, fitting))
    lines = line_rows(country, shown=[entry["url"] for entry in fitting])
    lines = _lines_that_fit(lines, left - BLOCK - LINE)
    shown = {entry["id"] for entry in fitting}
    return {
        "answer": answer,
        "offered": [
            {**entry, "picked": entry["id"] in picked, "shown": entry["id"] in shown}
            for entry in _offered(chosen, results, question.now)
        ],
        "left_out": len(chosen) - len(fitting) if chosen and not _number(query) else 0,
        "gone": len(picked) - len(chosen),
        "ward": ward,
        "sheet": {
            "place": answer.place.name if answer and answer.place else "",
            "ward": block,
            "lines": lines,
            "entries": fitting,
            "countries": countries,
            "signs": warning_signs(),
            "reviewed": settings.CLINICAL_REVIEW is not None,
            "unchecked": any(not entry["assured"] for entry in fitting),
            "printed": _printed(question.now, question.zone),
            "address": settings.SITE_URL,
        }
        if fitting
        else None,
    }


def _chosen(picked: Sequence[str], results: Sequence[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Return the chosen results in order, with their distance where the search has them too."""
    answered = {result["id"]: result for result in results}
    others = {result["id"]: result for result in results_by_id([*set(picked) - set(answered)], now=now)}
    known = {**others, **answered}
    return [known[pk] for pk in picked if pk in known]


def order_for_paper(results: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield results with remote services that have a phone first: from paper, a URL must be typed."""
    for section, part in groupby(results, lambda result: result["section"]):
        if section == Section.SERVES_YOU:
            yield from sorted(part, key=lambda result: not any(phone["href"] for phone in result["phones"]))
        else:
            yield from part


def one_per_organization(results: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the first result of each organization: three groups of one would crowd out all others."""
    first: dict[str, dict[str, Any]] = {}
    for result in results:
        first.setdefault(result["organization"]["id"], result)
    return list(first.values())


def _offered(
    chosen: Sequence[dict[str, Any]], results: Sequence[dict[str, Any]], now: datetime
) -> list[dict[str, Any]]:
    answered = {result["id"] for result in results}
    return [
        {"id": result["id"], "name": result["service"]["name"], "place": _where(result)}
        for result in (*[result for result in chosen if result["id"] not in answered], *results)
    ]


def entry_context(result: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return one listing for paper; unknown facts are left out."""
    view = result_context(result, now=now)
    address = f"{settings.SITE_URL}{view['url']}"
    organization = view["organization"]
    by = _("run by") if organization["operator_stated"] else _("listed under")
    runner = (
        view["kind_label"]
        if organization["name"] == view["name"]
        else f"{view['kind_label']}, {by} {organization['name']}"
    )
    return {
        "id": result["id"],
        "url": view["url"],
        "name": view["name"],
        "reach": _reach_lines(view),
        # One paragraph: each line that it spares is a line for the next listing.
        "about": " ".join(f"{phrase.rstrip('.')}." for phrase in (runner, *_fact_lines(result, view))),
        "caution": [
            *filter(None, [view["fit_note"], view["only_for"]]),
            *(
                [_("Please note: %s.") % wording.join_words(view["content_notes"])]
                if view["content_notes"]
                else []
            ),
        ],
        # What nobody has checked is said once, at the foot of the sheet.
        "assured": view["assured"] if result["assured_date"] else "",
        "qr": qr_context(address),
    }


def _reach_lines(view: Mapping[str, Any]) -> list[str]:
    """Return phone numbers, else e-mail or website; two at most, so that no listing crowds out others."""
    phones = [
        f"{phone['label']}: {phone['display']}" for phone in view["phones"] if phone["href"] is not None
    ]
    others = [line for line in (view["email"], _short_address(view["website"])) if line]
    return (phones or others)[:2]


def _short_address(website: str | None) -> str:
    return (website or "").removeprefix("https://").removeprefix("http://").rstrip("/")


def _joined(phrases: Sequence[Any]) -> str:
    return wording.join_words(wording.capitalize_first(phrases))


def _fact_lines(result: Mapping[str, Any], view: Mapping[str, Any]) -> list[str]:
    phrases = (
        (_("Cost: %s"), view["cost_phrase"] or _("not stated")),
        (_("To join: %s"), _joined([Access(code).phrase for code in result["access"]][:2])),
        (_("Next: %s"), "; ".join(meeting["text"] for meeting in view["meetings"])),
        (_("Where: %s"), _where(result)),
        (
            _("Connect by: %s"),
            "" if _where(result) else _joined([Format(code).phrase for code in result["formats"]][:3]),
        ),
    )
    return [template % phrase for template, phrase in phrases if phrase]


def _where(result: Mapping[str, Any]) -> str:
    location = result["location"]
    if location is None:
        return ""
    town = " ".join(part for part in (location["region"], location["postal_code"]) if part)
    return ", ".join(part for part in (location["address"], location["city"], town) if part)


def _only_country(countries: Sequence[Mapping[str, Any]]) -> str:
    """Return the code of the one country whose numbers are on the sheet; "" if there are several."""
    return str(countries[0]["code"]) if len(countries) == 1 else ""


def line_rows(country: str, *, shown: Sequence[str]) -> list[dict[str, str]]:
    """Return the first lines of the country that are not on the sheet yet: name, number and hours."""
    lines = first_lines(country)["made_for"] if country else []
    return [
        {"name": line["name"], "number": line["phones"][0]["display"], "hours": line["hours"]}
        for line in lines
        if line["url"] not in shown
    ]


def _room(paper: Paper, countries: Sequence[Mapping[str, Any]]) -> float:
    """Return the millimeters beside what is always on the sheet."""
    return HEIGHT[paper] - HEAD - FOOT - _urgent_height(countries)


def _ward_height(block: Mapping[str, str]) -> float:
    """Return the height of the ward's own name and number, with who added them."""
    name = f"{block['ward']}: {block['ward_number']}"
    return BLOCK + _lines(name, NAME) * NAME_LINE + LINE


def entries_that_fit(entries: Iterable[dict[str, Any]], room: float) -> list[dict[str, Any]]:
    """Return the first entries, as many as surely fit into `room` millimeters."""
    remaining = room
    fitting = []
    for entry in entries:
        remaining -= _height(entry)
        if remaining < 0:
            break
        fitting.append(entry)
    return fitting


def _lines_that_fit(rows: Sequence[dict[str, str]], room: float) -> list[dict[str, str]]:
    """Return the first rows, as many as surely fit below each other into `room` millimeters."""
    heights = accumulate(_lines(". ".join(row.values()), WIDE) * LINE for row in rows)
    return [row for row, height in zip(rows, heights, strict=True) if height <= room]


def _height(entry: Mapping[str, Any]) -> float:
    """Return the height of an entry in millimeters."""
    about = " ".join(filter(None, [entry["about"], *entry["caution"], entry["assured"]]))
    ways = entry["reach"]  # a way that is longer than its line begins a line of its own
    lines = [*(ways if any(len(way) > NARROW for way in ways) else [" · ".join(ways)]), about]
    text = _lines(entry["name"], NAME) * NAME_LINE + sum(_lines(line, NARROW) for line in lines) * LINE
    return max(text, QR) + ENTRY


def _urgent_height(countries: Sequence[Mapping[str, Any]]) -> float:
    """Return the height of the urgent-help box in millimeters: heading, signs, numbers and review note."""
    signs = ", ".join(warning_signs())
    return BOX + NAME_LINE + (_lines(signs, WIDE) + _lines_to_call(countries) + 1) * LINE


def warning_signs() -> list[str]:
    """Return the signs of both tiers in few words, those for the emergency number first."""
    document = read_data(URGENT)
    signs = (sign for tier in ("emergency_signs", "warning_signs") for sign in document[tier])
    return [sign["short"] for sign in signs if sign["short"]]


def _lines_to_call(countries: Sequence[Mapping[str, Any]]) -> int:
    """Return how many lines the numbers take: one country with its line named; of several, numbers only."""
    if len(countries) > 1:
        return 2 * _lines("".join(f"{country['name']} 123 456, " for country in countries) + " " * 30, WIDE)
    return sum(
        _lines(f"{country['name']}{country['crisis']['what']}{' ' * 90}", WIDE) for country in countries
    )


def _lines(text: str, letters: int) -> int:
    return math.ceil(len(text) / letters) if text else 0


def countries_to_call(answer: Answer | None, chosen: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return whose numbers to print: the country of the place, else of everything chosen, else all.

    Never guessed: a number that is right in one country may be nothing, or something else, in the next.
    """
    everywhere = {country["code"]: _country_context(country) for country in read_data(URGENT)["countries"]}
    if answer and answer.place:
        known = {answer.place.country}
    else:
        known = {result["location"]["country"] if result["location"] else "" for result in chosen}
    only = known.pop() if len(known) == 1 else ""
    return [everywhere[only]] if only in everywhere else list(everywhere.values())


def _country_context(country: Mapping[str, Any]) -> dict[str, Any]:
    roles: dict[str, list[Any]] = {}
    for record in country["numbers"]:
        roles.setdefault(record["role"], []).append(record)
    return {
        "code": country["code"],
        "name": country["name"],
        "emergency": roles["emergency"][0]["number"],
        "crisis": roles["crisis"][0],
    }


def _printed(now: datetime, zone: str) -> str:
    """Return today's date where the sheet is about."""
    local = now.astimezone(ZoneInfo(zone)) if zone else timezone.localtime(now)
    return date_format(local.date())


def handout_address(ids: Sequence[str]) -> str:
    """Return the URL of the handout with these results chosen."""
    query = QueryDict(mutable=True)
    query.setlist("id", list(ids))
    return f"{reverse('pages:handout')}?{query.urlencode()}" if ids else reverse("pages:handout")


# ---- QR codes

QUIET_ZONE = 4  # light squares around the code, without which a camera does not find it


@lru_cache(maxsize=512)
def qr_context(text: str) -> dict[str, Any]:
    """Return `qr` for `components/qr.html`: the outline of its dark squares as `path`, in a `box` of `side`.

    Needs no image file and no style. Takes some 20 ms; cached.
    """
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    side = len(rows) + 2 * QUIET_ZONE
    return {
        "path": "".join(map(_dark_bars, range(len(rows)), rows)),
        "box": f"{-QUIET_ZONE} {-QUIET_ZONE} {side} {side}",
        "side": side,
    }


def _dark_bars(number: int, row: list[bool]) -> str:
    """Return each run of dark squares as one bar."""
    bars, column = [], 0
    for is_dark, run in groupby(row):
        width = len(list(run))
        if is_dark:
            bars.append(f"M{column} {number}h{width}v1h-{width}z")
        column += width
    return "".join(bars)
