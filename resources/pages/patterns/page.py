"""Every component in every state on one page, for whoever changes one. Only where DEBUG is on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from resources.pages.patterns.forms import form_states
from resources.pages.patterns.said import EMPTY_LIST, SAID
from resources.pages.patterns.told import told_states

ON_EVERY_PAGE = ("leave", "menu", "urgent_card")  # they stand in the frame of this page, too
AROUND = {"fact": '<dl class="facts facts-large">%s</dl>'}  # what stands alone on no page
REFERENCES = r'(?<=\s)(id|for|aria-(?:describedby|labelledby|controls))="([^"]+)"|(?<=\shref="#)([^"]+)'


@require_safe
def patterns(request: HttpRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404(_("There is no such page."))
    components = [
        {"name": name, "states": list(_drawn(name, states, request))}
        for name, states in sorted(all_states().items())
    ]
    return render(request, "pages/patterns.html", {"components": components, "list": EMPTY_LIST})


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

    return re.sub(REFERENCES, own, html)
