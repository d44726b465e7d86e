"""The search form as the templates draw it: the choices, and how many listings each would find."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from resources.search.engine import any_listing_meets
from resources.search.facets import FACETS, Facet
from resources.vocabulary import Weekday

TIMES = ("day", "after", "before", "upcoming")

Counts = Mapping[str, Mapping[str, int]]


def choices_context(form: Any, everywhere: Counts, here: Counts | None) -> dict[str, Any]:
    """Return `choices` for `components/search_form.html`, with `when` for `components/when.html`.

    Values that no listing has are left out unless chosen. `here` counts what each value would find under the
    rest of the question; None if the question has no answer.
    """
    groups = [(facet, _facet_context(facet, form, everywhere, here)) for facet in FACETS]
    offered = [(facet, group) for facet, group in groups if group["options"]]
    more = [group for facet, group in offered if not facet.is_prominent]
    return {
        "when": _meeting_times_context(form),
        "first": [group for facet, group in offered if facet.is_prominent],
        "more": more,
        "more_open": any(group["chosen"] or group["errors"] for group in more),
    }


def _meeting_times_context(form: Any) -> dict[str, Any] | None:
    """Return the fields for day and time; None if no listing has meetings and none of them was used."""
    given = any(form[name].data for name in TIMES)
    has_errors = any(form[name].errors for name in TIMES)
    if not (given or has_errors or any_listing_meets()):
        return None
    days = set(form["day"].data or ())
    return {
        "open": given or has_errors,
        "errors": form["day"].errors,
        "days": [
            {"id": f"day-{day.number + 1}", "value": day.value, "label": day.label, "selected": day in days}
            for day in Weekday
        ],
        "soon": _how_soon(form["upcoming"].data or ""),
    }


def _how_soon(chosen: str) -> list[dict[str, Any]]:
    """Return the usual choices, plus any other number that was given."""
    usual = {"": _("Any time"), "1": _("Today"), "7": _("The next 7 days"), "31": _("The next 31 days")}
    other = {chosen: _("The next %s days") % chosen} if chosen not in usual else {}
    return [
        {"value": value, "label": label, "selected": value == chosen}
        for value, label in {**usual, **other}.items()
    ]


def _facet_context(facet: Facet, form: Any, everywhere: Counts, here: Counts | None) -> dict[str, Any]:
    field = form[facet.name]
    chosen = set(field.data or ())
    offered = [
        (number, value, label)
        for number, (value, label) in enumerate(facet.choices(), start=1)
        if everywhere[facet.name][value] or value in chosen
    ]
    return {
        "name": facet.name,
        "legend": facet.legend or facet.label,
        "errors": field.errors,
        "chosen": bool(chosen),
        "options": [
            {
                "id": f"{facet.name}-{number}",
                "value": value,
                "label": label,
                "selected": value in chosen,
                # For content to avoid, a count of what would be left means nothing to a visitor.
                "count": here[facet.name][value] if here and not facet.removes else None,
            }
            for number, value, label in offered
        ],
    }
