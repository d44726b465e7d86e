"""Pages from files, read once per process: the days after a loss, phone scripts, the listing policy.

None of them needs a database. The information is general, cites its sources, and links to listings.
"""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from resources.search.contacts import phone_tokens
from resources.search.tokens import concept_of, fold, parse_terms

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "resources" / "data"
CALLS = "calls.json"
OLD_ADDRESSES = "old_addresses.json"
SCHEME = re.compile(r"^\s*(?:https?://)?(?:www\.)?", re.IGNORECASE)
POLICY_FILE = ROOT / "docs" / "listing-policy.md"


@cache
def read_data(name: str) -> Any:
    """Return `resources/data/<name>` with dates parsed, so that pages show them in their own language."""
    return json.loads((DATA / name).read_text(encoding="utf-8"), object_hook=_with_dates)


def clinical_review() -> dict[str, Any] | None:
    """Return which clinician reviewed the health pages, and when; None until the operator names one."""
    if settings.CLINICAL_REVIEW is None:
        return None
    who, day = settings.CLINICAL_REVIEW
    return {"who": who, "day": day}


def _with_dates(record: dict[str, Any]) -> dict[str, Any]:
    days = {name: day for name, day in record.items() if day and name.endswith(("_on", "_dated"))}
    return {**record, **{name: date.fromisoformat(day) for name, day in days.items()}}


@require_safe
def after(request: HttpRequest) -> HttpResponse:
    """Show the parts of the guide to the days after."""
    return render(request, "pages/after.html", {"parts": after_parts()})


@require_safe
def after_part(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one part of the guide; 404 for an unknown slug."""
    part = next((other for other in after_parts() if other["slug"] == slug), None)
    if part is None:
        raise Http404(_("There is no such page."))
    context = {
        "part": {**part, "searches": [_search(other) for other in part["searches"]]},
        "others": [other for other in after_parts() if other is not part],
        "review": clinical_review(),
    }
    return render(request, "pages/after_part.html", context)


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Show what to say on the phone, line by line, for print or screen."""
    return render(request, "pages/calls.html", {"script": _cited(read_data(CALLS))})


@cache
def after_parts() -> list[dict[str, Any]]:
    """Return the pages under /after/, in the order their files give."""
    parts = [read_data(f"after/{path.name}") for path in (DATA / "after").glob("*.json")]
    return [_cited(part) for part in sorted(parts, key=lambda part: part["order"])]


def _search(link: dict[str, Any]) -> dict[str, str]:
    """Return a link to a filled-in search."""
    query = urlencode(link["query"], doseq=True)
    return {"name": link["name"], "url": f"{reverse('pages:search')}?{query}"}


def _cited(document: dict[str, Any]) -> dict[str, Any]:
    """Return `document` with the sources of each `from` resolved, as `sources`."""
    known = {source["id"]: source for source in document["sources"]}

    def cite(part: Any) -> Any:
        if isinstance(part, list):
            return [cite(item) for item in part]
        if not isinstance(part, dict):
            return part
        cited = {name: cite(value) for name, value in part.items()}
        return {**cited, "sources": [known[key] for key in part["from"]]} if "from" in part else cited

    whole: dict[str, Any] = cite(document)
    return whole


@cache
def listing_policy() -> list[dict[str, Any]]:
    """Return its paragraphs and lists in order, without the title: `{"text": ...}` or `{"list": [...]}`."""
    return blocks_of(POLICY_FILE.read_text(encoding="utf-8"))


def blocks_of(markdown: str) -> list[dict[str, Any]]:
    """Parse the Markdown the policy uses: a title, paragraphs, and lists whose items begin with a dash."""
    blocks = [block for block in re.split(r"\n\s*\n", markdown.strip()) if not block.startswith("#")]
    return [_block(block) for block in blocks]


def _block(block: str) -> dict[str, Any]:
    if block.startswith("- "):
        return {"list": [_one_line(item) for item in re.split(r"^- ", block, flags=re.MULTILINE)[1:]]}
    return {"text": _one_line(block)}


def _one_line(text: str) -> str:
    return " ".join(text.split())


# ---- old websites that articles still name


def old_address_notice(words: str) -> str:
    """Return what we know of an old website if `words` is its address in any spelling; else ""."""
    typed = _as_one_word(words)
    for old in read_data(OLD_ADDRESSES)["addresses"]:
        if typed in {_as_one_word(name) for name in old["names"]}:
            return _(old["sentence"])
    return ""


def asks_for_urgent_help(words: str) -> bool:
    """Return True for the number or name of an emergency or crisis line, or "suicide" or "bleeding"."""
    asked = {token for term in parse_terms(words) for token in term.concepts}
    said = f" {fold(words)} "
    urgent = {concept_of("crisis"), concept_of("bleeding"), *_urgent_numbers()}
    return not asked.isdisjoint(urgent) or any(name in said for name in _urgent_names())


_URGENT_WORDS = frozenset({"emergency", "emergency room", "a and e", "a e"})
# Of the lifeline that is 988 now: people have it from older pages.
_FORMER_NUMBERS = ("1-800-273-8255",)


@cache
def _urgent_numbers() -> frozenset[str]:
    numbers = [
        number["dial"] or number["number"]
        for country in read_data("urgent.json")["countries"]
        for number in country["numbers"]
    ]
    return frozenset(phone_tokens([*numbers, *_FORMER_NUMBERS]))


@cache
def _urgent_names() -> frozenset[str]:
    """Return what the lines are called before any comma, folded: " samaritans ", " healthline "."""
    lines = [line for country in read_data("urgent.json")["countries"] for line in country["numbers"]]
    names = {fold(str(line["what"]).partition(",")[0]) for line in lines} | _URGENT_WORDS
    return frozenset(f" {name} " for name in names)


def _as_one_word(name: str) -> str:
    """Normalize spellings of one website to the same word.

    "http://www.angelfire.com/x" equals "Angelfire.com"; "angel fire" equals "angelfire".
    """
    host = SCHEME.sub("", name).partition("/")[0]
    return re.sub(r"[^a-z0-9]", "", host.casefold())
