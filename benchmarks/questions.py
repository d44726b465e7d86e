"""Two hundred questions of the kinds people ask, the same ones every time."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

SEED = 2026

PLACES = (
    *("75201", "10001", "90012", "60601", "77002", "33101", "30303", "98101", "59718", "99501"),
    *("Portland, OR", "Dallas, TX", "San Francisco", "Chicago", "M1", "EH1", "London", "Cardiff"),
    *("Dublin", "D02", "Toronto, ON", "H2X", "3000", "Sydney", "Auckland", "40.71,-74.01", "51.51,-0.13"),
)
WORDS = (
    *("support", "grief", "mend", "hope after loss", "counselling", "helpline", "angels", "hospital"),
    *("community health center", "online group", "remembrance", "rainbow", "memory box", "walk"),
)
PHRASES = ('"pregnancy loss"', '"support group"', '"baby loss" support', '"health center"', '"peer support"')
SYNONYMS = (
    *("baby loss", "therapist", "TFMR", "D&C", "missed miscarriage", "dad", "PAL", "ERPC", "early loss"),
    *("counselor", "blighted ovum", "partner", "IVF"),
)
MISSPELT = (
    *("miscarrage", "stilbirth", "counceling", "suport group", "ectopik", "bereavment", "helpine"),
    *("theripist", "greif", "miscariage", "pregancy loss", "neonatl", "comunity"),
)
KINDS = ("support_group", "forum", "peer_mentor", "counselling", "helpline", "clinic", "financial_help")
COSTS = ("free", "donation", "sliding_scale", "reduced_fee", "insurance")
LOSSES = ("miscarriage", "early_miscarriage", "ectopic", "stillbirth", "tfmr", "neonatal", "recurrent")
RADII = ("5mi", "10mi", "25mi", "50mi", "100mi", "40km", "200km", "500mi")
SORTS = ("best", "distance", "assured", "name")

Draw = Callable[[random.Random], dict[str, Any]]

# Each is asked as often as any other.
SHAPES: tuple[Draw, ...] = (
    lambda chance: {"page": chance.randint(1, 250)},
    lambda chance: {"near": chance.choice(PLACES)},
    lambda chance: {"near": chance.choice(PLACES), "within": chance.choice(RADII)},
    lambda chance: {"near": chance.choice(PLACES), "kind": "clinic", "sort": "distance"},
    lambda chance: {"near": chance.choice(PLACES), "kind": chance.sample(KINDS, 2)},
    lambda chance: {"near": chance.choice(PLACES), "cost": chance.sample(COSTS, 2)},
    lambda chance: {"near": chance.choice(PLACES), "loss": chance.choice(LOSSES)},
    lambda chance: {"near": chance.choice(PLACES), "q": chance.choice(WORDS)},
    lambda chance: {"near": chance.choice(PLACES), "q": chance.choice(SYNONYMS), "reach": "remote"},
    lambda chance: {"loss": chance.choice(LOSSES), "cost": "free", "sort": chance.choice(SORTS[2:])},
    lambda chance: {"q": chance.choice(WORDS)},
    lambda chance: {"q": chance.choice(PHRASES), "reach": chance.choice(("any", "local", "remote"))},
    lambda chance: {"q": chance.choice(SYNONYMS)},
    lambda chance: {"q": chance.choice(MISSPELT)},
    lambda chance: {"near": chance.choice(PLACES), "q": chance.choice(MISSPELT)},
    lambda chance: {"kind": chance.choice(KINDS), "q": chance.choice(SYNONYMS)},
    lambda chance: {"kind": "clinic", "page": chance.randint(2, 100), "page_size": 100},
    lambda chance: {"kind": "clinic", "sort": "name", "page": chance.randint(2, 250)},
    lambda chance: {"near": "10001", "kind": "clinic", "page": 2, "page_size": chance.randint(5, 40)},
    lambda chance: {"near": chance.choice(PLACES), "sort": chance.choice(SORTS), "page_size": 100},
)
EACH = 10


def addresses(seed: int = SEED) -> list[str]:
    """`EACH` of every shape, no two alike, in a mixed order."""
    chance = random.Random(seed)
    drawn: dict[str, None] = {}
    for number, draw in enumerate(SHAPES, start=1):
        while len(drawn) < EACH * number:
            drawn[urlencode(draw(chance), doseq=True)] = None
    mixed = list(drawn)
    chance.shuffle(mixed)
    return [f"/api/v1/listings/?{question}" for question in mixed]


# The seven of `make bench`: a name, how the product is asked, and how the usual way is asked for the same.
SEVEN = (
    ("near=75201", "near=75201", "near=75201"),
    ("near=10001", "near=10001", "near=10001"),
    (
        "place and kind by distance",
        "near=75201&kind=clinic&sort=distance",
        "near=75201&kind=clinic&ordering=away",
    ),
    ("kind, page 3", "kind=clinic&page=3", "kind=clinic&page=3"),
    ("q=support", "q=support", "q=support"),
    ("q=miscarriage support", "q=miscarriage+support", "q=miscarriage+support"),
    ("everything", "", ""),
)
# Words that many listings have, and pages of groups whose dates were checked.
COMMON_WORDS = ("health+center", "support", "community+clinic", "pregnancy+loss", "grief+support+group")
SCHEDULED = ("near=75201&kind=support_group", "kind=support_group&upcoming=31", "kind=support_group")
