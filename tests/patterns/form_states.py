"""States of forms: nothing typed, something typed, and something that nobody understands."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from resources.curation.contributions import CorrectionForm, SuggestionForm
from resources.fees.forms import HouseholdForm
from resources.pages.contributions import box_context
from resources.pages.search_form import choices_context
from resources.search.facets import FACETS
from resources.search.filters import ListingFilterSet
from tests.patterns.component_states import FEES

States = dict[str, dict[str, dict[str, Any]]]


def form_states() -> States:
    return {**_of_the_question(), **_of_contributions(), **_of_fees()}


def _of_the_question() -> States:
    empty, filled, invalid = (
        ListingFilterSet(QueryDict(query)).form
        for query in (
            "",
            "near=75201&q=fathers&kind=helpline&cost=free&day=monday&upcoming=7",
            "near=Dalas&within=far&max_price=some&kind=nothing&day=never&upcoming=soon&after=late",
        )
    )
    numbers = {facet.name: {value: 12 for value, _label in facet.choices()} for facet in FACETS}
    forms = {"nothing asked": empty, "asked and answered": filled, "not understood": invalid}
    drawn = {
        state: choices_context(form, numbers, numbers if form is filled else None)
        for state, form in forms.items()
    }
    lists = {"ids": ["1"]}
    places = [
        {"name": "Dallas, TX", "url": "?near=Dallas"},
        {"name": "Dallas, OR", "url": "?near=OR"},
    ]
    near = {"label": "Where are you?", "hint": "A town, or a postcode or ZIP code."}
    return {
        "search_form": {
            state: {"form": form, "choices": drawn[state], "list": lists, "locating": False}
            for state, form in forms.items()
        },
        "choices": {state: {"question": choices["first"][0]} for state, choices in drawn.items()},
        "when": {
            state: {"form": forms[state], "when": choices["when"]}
            for state, choices in drawn.items()
            if choices["when"]
        },
        "search_details": {state: {"form": form} for state, form in forms.items()},
        "tick": {
            state: {"name": "cost", "option": {"id": "cost-1", "value": "free", "label": "Free", **more}}
            for state, more in (("not chosen", {"count": 12}), ("chosen", {"selected": True, "count": None}))
        },
        "error_summary": {"about a question": {"form": invalid}},
        "field": {
            "empty": {"field": empty["near"], **near},
            "filled in": {"field": filled["near"], **near},
            "not understood": {"field": invalid["within"], "hint": "For example: 25mi or 40km."},
            "perhaps another spelling": {"field": invalid["near"], **near, "spellings": places},
            "a choice": {"field": empty["sort"], "label": "Order"},
        },
    }


def _of_contributions() -> States:
    empty = SuggestionForm(prefix="empty")
    invalid = SuggestionForm({"wrong-contact": "x" * 300, "wrong-note": "It moved."}, prefix="wrong")
    chosen = CorrectionForm({"chosen-wrong": "closed"}, prefix="chosen")
    mistaken = CorrectionForm({"mistaken-wrong": "nothing"}, prefix="mistaken")
    return {
        "contact_fields": {
            state: {"note": box_context(form, "note", {}), "contact": box_context(form, "contact", {})}
            for state, form in (("empty", empty), ("not understood", invalid))
        },
        "form_notice": {
            "not kept": {"notice": "We cannot save anything right now. Please try again in a few minutes."},
            "not understood": {"form": invalid},
        },
        "radios": {
            "nothing chosen": {"field": CorrectionForm(prefix="none")["wrong"]},
            "chosen": {"field": chosen["wrong"]},
            "not understood": {"field": mistaken["wrong"]},
        },
        "spam_guard": {"no person sees it": {"stamp": "a stamp", "trap": "trap"}},
    }


def _of_fees() -> States:
    typed = {"household_size": "3", "income": "1,200", "period": "month", "region": "contiguous"}
    invalid = {**typed, "income": "little"}
    return {
        "fee_estimate": {
            state: {"fees": {**fees, "form": HouseholdForm(invalid if state == "not understood" else typed)}}
            for state, fees in FEES.items()
        }
    }
