"""The form of a question as it is drawn: what there is to choose, and how many each choice would find."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from resources.search.facets import AVOID, FACETS, Facet

# What most people choose by stands open to see; the rest is folded away. A facet not named here is folded.
FIRST = ("kind", "cost", "format", "loss", "audience")
LEGENDS = {
    "kind": _("What kind of support?"),
    "cost": _("What can you pay?"),
    "format": _("How would you like to meet or talk?"),
    "loss": _("What kind of loss?"),
    "audience": _("Who is it for?"),
    "language": _("Which language?"),
    "avoid": _("What would you rather not meet?"),
}

Counts = Mapping[str, Mapping[str, int]]


def choices_view(form: Any, everywhere: Counts, here: Counts | None) -> dict[str, Any]:
    """`choices` for `components/search_form.html`.

    What nobody in the catalogue offers is not asked about, unless it was chosen. `here` counts what each
    value would find under the rest of the question; None where the question has no answer.
    """
    drawn = [_question(facet, form, everywhere, here) for facet in FACETS]
    asked = [each for each in drawn if each["options"]]
    more = [each for each in asked if each["name"] not in FIRST]
    return {
        "first": [each for each in asked if each["name"] in FIRST],
        "more": more,
        "more_open": any(each["chosen"] or each["errors"] for each in more),
    }


def _question(facet: Facet, form: Any, everywhere: Counts, here: Counts | None) -> dict[str, Any]:
    field = form[facet.name]
    chosen = set(field.data or ())
    offered = [
        (number, value, label)
        for number, (value, label) in enumerate(facet.choices(), start=1)
        if everywhere[facet.name][value] or value in chosen
    ]
    return {
        "name": facet.name,
        "legend": LEGENDS.get(facet.name, facet.label),
        "errors": field.errors,
        "chosen": bool(chosen),
        "options": [
            {
                "id": f"{facet.name}-{number}",
                "value": value,
                "label": label,
                "selected": value in chosen,
                # What would be left says nothing to a person about what they would rather not meet.
                "count": here[facet.name][value] if here and facet is not AVOID else None,
            }
            for number, value, label in offered
        ],
    }
