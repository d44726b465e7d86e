"""The search form as the templates draw it: the choices, and how many listings each would find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from resources.search.engine import any_listing_meets
from resources.search.facets import FACETS, Facet
from resources.vocabulary import Weekday

FIRST_OPTIONS = 6  # values of a facet that stand open; the others are folded
TIMES = ("day", "after", "before", "upcoming")
DETAILS = ("within", "reach", "max_price", "currency", "assured_since", "sort")

COUNT = "\x01"  # where a count belongs
MAX_DRAWN = 200  # facets kept as HTML: some for each language, and for each set of values that listings have
_pieces: dict[Any, list[str]] = {}

Counts = Mapping[str, Mapping[str, int]]


def choices_context(form: Any, everywhere: Counts, here: Counts | None) -> dict[str, Any]:
    """Return `choices` for `components/search_form.html`.

    `here` counts what each value would find under the rest of the question; None if the question has no
    answer. Values that would find nothing are left out unless chosen.
    """
    groups = [(facet, _facet_context(facet, form, everywhere, here)) for facet in FACETS]
    offered = [(facet, group) for facet, group in groups if group["options"]]
    when = _meeting_times_context(form)
    more = [group for facet, group in offered if not facet.is_prominent]
    return {
        "when": _drawn_fields("components/when.html", form, TIMES, when=when) if when else "",
        "details": _drawn_fields("components/search_details.html", form, DETAILS),
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
    # For content to avoid, a count of what would be left means nothing to a visitor.
    counted = here[facet.name] if here is not None and not facet.removes else None
    offered = [
        (number, value, label)
        for number, (value, label) in enumerate(_choices(facet, get_language()), start=1)
        if value in chosen
        or facet.removes
        or (everywhere[facet.name][value] and (counted is None or counted[value]))
    ]
    counts = [counted[value] if counted is not None else None for _number, value, _label in offered]
    options = [
        {
            "id": f"{facet.name}-{number}",
            "value": value,
            "label": label,
            "selected": value in chosen,
            "count": count,
        }
        for (number, value, label), count in zip(offered, counts, strict=True)
    ]
    context = {
        "name": facet.name,
        "legend": facet.legend or facet.label,
        "errors": field.errors,
        "chosen": bool(chosen),
        **_folded(options),
    }
    if offered and not chosen and not field.errors:
        context["html"] = _drawn(context, options, counts)
    return context


@lru_cache(maxsize=200)
def _choices(facet: Facet, language: str | None) -> Sequence[tuple[str, str]]:
    """Return the values of a facet with their labels in a language, the active one."""
    return [(str(value), str(label)) for value, label in facet.choices()]


def _folded(options: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the first options, the rest, and whether these are shown; one more is not worth a fold."""
    first = len(options) if len(options) <= FIRST_OPTIONS + 1 else FIRST_OPTIONS
    return {
        "options": options[:first],
        "more_options": options[first:],
        "more_open": any(option["selected"] for option in options[first:]),
    }


def _drawn_fields(template: str, form: Any, names: Sequence[str], **context: Any) -> str:
    """Return fields as HTML, drawn once for all forms in which none of them is given."""
    key = (get_language(), template)
    is_empty = not any(form[name].data or form[name].errors for name in names)
    if is_empty and (pieces := _pieces.get(key)):
        return pieces[0]
    html = render_to_string(template, {"form": form, **context})
    if is_empty:
        _keep(key, [html])
    return html


def _keep(key: Any, pieces: list[str]) -> list[str]:
    if len(_pieces) >= MAX_DRAWN:
        _pieces.clear()
    _pieces[key] = pieces
    return pieces


def _drawn(context: Mapping[str, Any], options: list[dict[str, Any]], counts: Sequence[int | None]) -> str:
    """Return a facet of which nothing is chosen as HTML, drawn once but for its counts."""
    ids = tuple(option["id"] for option in options)
    key = (get_language(), context["name"], ids, counts[0] is None)
    pieces = _pieces.get(key)
    if pieces is None:
        marked = [
            {**option, "count": None if count is None else COUNT}
            for option, count in zip(options, counts, strict=True)
        ]
        question = {**context, **_folded(marked)}
        pieces = _keep(key, render_to_string("components/choices.html", {"question": question}).split(COUNT))
    first, *rest = pieces
    html = "".join([first, *(f"{count}{piece}" for count, piece in zip(counts, rest, strict=False))])
    drawn: str = mark_safe(html)  # noqa: S308  (a template drew it, and counts are numbers)
    return drawn
