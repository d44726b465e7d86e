"""States of what other files say: numbers to call and signs are never made up."""

from __future__ import annotations

from datetime import date
from typing import Any

from resources.pages.content import after_parts, read_data
from resources.pages.handout import countries_to_call, qr_context, warning_signs
from resources.pages.urgent import FILE as URGENT
from resources.pages.urgent import urgent_context
from tests.patterns.component_states import RESULTS

READ_ON = date(2026, 12, 1)


def told_states() -> dict[str, dict[str, dict[str, Any]]]:
    urgent = read_data(URGENT)
    record = urgent["countries"][0]["numbers"][0]
    countries = countries_to_call(None, [])
    part = after_parts()[0]
    first = part["sections"][0]["paragraphs"][0]
    return {
        "cited": {"sources": {"sources": part["sources"]}},
        "number": {
            "with its source": {"record": record},
            "its source told elsewhere": {"record": record, "brief": True},
            "not looked at for long": {"record": {**record, "old_days": 120}},
        },
        "qr": {
            "of a page": {"qr": qr_context("https://example.org/"), "name": RESULTS["all is known"]["name"]}
        },
        "review": {
            "by nobody yet": {"review": None},
            "by a clinician": {"review": {"who": "Example Reviewer", "day": date(2026, 3, 1)}},
        },
        "sheet": {
            f"{where}, on {paper}": {
                "paper": paper,
                "site_name": "Pregnancy Loss Directory",
                "sheet": sheet,
            }
            for paper, where, sheet in (
                ("a4", "of one country", {**_sheet(), "countries": countries[:1]}),
                ("letter", "of any country", {**_sheet(), "place": "", "countries": countries}),
            )
        },
        "sourced_text": {"with its source": {"text": first}},
        "country_numbers": {
            "a country is chosen": {"urgent": urgent_context("GB", today=READ_ON), "role": "advice"},
            "none is chosen": {"urgent": urgent_context("", today=READ_ON), "role": "home"},
        },
        "signs": {
            "warning signs": {"signs": urgent["warning_signs"]},
            "with their sources": {"signs": urgent["emergency_signs"], "with_sources": True},
        },
    }


def _sheet() -> dict[str, Any]:
    entry = {
        "name": "Evening circle",
        "reach": ["Telephone: 214-555-0101"],
        "about": "Support group, run by Example Charity. Cost: Free. Where: 2 Example Street, Dallas.",
        "caution": [],
        "assured": "Last checked March 1, 2026",
        "qr": qr_context("https://example.org/"),
    }
    caution = ["Please note: Mentions pregnancy."]
    return {
        "place": "Dallas, TX",
        "entries": [
            entry,
            {**entry, "name": "Garden group", "reach": [], "about": "Support group.", "caution": caution},
        ],
        "signs": warning_signs(),
        "unchecked": True,
        "reviewed": False,
        "printed": "March 3, 2026",
        "address": "https://example.org",
    }
