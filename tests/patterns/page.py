"""Every component in every state on one page, and the addresses of a site that has it.

A test marked `pytest.mark.urls("tests.patterns.page")` finds it at /patterns/, beside every address of the
product; whoever changes a component sees it there in a browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.loader import render_to_string
from django.urls import path
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from directory import urls as site
from tests.patterns.component_states import EMPTY_LIST, SAID
from tests.patterns.content_states import told_states
from tests.patterns.form_states import form_states

PAGE = Path(__file__).with_name("patterns.html")
ON_EVERY_PAGE = (
    "quick_exit",
    "menu",
    "urgent_strip",
    "mark",
    "hill",
)  # they stand in the frame of this page, too
AROUND = {
    "fact": '<dl class="facts card">%s</dl>',
    "clinic": '<ol class="rows card">%s</ol>',
}  # what stands alone on no page
REFERENCES = r'(?<=\s)(id|for|aria-(?:describedby|labelledby|controls))="([^"]+)"|(?<=\shref="#)([^"]+)'


@require_safe
def patterns(request: HttpRequest) -> HttpResponse:
    components = [
        {"name": name, "states": list(_drawn(name, states, request))}
        for name, states in sorted(all_states().items())
    ]
    template = engines["django"].from_string(PAGE.read_text(encoding="utf-8"))
    return HttpResponse(template.render({"components": components, "list": EMPTY_LIST}, request))


def all_states() -> dict[str, Mapping[str, Mapping[str, Any]]]:
    """{component: {state: what its template is given}}."""
    return {**SAID, **told_states(), **form_states()}


def _drawn(
    name: str, states: Mapping[str, Mapping[str, Any]], request: HttpRequest
) -> Iterator[dict[str, Any]]:
    for state, given in states.items():
        html = AROUND.get(name, "%s") % render_to_string(f"components/{name}.html", dict(given), request)
        yield {"name": state, "html": _apart(html, f"{name}-{slugify(state)}")}


def _apart(html: str, state: str) -> str:
    """The same with ids of its own: each may stand only once on a page."""

    def own(match: re.Match[str]) -> str:
        name, ids, anchor = match.groups()
        if anchor:
            return f"{state}-{anchor}"
        return '{}="{}"'.format(name, " ".join(f"{state}-{each}" for each in ids.split()))

    # Only one part of a page may ask for the focus.
    return re.sub(REFERENCES, own, html).replace(" autofocus", "")


urlpatterns = [path("patterns/", patterns), *site.urlpatterns]
handler400, handler403, handler404 = site.handler400, site.handler403, site.handler404
handler429, handler500 = site.handler429, site.handler500
