"""Information for the days after, from files: general, with its sources, and leading to what is listed."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from resources.pages.files import DATA, clinical_review, read_data

CALLS = "calls.json"


@require_safe
def after(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/after.html", {"parts": after_parts()})


@require_safe
def after_part(request: HttpRequest, slug: str) -> HttpResponse:
    part = next((each for each in after_parts() if each["slug"] == slug), None)
    if part is None:
        raise Http404(_("There is no such page."))
    context = {
        "part": {**part, "searches": [_search(each) for each in part["searches"]]},
        "others": [each for each in after_parts() if each is not part],
        "review": clinical_review(),
    }
    return render(request, "pages/after_part.html", context)


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """What to say on the phone, line by line, to be printed or read from the screen."""
    return render(request, "pages/calls.html", {"script": _cited(read_data(CALLS))})


@cache
def after_parts() -> list[dict[str, Any]]:
    """The pages under /after/, in the order that their files give."""
    parts = [read_data(f"after/{path.name}") for path in (DATA / "after").glob("*.json")]
    return [_cited(part) for part in sorted(parts, key=lambda part: part["order"])]


def _search(link: dict[str, Any]) -> dict[str, str]:
    """A search that is filled in already."""
    query = urlencode(link["query"], doseq=True)
    return {"name": link["name"], "url": f"{reverse('pages:search')}?{query}"}


def _cited(document: dict[str, Any]) -> dict[str, Any]:
    """`document` with whatever says `from` given those sources whole, as `sources`."""
    known = {source["id"]: source for source in document["sources"]}

    def cite(part: Any) -> Any:
        if isinstance(part, list):
            return [cite(each) for each in part]
        if not isinstance(part, dict):
            return part
        cited = {name: cite(value) for name, value in part.items()}
        return {**cited, "sources": [known[key] for key in part["from"]]} if "from" in part else cited

    whole: dict[str, Any] = cite(document)
    return whole
