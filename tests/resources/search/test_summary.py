"""A question is said back as a person would say it: one sentence, from every parameter and every value."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from resources.geo.geocoding import FoundPlace
from resources.geo.point import Point
from resources.search.facets import FACETS, Facet
from resources.search.question import Distance, MeetingTimes, Question, Reach
from resources.search.summary import describe_question

DALLAS = FoundPlace("Dallas, TX 75201", "US", "TX", "", "75201", Point(32.79, -96.8), "exact")
NEAR = "within 25 miles of Dallas, TX 75201"
HERE = {"place": DALLAS}
ONLY_NEAR = {**HERE, "reach": Reach.LOCAL}

# What is asked for beside facets, facets with their values (commas between), and the sentence.
SAID: list[tuple[dict[str, Any], dict[str, str], str]] = [
    ({}, {}, "All kinds of support."),
    (HERE, {}, f"All kinds of support, {NEAR}, or serving that area from elsewhere."),
    (ONLY_NEAR, {}, f"All kinds of support, {NEAR}."),
    ({**HERE, "reach": Reach.REMOTE}, {}, "All kinds of support, serving Dallas, TX 75201 from elsewhere."),
    ({"reach": Reach.LOCAL}, {}, "All kinds of support, in person."),
    ({"reach": Reach.REMOTE}, {}, "All kinds of support, serving your area from elsewhere."),
    (
        {**ONLY_NEAR, "within": Distance(1, "mi")},
        {},
        "All kinds of support, within 1 mile of Dallas, TX 75201.",
    ),
    (
        ONLY_NEAR,
        {"cost": "free", "kind": "support_group", "loss": "stillbirth", "audience": "fathers"},
        f"Free support groups for dads and men after a stillbirth, {NEAR}.",
    ),
    ({}, {"kind": "support_group,helpline"}, "Support groups or helplines and text lines."),
    ({}, {"kind": "counselling", "cost": "free,sliding_scale"}, "Free or sliding-scale counseling."),
    (
        {},
        {"kind": "counselling", "cost": "sliding_scale,insurance"},
        "Counseling, with a sliding scale or insurance accepted.",
    ),
    ({}, {"cost": "donation"}, "All kinds of support, with donations welcome."),
    ({"max_price": 0}, {}, "Free support."),
    ({"max_price": 0}, {"cost": "free"}, "Free support."),
    ({"max_price": 750}, {}, "All kinds of support, for up to $7.50 a session."),
    (
        {"max_price": 2000},
        {"cost": "fixed"},
        "All kinds of support, with a fixed price, for up to $20 a session.",
    ),
    ({}, {"loss": "miscarriage,ectopic"}, "Support after a miscarriage or an ectopic pregnancy."),
    ({}, {"loss": "tfmr"}, "Support after ending a pregnancy for medical reasons (TFMR)."),
    (
        {},
        {"format": "video,phone", "language": "cy,fr-CA"},
        "Support by video call or by phone in Welsh or Canadian French.",
    ),
    ({}, {"led_by": "professional"}, "All kinds of support, led by a professional."),
    (
        {},
        {"access": "drop_in,gp_referral"},
        "All kinds of support, joined by just showing up or a referral by your GP or family doctor.",
    ),
    ({}, {"payment": "medicaid"}, "All kinds of support, accepting Medicaid (US, including CHIP)."),
    ({}, {"fit": "specialist"}, "All kinds of support, made for pregnancy loss."),
    ({}, {"faith": "not_faith_based"}, "All kinds of support, not faith-based."),
    ({}, {"accessibility": "step_free"}, "All kinds of support, with step-free access."),
    ({}, {"country": "GB,NZ"}, "All kinds of support, in or serving the UK or New Zealand."),
    (
        {"words": "choir"},
        {"avoid": "photographs,faith_based"},
        (
            "All kinds of support, matching “choir”, leaving out anything that shows photographs or is"
            " faith-based."
        ),
    ),
    ({"assured_since": date(2026, 3, 3)}, {}, "All kinds of support, checked since March 3, 2026."),
    (
        {"when": MeetingTimes(days=(1, 4), after=18 * 60, upcoming=7)},
        {"kind": "support_group"},
        (
            "Support groups, meeting on Tuesday or Friday, starting at 6 pm or later, meeting in the next"
            " 7 days."
        ),
    ),
]


def said(others: dict[str, Any], facets: dict[str, str]) -> str:
    chosen = {name: tuple(values.split(",")) for name, values in facets.items()}
    return describe_question(Question(default_country="US", currency="USD", facets=chosen, **others))


@pytest.mark.parametrize(("others", "facets", "sentence"), SAID, ids=[row[2] for row in SAID])
def test_a_question_is_said_back(others: dict[str, Any], facets: dict[str, str], sentence: str) -> None:
    assert said(others, facets) == sentence


@pytest.mark.parametrize("facet", FACETS, ids=lambda facet: facet.name)
def test_each_value_of_a_facet_is_told_apart(facet: Facet) -> None:
    values = [value for value, _label in facet.choices()]
    sentences = [said({}, {facet.name: value}) for value in values]
    assert len(set(sentences)) == len(values)
    assert "All kinds of support." not in sentences
    # No label is dumped: nothing stands as "cost: free".
    assert not [sentence for sentence in sentences if ": " in sentence]
