"""The table of questions and answers: what is asked, and the names that come back, in their order.

A question is written as it stands in the address. The records are those of `catalogue.py`, each named by
what it is. The rules behind an order are those of `best`: a whole name; the section; how well the words
match; the fit; the reach; the distance; the day it was checked; then the kind, the name and the id.
"""

from __future__ import annotations

import string
from itertools import groupby
from typing import Any
from uuid import UUID

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from resources.models import Listing, Phone, ServiceAtLocation
from resources.search.engine import Answer, PageNotFound
from resources.search.facets import FACETS
from resources.search.filters import ListingFilterSet
from resources.search.projection import refresh_listings
from resources.vocabulary import Loss
from tests.build import DALLAS, build_cost, build_location, build_organization, build_service, build_term
from tests.examples import examples, share_of
from tests.resources.search.catalogue import HOUSTON, MEND, STILLBIRTH_FRIENDS

# ---- what a person in Dallas is shown, section by section
NEAR_YOU = [
    "Dallas evening group",
    "Addison fathers' breakfast",
    "Circle 40.1 km from Dallas",
    "Dallas church evenings",  # for any bereavement: after what is made for pregnancy loss, though nearer
    "Dallas hospital team",  # a team: after groups
]
BY_PHONE = ["National line", "Mourning line", "Line for any trouble"]
SERVES_THIS_AREA = ["75201 visitors", "Dallas County visitors"]
SERVES_YOU_IN_TEXAS = [
    "Texas chapters",
    "Diagnosis circle",
    "Pregnant again circle",
    "Partners' board",
    "Two countries",
    "Miscarriage mentors",
    "Texas perinatal talks",
    "World board",  # of no country: after one's own
]
SERVES_YOU = [*SERVES_THIS_AREA, *SERVES_YOU_IN_TEXAS]
COUNSELLING_FROM_AFAR = [
    "Members' practice",  # the one that states a lower cost
    "Far practice",
    "Insured practice",
    "Practice in pounds",
]
LOWER_COST_COUNSELLING = ["Dallas training rooms", *COUNSELLING_FROM_AFAR]
GENERAL_CLINICS = ["Nearer clinic", "Near clinic", "Women's Health of Garland"]
MONEY_AND_PRACTICAL = ["Therapy fund", "Paperwork helpers"]
LOOK_FURTHER = ["Finder", "Booklets", "Leaflets", "Memory boxes"]
REST = [*MONEY_AND_PRACTICAL, *LOOK_FURTHER]
ALL_OF_TEXAS = [*BY_PHONE, *SERVES_YOU_IN_TEXAS, *COUNSELLING_FROM_AFAR, *REST]
ALL_OF_DALLAS = [
    *(*NEAR_YOU, *BY_PHONE, *SERVES_YOU, *LOWER_COST_COUNSELLING, *GENERAL_CLINICS, *MONEY_AND_PRACTICAL),
    *LOOK_FURTHER,
]
WORLD = ["World board", "Practice in pounds"]

# ---- what answers each word of PEERS' recall list
MISCARRIAGE = [
    "Miscarriage mentors",  # in the name
    "Dallas evening group",  # the loss it is for, here in the country
    "World board",  # the loss it is for, from the world
    "Miscarriage circle",  # another country's stand after one's own, however well their words match
    "Friday circle",
    "Thursday circle",
    "Booklets",  # in the text, and to look further
]
COUNSELLING = [
    "Texas perinatal talks",
    "English talks",
    "Dallas training rooms",
    "Members' practice",
    "Far practice",
    "Insured practice",
    "Practice in pounds",
    "Therapy fund",
]
ECTOPIC = [
    "Ectopic evenings",  # in the name: before the rest, though for any bereavement
    "Monday circle",  # the loss it is for
    "Tuesday circle",  # in the organization's name
    "Wednesday circle",  # in the text
]
STILLBIRTH = [
    "National line",
    "British stillbirth line",
    "Circle 40.1 km from Dallas",
    "Dallas hospital team",
]
DADS = ["Addison fathers' breakfast", "Partners' board"]

Row = tuple[str, list[str]]

BY_TIME: list[Row] = [
    # The Dallas evening group meets on Tuesdays from 7 pm; of when others meet nobody has checked anything.
    ("near=75201&day=tuesday", ["Dallas evening group"]),
    ("day=tuesday&day=friday", ["Dallas evening group"]),
    ("near=75201&after=18:30", ["Dallas evening group"]),
    ("near=75201&after=7 pm&before=19.15", ["Dallas evening group"]),
    ("near=75201&upcoming=7", ["Dallas evening group"]),
    ("near=75201&day=tuesday&upcoming=7&after=17:00&kind=support_group", ["Dallas evening group"]),
    (
        "near=75201&kind=support_group&reach=local&sort=next_meeting",
        ["Dallas evening group", "Addison fathers' breakfast", "Circle 40.1 km from Dallas", NEAR_YOU[3]],
    ),
]
BY_PLACE: list[Row] = [
    # A postal code, a town, a point; a county, a state, a country, the world.
    ("near=75201", ALL_OF_DALLAS),
    ("near=Dallas, TX", [name for name in ALL_OF_DALLAS if name not in ("75201 visitors", NEAR_YOU[2])]),
    ("near=32.79,-96.80", [name for name in ALL_OF_DALLAS if name != "75201 visitors"]),
    (
        "near=Houston, TX",
        [
            "Houston circle",
            "National line",
            "Mourning line",
            "Line for any trouble",
            "Texas chapters",
            "Diagnosis circle",
            "Pregnant again circle",
            "Partners' board",
            "Two countries",
            "Miscarriage mentors",
            "Texas perinatal talks",
            "World board",
            "Members' practice",
            "Far practice",
            "Insured practice",
            "Practice in pounds",
            "Houston early pregnancy unit",
            "Therapy fund",
            "Paperwork helpers",
            "Finder",
            "Booklets",
            "Leaflets",
            "Memory boxes",
        ],
    ),
    ("near=El Paso, Texas", ALL_OF_TEXAS),
    (
        "near=M1",
        [
            "British stillbirth line",
            "Manchester visitors",
            "English talks",
            "British board",
            "World board",
            "Practice in pounds",
        ],
    ),
    (
        "near=Cardiff",
        ["British stillbirth line", "Welsh circle", "British board", "World board", "Practice in pounds"],
    ),
    ("near=D02", ["Éire evening", "Parish circle", *WORLD]),
    (
        "near=Toronto, Ontario",
        ["Line in French", "Ontario circle", "Two countries", "World board", "Practice in pounds"],
    ),
    (
        "near=montreal",
        ["Montréal circle", "Line in French", "Two countries", "World board", "Practice in pounds"],
    ),
    (
        "near=Melbourne",
        [
            "Friday circle",
            "Miscarriage circle",
            "Monday circle",
            "Thursday circle",
            "Tuesday circle",
            "Wednesday circle",
            "Ectopic evenings",
            "World board",
            "Practice in pounds",
        ],
    ),
    # Information leads to help and is not help: it stands with the finders, however close to loss it is.
    ("near=Auckland", ["New Zealand line", *WORLD, "New Zealand handbook of loss"]),
    # A code of two countries: the more populous one, unless the other is named.
    ("near=2010&kind=forum", ["World board"]),
    ("near=2010, New Zealand&kind=helpline", ["New Zealand line"]),
    # How far: 25 miles in the United States and Britain, 40 km elsewhere.
    (
        "near=75201&within=25mi&reach=local&loss=stillbirth",
        ["Circle 40.1 km from Dallas", "Dallas hospital team", "Addison fathers' breakfast"],
    ),
    (
        "near=75201&within=40km&reach=local&loss=stillbirth",
        ["Dallas hospital team", "Addison fathers' breakfast"],
    ),
    ("near=75201&within=40&reach=local&fit=perinatal_or_grief", [NEAR_YOU[3], "Fort Worth evenings"]),
    (
        "near=75201&within=1 mi&reach=local",
        ["Dallas evening group", "Dallas training rooms", "Nearer clinic", "Near clinic"],
    ),
    ("near=D02&within=25mi", ["Éire evening", "Circle 40.1 km from Dublin", "Parish circle", *WORLD]),
    # From near, from afar.
    ("near=75201&reach=local", [*NEAR_YOU, "Dallas training rooms", *GENERAL_CLINICS]),
    ("near=75201&reach=remote", [*BY_PHONE, *SERVES_YOU_IN_TEXAS, *COUNSELLING_FROM_AFAR, *REST]),
    ("near=M1&reach=remote&kind=helpline", ["British stillbirth line"]),
    ("near=75201&reach=any&kind=bereavement_care", ["Dallas hospital team"]),
]

WITHOUT_A_PLACE: list[Row] = [
    # One's own country, then the world, then other countries, however well those fit.
    (
        "kind=forum",
        ["Partners' board", "Two countries", "World board", "British board", "Served area not stated"],
    ),
    (
        "kind=helpline&fit=specialist&fit=perinatal_or_grief",
        [
            "National line",
            "Mourning line",
            "British stillbirth line",
            "Line in French",
            "New Zealand line",
        ],
    ),
    ("q=stillbirth&kind=helpline", ["National line", "British stillbirth line"]),
]

BY_SECTION: list[Row] = [
    ("near=75201&section=by_phone", BY_PHONE),
    ("near=75201&section=general_clinics&section=near_you&kind=clinic", GENERAL_CLINICS),
    ("near=75201&section=hospital_clinics", []),
    # What does not say is after what does, in each section.
    (
        "near=75201&cost=free&unknown=include&section=by_phone&section=serves_you&widen=no",
        [*BY_PHONE, "World board", *SERVES_THIS_AREA, *SERVES_YOU_IN_TEXAS[1:3], *SERVES_YOU_IN_TEXAS[4:6]],
    ),
]

BY_FACET: list[Row] = [
    # kind
    (
        "near=75201&kind=support_group",
        [
            "Dallas evening group",
            "Addison fathers' breakfast",
            "Circle 40.1 km from Dallas",
            "Dallas church evenings",
            "Texas chapters",
            "Diagnosis circle",
            "Pregnant again circle",
        ],
    ),
    ("near=75201&kind=clinic", GENERAL_CLINICS),
    (
        "near=75201&kind=clinic&kind=forum",
        ["Partners' board", "Two countries", "World board", *GENERAL_CLINICS],
    ),
    ("near=75201&kind=financial_help&kind=practical_help", ["Therapy fund", "Paperwork helpers"]),
    ("near=75201&kind=information&kind=directory", ["Finder", "Booklets", "Leaflets"]),
    ("near=75201&kind=remembrance", ["Memory boxes"]),
    ("kind=bereavement_care", ["Dallas hospital team"]),
    # cost
    (
        "near=75201&cost=free",
        ["Dallas evening group", "Dallas church evenings", "National line", "World board", "Memory boxes"],
    ),
    ("near=75201&cost=donation", ["Addison fathers' breakfast", "Texas chapters"]),
    ("near=75201&cost=sliding_scale", ["Dallas training rooms", "Members' practice", *GENERAL_CLINICS]),
    ("near=75201&cost=reduced_fee&cost=insurance", ["Texas perinatal talks", "Insured practice"]),
    ("near=75201&cost=fixed", ["Partners' board", "Far practice", "Practice in pounds"]),
    (
        "near=75201&cost=unknown&reach=local",
        ["Circle 40.1 km from Dallas", "Dallas hospital team"],
    ),
    # payment
    ("near=75201&payment=medicaid", ["Dallas hospital team", "Far practice", "Nearer clinic", "Near clinic"]),
    ("near=75201&payment=eap&payment=voucher", ["Far practice", "Therapy fund"]),
    ("near=75201&payment=private_insurance", ["Dallas hospital team", "Insured practice"]),
    ("payment=nhs", ["English talks"]),
    ("payment=hse&payment=provincial", ["Éire evening", "Ontario circle"]),
    ("payment=medicare_au", ["Ectopic evenings"]),
    ("near=75201&payment=medicare", ["Near clinic"]),
    ("payment=acc_te_whatu_ora", ["New Zealand line"]),
    # format, where text_chat is the parent of sms and web_chat
    ("near=75201&format=text_chat", ["National line", "Mourning line", "Two countries"]),
    ("near=75201&format=sms", ["National line", "Mourning line"]),
    ("near=75201&format=web_chat", ["Mourning line", "Two countries"]),
    ("near=75201&format=home_visit", SERVES_THIS_AREA),
    ("near=75201&format=forum&format=email", ["Partners' board", "World board", "Paperwork helpers"]),
    ("near=75201&format=social_media", ["Partners' board"]),
    ("near=75201&format=app", ["Booklets"]),
    ("near=75201&format=phone", ["National line", "Line for any trouble", "Miscarriage mentors"]),
    (
        "near=75201&format=in_person",
        [
            "Dallas evening group",
            "Addison fathers' breakfast",
            "Dallas church evenings",
            "Dallas hospital team",
            "Dallas training rooms",
        ],
    ),
    # loss, where miscarriage is the parent of early and later, and any_loss of all
    (
        "near=75201&loss=miscarriage",
        ["Dallas evening group", "Addison fathers' breakfast", "Texas chapters", "World board"],
    ),
    (
        "near=75201&loss=early_miscarriage",
        ["Dallas evening group", "Addison fathers' breakfast", "Texas chapters", "World board"],
    ),
    (
        "near=75201&loss=later_miscarriage",
        ["Dallas evening group", "Addison fathers' breakfast", "Texas chapters"],
    ),
    ("near=75201&loss=molar", ["Addison fathers' breakfast", "Texas chapters"]),
    (
        "near=75201&loss=any_loss",
        [*NEAR_YOU[:3], NEAR_YOU[4], BY_PHONE[0], "Texas chapters", "Diagnosis circle", "World board"],
    ),
    (
        "near=75201&loss=ectopic&loss=neonatal",
        ["Dallas hospital team", "Addison fathers' breakfast", "National line", "Texas chapters"],
    ),
    ("near=Melbourne&loss=ectopic", ["Monday circle"]),
    # audience, where partner is the parent of fathers
    ("near=75201&audience=partner", DADS),
    ("near=75201&audience=fathers", DADS),
    ("near=75201&audience=grandparents&audience=lgbtq", ["Dallas church evenings", "Two countries"]),
    ("near=75201&audience=pregnant_after_loss", ["Pregnant again circle"]),
    # led_by, where "both" is peer and professional
    (
        "near=75201&led_by=peer",
        [
            "Dallas evening group",
            "Addison fathers' breakfast",
            "75201 visitors",
            "Texas chapters",
            "Diagnosis circle",
        ],
    ),
    (
        "near=75201&led_by=professional",
        [
            "Addison fathers' breakfast",
            "Dallas hospital team",
            "Diagnosis circle",
            "Texas perinatal talks",
            "Far practice",
            "Insured practice",
        ],
    ),
    ("near=75201&led_by=both", ["Addison fathers' breakfast", "Diagnosis circle"]),
    (
        "near=75201&led_by=trained_volunteer&led_by=supervised_trainee",
        ["Dallas church evenings", "Dallas County visitors", "Dallas training rooms"],
    ),
    # access
    ("near=75201&access=drop_in", ["Dallas evening group", "Dallas church evenings"]),
    (
        "near=75201&access=register&access=application",
        ["Addison fathers' breakfast", "Texas perinatal talks", "Therapy fund"],
    ),
    ("near=75201&access=membership", ["Partners' board", "Members' practice"]),
    ("near=75201&access=hospital_referral&access=insurer", ["Dallas hospital team", "Insured practice"]),
    ("near=M1&access=gp_referral", ["English talks"]),
    # fit
    (
        "near=75201&fit=general",
        [BY_PHONE[2], *LOWER_COST_COUNSELLING, *GENERAL_CLINICS, REST[0], *LOOK_FURTHER[:3]],
    ),
    (
        "near=75201&fit=perinatal_or_grief",
        ["Dallas church evenings", "Mourning line", "Texas perinatal talks", "Paperwork helpers"],
    ),
    ("near=Houston, TX&fit=specialist&kind=clinic", ["Houston early pregnancy unit"]),
    # language, where fr is the parent of fr-CA
    (
        "near=75201&language=es",
        ["Dallas church evenings", "Texas chapters", "Dallas training rooms", "Near clinic"],
    ),
    ("near=75201&language=vi&language=en&kind=clinic&kind=forum", ["Nearer clinic"]),
    ("near=montreal&language=fr", ["Montréal circle", "Line in French"]),
    ("near=montreal&language=fr-CA", ["Montréal circle", "Line in French"]),
    ("near=Cardiff&language=cy", ["Welsh circle"]),
    ("language=mi&language=ga", ["New Zealand line", "Éire evening"]),
    # faith
    ("near=75201&faith=faith_based", ["Dallas church evenings"]),
    ("near=D02&faith=faith_based", ["Parish circle"]),
    ("near=75201&faith=not_faith_based", ["World board"]),
    ("near=D02&faith=not_faith_based&faith=faith_based", ["Parish circle", "World board"]),
    # accessibility
    ("near=75201&accessibility=step_free", ["Dallas evening group", "Dallas training rooms"]),
    (
        "near=75201&accessibility=lift&accessibility=quiet_space",
        ["Dallas evening group", "Dallas hospital team"],
    ),
    # country: where it is, or what it serves; the world serves every country
    (
        "country=IE",
        ["World board", "Circle 40.1 km from Dublin", "Éire evening", "Parish circle", "Practice in pounds"],
    ),
    (
        "country=CA",
        [
            "Line in French",
            "Two countries",
            "World board",
            "Montréal circle",
            "Ontario circle",
            "Practice in pounds",
        ],
    ),
    ("country=NZ&country=GB&kind=helpline", ["British stillbirth line", "New Zealand line"]),
    # organization
    (f"organization={MEND}", ["Texas chapters"]),
    (
        f"near=75201&organization={MEND}&organization={STILLBIRTH_FRIENDS}",
        ["National line", "Texas chapters"],
    ),
    # assured_since
    (
        "near=75201&assured_since=2026-03-03",
        ["Dallas evening group", "Dallas church evenings", "World board"],
    ),
    ("near=75201&assured_since=2026-05-02", ["Dallas church evenings"]),
    # All of them at once: any value within a facet, every facet among themselves.
    (
        "near=75201&kind=support_group&kind=helpline&cost=free&cost=donation&language=en&language=es",
        ["Dallas evening group", "Dallas church evenings", "Texas chapters"],
    ),
    (
        "near=75201&kind=support_group&format=in_person&format=video&loss=stillbirth&led_by=peer",
        ["Addison fathers' breakfast", "Texas chapters"],
    ),
]

BY_PRICE: list[Row] = [
    # 0 is what nobody has to pay: neither a scale, nor a clinic's charge that is not stated.
    (
        "near=75201&max_price=0",
        [
            "Dallas evening group",
            "Addison fathers' breakfast",
            "Dallas church evenings",
            "National line",
            "Texas chapters",
            "World board",
            "Memory boxes",
        ],
    ),
    # A scale counts by its lowest amount.
    ("near=75201&max_price=4.99&kind=counselling&kind=clinic&kind=forum", ["World board"]),
    ("near=75201&max_price=5&kind=counselling&kind=clinic", ["Dallas training rooms"]),
    # A joining fee stands apart.
    ("near=75201&max_price=30&kind=counselling", ["Dallas training rooms", "Members' practice"]),
    (
        "near=75201&max_price=45&kind=counselling",
        ["Texas perinatal talks", "Dallas training rooms", "Members' practice"],
    ),
    # What an insurer pays, a price for a year and a price in pounds are no answer to dollars a session.
    (
        "near=75201&max_price=60&kind=counselling&kind=forum",
        [
            "Texas perinatal talks",
            "World board",
            "Dallas training rooms",
            "Members' practice",
            "Far practice",
        ],
    ),
    ("near=75201&max_price=60&currency=GBP&kind=counselling", ["Practice in pounds"]),
    (
        "near=M1&max_price=20",
        ["British stillbirth line", "English talks", "World board", "Practice in pounds"],
    ),
    ("near=M1&max_price=19.99", ["British stillbirth line", "English talks", "World board"]),
    ("near=M1&max_price=60&currency=USD", ["British stillbirth line", "English talks", "World board"]),
    ("max_price=5&kind=counselling", ["English talks", "Dallas training rooms"]),
]

ONLY_ON_REQUEST: list[Row] = [
    ("near=75201&kind=crisis_line", ["Crisis line"]),
    (
        "near=75201&kind=crisis_line&kind=helpline",
        ["National line", "Mourning line", "Line for any trouble", "Crisis line"],
    ),
    (
        "near=75201&loss=tfmr",
        ["Addison fathers' breakfast", "After abortion", "Diagnosis circle", "Texas chapters"],
    ),
    ("near=75201&loss=abortion", ["Addison fathers' breakfast", "After abortion", "Texas chapters"]),
    ("near=75201&audience=professionals", ["Circle for nurses"]),
    ("near=75201&loss=tfmr&audience=professionals", ["Circle for nurses"]),
    ("near=75201&format=phone&kind=helpline", ["National line", "Line for any trouble"]),
    ("near=75201&q=crisis line", ["Crisis line"]),
    ("near=75201&q=After Abortion", ["After abortion"]),
    ("q=circle for nurses", ["Circle for nurses"]),
    ("q=suicide", ["Crisis line"]),
    # By a word of its name that nothing else has.
    ("q=crisis", ["Crisis line"]),
    ("q=nurses", ["Circle for nurses"]),
    # Who asks in words has asked for it.
    ("q=abortion", ["After abortion"]),
]

AVOIDING: list[Row] = [
    # What is known to be clear, then what is not known; what does mention it is left out.
    (
        "near=75201&avoid=mentions_pregnancy",
        ["Dallas evening group", "National line"],
    ),
    (
        "near=75201&avoid=mentions_pregnancy&avoid=mentions_living_children&kind=support_group",
        ["Dallas evening group"],
    ),
    (
        "near=75201&avoid=faith_based&cost=free",
        ["World board"],
    ),
    ("near=75201&avoid=photographs&kind=remembrance", []),
]

IN_ANOTHER_ORDER: list[Row] = [
    (
        "near=75201&sort=distance&reach=local",
        [
            "Nearer clinic",
            "Dallas evening group",
            "Dallas training rooms",
            "Near clinic",
            "Dallas church evenings",
            "Dallas hospital team",
            "Addison fathers' breakfast",
            "Women's Health of Garland",
            "Circle 40.1 km from Dallas",
        ],
    ),
    (
        "near=75201&sort=distance&kind=clinic&kind=peer_mentor",
        [*GENERAL_CLINICS, *SERVES_THIS_AREA, "Miscarriage mentors"],
    ),
    (
        "near=75201&sort=assured&cost=free",
        [
            "Dallas church evenings",
            "Dallas evening group",
            "World board",
            "National line",
            "Memory boxes",
        ],
    ),
    (
        "near=75201&sort=name&language=es",
        ["Dallas church evenings", "Dallas training rooms", "Near clinic", "Texas chapters"],
    ),
    (
        "sort=name&country=IE",
        ["Circle 40.1 km from Dublin", "Éire evening", "Parish circle", "Practice in pounds", "World board"],
    ),
    ("near=75201&sort=best&kind=clinic", GENERAL_CLINICS),
]

WORDS_WITH_THE_REST: list[Row] = [
    (
        "near=75201&q=miscarriage",
        ["Dallas evening group", "Miscarriage mentors", "World board", "Booklets"],
    ),
    ("near=75201&q=therapist&max_price=30", ["Dallas training rooms", "Members' practice"]),
    ("near=75201&q=dad", DADS),
    ("near=M1&q=stillbirth", ["British stillbirth line"]),
    ("near=Melbourne&q=ectopic", ECTOPIC),
    ("near=Melbourne&q=ectopic&loss=ectopic", ["Monday circle"]),
    (
        "q=miscarriage&kind=support_group",
        ["Dallas evening group", "Miscarriage circle", "Friday circle", "Thursday circle"],
    ),
    ("near=75201&q=near clinic", ["Near clinic", "Nearer clinic", "Women's Health of Garland"]),
    (
        "near=75201&q=counsellor&sort=name",
        [
            "Dallas training rooms",
            "Far practice",
            "Insured practice",
            "Members' practice",
            "Practice in pounds",
            "Texas perinatal talks",
            "Therapy fund",
        ],
    ),
    # A place that stands in the text is found as any other word.
    ("q=counselling dallas", ["Dallas training rooms"]),
]

QUESTIONS = [
    *BY_PLACE,
    *BY_SECTION,
    *BY_TIME,
    *WITHOUT_A_PLACE,
    *BY_FACET,
    *BY_PRICE,
    *ONLY_ON_REQUEST,
    *AVOIDING,
    *IN_ANOTHER_ORDER,
    *WORDS_WITH_THE_REST,
]

# words, what they find, and the words that were looked for where a typo was put right
WORDS: list[tuple[str, list[str], str]] = [
    # PEERS' recall list: none of the peers finds anything by the first six.
    ("miscarriages", MISCARRIAGE, ""),
    ("miscarrage", MISCARRIAGE, "miscarriage"),
    ("counselling", COUNSELLING, ""),
    ("Womens Health", ["Women's Health of Garland"], ""),
    ("baby loss", MISCARRIAGE, ""),
    ("therapist", COUNSELLING, ""),
    (
        "support miscarriage",
        [
            "Dallas evening group",  # a support group by its kind
            "Miscarriage mentors",  # "support" in its text alone, or in its kind
            "Miscarriage circle",
            "Friday circle",
            "Thursday circle",
        ],
        "",
    ),
    ("ectopic", ECTOPIC, ""),
    # Words for one thing
    ("miscarriage", MISCARRIAGE, ""),
    ("pregnancy loss", MISCARRIAGE, ""),
    ("early loss", MISCARRIAGE, ""),
    ("D&C", MISCARRIAGE, ""),
    ("ERPC", MISCARRIAGE, ""),
    ("missed miscarriage", MISCARRIAGE, ""),
    ("blighted ovum", MISCARRIAGE, ""),
    ("counsellor", COUNSELLING, ""),
    ("counselor", COUNSELLING, ""),
    ("pregnancy of unknown location", ECTOPIC, ""),
    ("TFMR", ["Diagnosis circle"], ""),
    ("termination for medical reasons", ["Diagnosis circle"], ""),
    ("PAL", ["Pregnant again circle"], ""),
    ("pregnancy after loss", ["Pregnant again circle"], ""),
    ("dad", DADS, ""),
    ("fathers", DADS, ""),
    ("partner", DADS, ""),
    # Capitals, accents, marks and endings
    ("ECTOPIC", ECTOPIC, ""),
    ("eire", ["Éire evening"], ""),
    ("ÉIRE evenings", ["Éire evening"], ""),
    ("e\u0301ire", ["Éire evening"], ""),
    ("montreal circles", ["Montréal circle"], ""),
    ("mend", ["Texas chapters"], ""),
    ("M.E.N.D.", ["Texas chapters"], ""),
    ("stillbirth friend", ["National line"], ""),
    # All words are wanted, in any order and from any field
    ("mentors miscarriage", ["Miscarriage mentors"], ""),
    # Most of them, where nothing has all
    ("miscarriage chapters", MISCARRIAGE, "miscarriage"),
    ("I had a miscarriage 2 days ago", MISCARRIAGE, ""),
    ("miscarriage and zebras", MISCARRIAGE, "miscarriage"),
    ("fertility diagnosis", ["Diagnosis circle"], ""),
    ("music tea", ["Thursday circle"], ""),
    # A phrase is found in its order only, as it stands, and within one text
    ('"after baby loss"', ["Friday circle"], ""),
    ('"baby loss"', ["Friday circle"], ""),
    ('"loss baby"', ["Friday circle"], "loss baby"),
    ('"music tea"', ["Thursday circle"], "music tea"),
    ('"miscarriage mentors"', ["Miscarriage mentors"], ""),
    ('"mentors miscarriage"', ["Miscarriage mentors"], "mentors miscarriage"),
    ('"far practice" counselling', ["Far practice"], ""),
    ('"stillbirth line" british', ["British stillbirth line"], ""),
    # One typo: a letter missing, too many, another, two changed about; in one of two words
    ("stilbirth", STILLBIRTH, "stillbirth"),
    ("stilllbirth", STILLBIRTH, "stillbirth"),
    ("stillbarth", STILLBIRTH, "stillbirth"),
    ("stillbrith", STILLBIRTH, "stillbirth"),
    ("conselling", COUNSELLING, "counselling"),
    ("ectopik", ECTOPIC, "ectopic"),
    ("miscarrage mentors", ["Miscarriage mentors"], "miscarriage mentors"),
    # Two typos are too many
    ("miscarage", [], ""),
    ("stilbarth", [], ""),
    ("ektopik", [], ""),
    # Small words count only where there are no others
    ("the", ["Wednesday circle"], ""),
    ("the mentors for a miscarriage", ["Miscarriage mentors"], ""),
    # Nobody can ask by the signs that the index keeps for itself
    ('"0tfmr"', [], ""),
    ('"music 0 tea"', ["Thursday circle"], "music 0 tea"),
]

# question; what was widened, and to what ("" is dropped); what is found then
WIDENED: list[tuple[str, dict[str, str], list[str]]] = [
    ("near=75201&within=1mi&kind=bereavement_care", {"within": "100mi"}, ["Dallas hospital team"]),
    ("near=75201&reach=local&kind=support_group&language=es&within=1mi", {"within": "100mi"}, [NEAR_YOU[3]]),
    ("near=75201&kind=helpline&format=in_person", {"format": "video,phone"}, [BY_PHONE[0], BY_PHONE[2]]),
    (
        "near=El Paso, TX&reach=local&kind=support_group",
        {"format": "video,phone", "reach": "any"},
        ["Texas chapters", "Diagnosis circle", "Pregnant again circle"],
    ),
    # A typo is put right first.
    (
        "near=75201&q=stilbirth&kind=helpline&reach=local",
        {"format": "video,phone", "reach": "any"},
        [BY_PHONE[0]],
    ),
]

# Nothing fits, and what was asked is not given up: whatever else may be widened.
NEVER_WIDENED = [
    "near=75201&kind=clinic&loss=molar",
    # Nor is written help given up for a voice.
    "near=75201&kind=clinic&format=sms",
    "kind=remembrance&format=video&format=phone",
    "near=75201&kind=clinic&cost=free",
    "near=75201&kind=clinic&max_price=5",
    "near=75201&kind=clinic&audience=military",
    "near=75201&kind=remembrance&avoid=photographs",
    "near=75201&within=1mi&reach=local&kind=clinic&format=sms&loss=molar&cost=free&audience=military",
    # Nor is help of another country help here.
    "near=75201&payment=nhs",
    "near=75201&q=ectopic",
    "near=M1&kind=support_group",
]


# What is asked, how many `avoid` left out, what is known to be clear of it, and how much is not known to be.
CLEAR: list[tuple[str, int, list[str], int]] = [
    ("near=75201&avoid=mentions_pregnancy", 1, ["Dallas evening group", "National line"], 29),
    (
        "near=75201&avoid=mentions_pregnancy&avoid=mentions_living_children",
        2,
        ["Dallas evening group"],
        29,
    ),
    ("near=75201&avoid=photographs", 2, [], 30),
    ("near=75201&avoid=photographs&kind=remembrance", 1, [], 0),
    ("near=75201&avoid=photographs&kind=support_group", 0, [], 7),
    ("near=75201&avoid=faith_based&reach=local", 1, [], 8),
    ("near=75201&avoid=faith_based", 1, ["World board"], 30),
]

# What states a facet's values, each chosen alone, under the other filters. What finds none is left out.
COUNTS: list[tuple[str, str, dict[str, int]]] = [
    (
        "near=75201",
        "kind",
        {
            "support_group": 7,
            "forum": 3,
            "peer_mentor": 3,
            "counselling": 6,
            "helpline": 3,
            "crisis_line": 1,  # it is asked for by its kind
            "bereavement_care": 1,
            "clinic": 3,
            "practical_help": 1,
            "financial_help": 1,
            "remembrance": 1,
            "directory": 1,
            "information": 2,
        },
    ),
    # Its own values do not narrow a facet's counts; those of the others do.
    ("near=75201&cost=free&kind=support_group", "cost", {"free": 2, "donation": 2, "unknown": 3}),
    (
        "near=75201&cost=free&kind=support_group",
        "kind",
        {"support_group": 2, "forum": 1, "helpline": 1, "remembrance": 1},
    ),
    # A child counts for its parent, and any loss for each.
    (
        "near=75201&kind=forum&kind=helpline",
        "format",
        {"text_chat": 3, "sms": 2, "web_chat": 2, "phone": 2, "forum": 2, "social_media": 1},
    ),
    (
        "near=75201&reach=local&kind=support_group",
        "loss",
        {
            **dict.fromkeys(Loss.values, 1),
            "any_loss": 3,
            "miscarriage": 2,
            "early_miscarriage": 2,
            "later_miscarriage": 2,
            "stillbirth": 2,
            "child_any_age": 2,
        },
    ),
    (
        "near=75201",
        "audience",
        {
            "partner": 2,
            "fathers": 2,
            "grandparents": 1,
            "family": 1,
            "lgbtq": 1,
            "pregnant_after_loss": 1,
            "professionals": 1,  # it is asked for by its audience
        },
    ),
    ("q=miscarriage", "country", {"US": 4, "GB": 1, "IE": 1, "CA": 1, "AU": 4, "NZ": 1}),
    ("near=montreal", "language", {"fr": 2, "fr-CA": 2}),
    (
        "near=75201&cost=free",
        "avoid",
        {"mentions_pregnancy": 2, "mentions_living_children": 1, "faith_based": 1},
    ),
    (
        "near=75201&max_price=0&kind=clinic",
        "kind",
        {"support_group": 4, "forum": 1, "helpline": 1, "remembrance": 1},
    ),
]

COUNTED = [
    "near=75201",
    "near=75201&kind=support_group&kind=helpline&cost=free&cost=donation&avoid=faith_based",
    "q=miscarriage&country=US&loss=tfmr&loss=miscarriage",
    # Asking for this loss opens what another loss, chosen in its place, would not.
    "near=75201&loss=abortion",
]

IN_DALLAS = "within 25 miles of Dallas, TX 75201, or serving that area from elsewhere."
# Each parameter and value by itself: `test_summary.py`.
SAID_BACK = [
    ("", "All kinds of support."),
    ("near=75201", f"All kinds of support, {IN_DALLAS}"),
    (
        "near=M1&kind=helpline",
        "Helplines and text lines, within 25 miles of Manchester, England M1,"
        " or serving that area from elsewhere.",
    ),
    ("near=D02&reach=local", "All kinds of support, within 40 km of Dublin 2, Ireland D02."),
    (
        "near=M1&reach=remote&max_price=20",
        "All kinds of support, for up to £20 a session, serving Manchester, England M1 from elsewhere.",
    ),
    ("near=75201&max_price=0", f"Free support, {IN_DALLAS}"),
    (
        "near=75201&loss=tfmr&avoid=photographs",
        f"Support after ending a pregnancy for medical reasons (TFMR), {IN_DALLAS.removesuffix('.')},"
        " leaving out anything that shows photographs.",
    ),
    ("q=baby loss", "All kinds of support, matching “baby loss”."),
    # As it was answered, not as it was typed
    ("q=conselling", "All kinds of support, matching “counselling”."),
    ("near=75201&kind=clinic&format=sms&widen=no", f"Low-cost clinics by text message, {IN_DALLAS}"),
    (
        "near=75201&within=1mi&kind=bereavement_care&widen=yes",
        "Hospital and community bereavement teams, within 100 miles of Dallas, TX 75201,"
        " or serving that area from elsewhere.",
    ),
]

# What `near` was taken for, and what else it may have meant.
PLACES: list[tuple[str, str, list[str]]] = [
    ("75201", "Dallas, TX 75201", []),
    ("Portland", "Portland, OR", ["Portland, ME"]),
    ("Portland, Maine", "Portland, ME", []),
    ("2010", "Surry Hills, NSW 2010", ["Pakuranga Heights, New Zealand 2010"]),
    ("2010 New Zealand", "Pakuranga Heights, New Zealand 2010", []),
    ("Montréal, QC", "Montréal, QC", []),
    ("32.791,-96.804", "32.79, -96.80", []),
]

# Marks of all kinds, all the operators of FTS5 and of tsquery among them: not one is a letter of a word.
MARKS = [
    *string.punctuation,
    *("<->", "<>", "&&", "||", "!!", "::", "--", "/*", "*/", "''", '""', "\\'", "“", "”", "«", "’", "…", "–"),
    *(
        "\u00a0",
        "\u200b",
        "\u200f",
        "\u202e",
        "\u0301",
        "\ufeff",
        "\x01",
        "\x7f",
        "\ud800",
        "🌈",
        "\r\n",
        "\t",
    ),
]

MENTORS = ["Miscarriage mentors"]
ODD: list[tuple[str, str, list[str]]] = [
    ("a lone quotation mark", 'miscarriage "mentors', MENTORS),
    ("one mark too many", '"miscarriage" "mentors', MENTORS),
    ("nothing quoted", '"" miscarriage "" mentors', MENTORS),
    ("AND", "miscarriage AND mentors", MENTORS),
    ("OR", "miscarriage OR mentors", MENTORS),
    ("NOT is a word", "miscarriage NOT mentors", MENTORS),
    ("NEAR is a word", "NEAR(miscarriage mentors, 5)", MENTORS),
    ("OR quoted", '"miscarriage OR mentors"', MENTORS),
    ("a distance of tsquery", "miscarriage <5> mentors", MENTORS),
    ("the beginning of a word", "ecto*", []),
    ("a column", "name_words:miscarriage", MISCARRIAGE),
    ("several columns", "{name_words text_words} : miscarriage", MISCARRIAGE),
    ("a weight", "miscarriage:A mentors", MENTORS),
    ("SQL", "'; DROP TABLE resources_listing; --", []),
    ("SQL's own parameters", "%s %(name)s ? :name $1", []),
    ("from right to left", "دعم بعد الإجهاض", []),
    ("marks of direction", "\u202emiscarriage\u202c mentors\u200f", MENTORS),
    ("combining marks", "m\u0301i\u0308scarriage mentors\u0327", MENTORS),
    ("combining marks alone", "\u0301" * 500, []),
    ("letters of full width", "ｍｉｓｃａｒｒｉａｇｅ ｍｅｎｔｏｒｓ", MENTORS),
    ("another alphabet", "поддержка после выкидыша", []),
    ("one word of 500 letters", "x" * 500, []),
    ("one word of 500 letters that are three bytes each", "妊" * 500, []),
    ("one number of 500 digits", "9" * 500, []),
    ("as many words of one letter as fit", "z " * 250, []),
    (
        "as many different words as fit",
        " ".join(a + b for a in "bcdfghjklmnp" for b in string.ascii_lowercase)[:500],
        [],
    ),
    ("as many words for one thing as fit", "PAL " * 125, ["Pregnant again circle"]),
    ("the longest phrase that fits", f'"{"miscarriage " * 41}"', MISCARRIAGE),
    ("as many phrases as fit", '"z" ' * 125, []),
    ("quotation marks alone", '"' * 500, []),
]


def named(answer: Answer) -> list[str]:
    return [result["service"]["name"] for result in answer.results]


def ask(querystring: str) -> Answer:
    """The whole answer to a question as it stands in the address."""
    return answered({**dict(QueryDict(querystring).lists()), "page_size": "100"})


def ask_words(words: str) -> Answer:
    return answered({"q": words, "page_size": "100"})


def answered(querystring: dict[str, Any]) -> Answer:
    filters = ListingFilterSet(querystring)
    assert filters.parameter_errors() == []
    return filters.answer()


@pytest.mark.django_db
@pytest.mark.usefixtures("fixed_catalogue")
class TestTheFixedCatalogue:
    @pytest.mark.parametrize(
        ("querystring", "names"), QUESTIONS, ids=[querystring for querystring, _names in QUESTIONS]
    )
    def test_a_question_finds_these_in_this_order(self, querystring: str, names: list[str]) -> None:
        answer = ask(querystring)
        assert named(answer) == names
        assert (answer.count, answer.relaxed, answer.corrected) == (len(names), (), "")

    @pytest.mark.parametrize(("words", "names", "corrected"), WORDS, ids=[words for words, *_ in WORDS])
    def test_words_find_these_in_this_order(self, words: str, names: list[str], corrected: str) -> None:
        answer = ask_words(words)
        assert named(answer) == names
        assert (answer.count, answer.relaxed, answer.corrected) == (len(names), (), corrected)

    def test_every_parameter_that_narrows_or_orders_has_a_row(self) -> None:
        querystring = {parameter for question, _names in QUESTIONS for parameter in QueryDict(question)}
        assert querystring >= {facet.name for facet in FACETS}
        assert querystring >= set(ListingFilterSet.base_filters) - {"page", "page_size"}

    def test_a_person_in_dallas_is_told_what_each_result_is_and_why_it_is_shown(self) -> None:
        results = ask("near=75201").results
        assert [(each["service"]["name"], each["section"], each["why"]) for each in results] == [
            *((name, "near_you", "near_you") for name in NEAR_YOU),
            *((name, "by_phone", "national") for name in BY_PHONE),
            *((name, "serves_you", "serves_your_area") for name in SERVES_THIS_AREA),
            ("Texas chapters", "serves_you", "serves_your_state"),
            *((name, "serves_you", "national") for name in SERVES_YOU_IN_TEXAS[1:6]),
            ("Texas perinatal talks", "serves_you", "serves_your_state"),
            ("World board", "serves_you", "online"),
            ("Dallas training rooms", "lower_cost_counselling", "near_you"),
            *((name, "lower_cost_counselling", "national") for name in COUNSELLING_FROM_AFAR[:-1]),
            ("Practice in pounds", "lower_cost_counselling", "online"),
            *((name, "general_clinics", "near_you") for name in GENERAL_CLINICS),
            ("Therapy fund", "money_and_practical", "national"),
            ("Paperwork helpers", "money_and_practical", "serves_your_state"),
            *((name, "look_further", "national") for name in LOOK_FURTHER),
        ]

    def test_a_person_in_manchester_is_told_that_no_group_is_near_and_what_helps_across_the_country(
        self,
    ) -> None:
        results = ask("near=M1").results
        assert [(each["service"]["name"], each["section"], each["why"]) for each in results] == [
            ("British stillbirth line", "by_phone", "national"),
            ("Manchester visitors", "serves_you", "serves_your_area"),
            ("English talks", "serves_you", "serves_your_state"),
            ("British board", "serves_you", "national"),
            ("World board", "serves_you", "online"),
            ("Practice in pounds", "lower_cost_counselling", "online"),
        ]
        page = Client().get("/search/?near=M1").content.decode()
        assert "We do not know of any in-person group within 25 miles of Manchester" in page
        assert "The first 3 help people in the UK, or in a part of it, the others anywhere" in page

    def test_without_a_place_nothing_is_near_and_no_reason_is_given(self) -> None:
        results = ask("").results
        assert {each["why"] for each in results} == {None}
        assert "near_you" not in {each["section"] for each in results}

    @pytest.mark.parametrize(
        ("querystring", "widened", "names"), WIDENED, ids=[querystring for querystring, *_ in WIDENED]
    )
    def test_what_fits_nothing_is_asked_wider_and_says_so(
        self, querystring: str, widened: dict[str, str], names: list[str]
    ) -> None:
        answer = ask(f"{querystring}&widen=yes")
        assert {each.parameter: each.used for each in answer.relaxed} == widened
        assert named(answer) == names

    @pytest.mark.parametrize("querystring", NEVER_WIDENED)
    def test_what_matters_most_is_never_given_up_to_find_something(self, querystring: str) -> None:
        answer = ask(f"{querystring}&widen=yes")
        assert (named(answer), answer.count, answer.relaxed) == ([], 0, ())

    @pytest.mark.parametrize(
        ("querystring", "hidden", "clear", "not_known"), CLEAR, ids=[querystring for querystring, *_ in CLEAR]
    )
    def test_what_is_known_to_be_clear_is_found_and_the_rest_follows_on_request(
        self, querystring: str, hidden: int, clear: list[str], not_known: int
    ) -> None:
        answer, wider = ask(querystring), ask(f"{querystring}&unknown=include")
        assert named(answer) == clear
        assert [each["service"]["name"] for each in wider.results if each["known_clear"]] == clear
        assert wider.count == len(clear) + not_known
        assert {(each.hidden, each.not_known) for each in (answer, wider)} == {(hidden, not_known)}
        for _section, part in groupby(wider.results, lambda each: each["section"]):
            known = [each["known_clear"] for each in part]
            assert known == sorted(known, reverse=True)

    def test_nothing_is_said_to_be_clear_where_nothing_is_to_be_avoided(self) -> None:
        answer = ask("near=75201")
        assert {each["known_clear"] for each in answer.results} == {None}
        assert (answer.hidden, answer.not_known) == (0, 0)

    @pytest.mark.parametrize(
        ("querystring", "facet", "counts"),
        COUNTS,
        ids=[f"{facet} of {querystring}" for querystring, facet, _ in COUNTS],
    )
    def test_every_value_is_counted_under_the_other_filters(
        self, querystring: str, facet: str, counts: dict[str, int]
    ) -> None:
        found = ask(querystring).facets[facet]
        assert {value: number for value, number in found.items() if number} == counts

    @pytest.mark.slow("asks one question for every value of every facet")
    @pytest.mark.parametrize("querystring", COUNTED)
    def test_the_count_of_a_value_is_what_is_found_with_it_alone(self, querystring: str) -> None:
        """Of every value that is counted, and of a share of those that would find nothing."""
        question = dict(QueryDict(querystring).lists())
        counts = answered(question).facets
        for facet in FACETS:
            numbers = counts[facet.name]
            assert set(numbers) == {value for value, _label in facet.choices()}
            nothing = [value for value, number in numbers.items() if not number]
            for value in set(numbers) - set(nothing[share_of(len(nothing)) :]):
                number = numbers[value]
                answer = answered({**question, facet.name: value})
                found = 0 if answer.relaxed or answer.corrected else answer.count
                assert number == found, f"{facet.name}={value}"

    @pytest.mark.parametrize(
        ("querystring", "sentence"), SAID_BACK, ids=[querystring for querystring, _said in SAID_BACK]
    )
    def test_the_question_is_said_back_in_one_sentence(self, querystring: str, sentence: str) -> None:
        assert ask(querystring).summary == sentence

    def test_an_organization_that_was_asked_for_is_said_back_by_its_name(self) -> None:
        assert "Stillbirth Friends" in ask(f"organization={STILLBIRTH_FRIENDS}").summary

    @pytest.mark.parametrize(("near", "name", "others"), PLACES, ids=[near for near, *_ in PLACES])
    def test_a_place_is_said_with_what_else_it_may_have_meant(
        self, near: str, name: str, others: list[str]
    ) -> None:
        place = answered({"near": near}).place
        assert place is not None
        assert (place.name, [other.name for other in place.alternatives]) == (name, others)
        for other in place.alternatives:
            there = answered({"near": other.query}).place
            assert there is not None
            assert there.name == other.name

    def test_words_that_end_in_a_place_offer_the_question_with_that_place(self) -> None:
        answer = ask("q=therapist in Houston, TX")
        assert answer.corrected == "therapist tx"
        assert answer.elsewhere is not None
        words, place = answer.elsewhere
        assert (words, place.name) == ("therapist", "Houston, TX")

    @pytest.mark.slow("asks five questions for each of 62 marks")
    @pytest.mark.parametrize("mark", MARKS, ids=[ascii(mark) for mark in MARKS])
    def test_a_mark_is_no_operator(self, mark: str) -> None:
        assert named(ask_words(f"miscarriage {mark} mentors")) == MENTORS
        assert named(ask_words(f"{mark}miscarriage mentors{mark}")) == MENTORS
        assert named(ask_words(f"{mark} miscarriage{mark} {mark}mentors {mark}")) == MENTORS
        if mark.strip():
            assert named(ask_words(mark)) == []
            assert named(ask_words(mark * (500 // len(mark)))) == []

    @pytest.mark.parametrize(("words", "names"), [row[1:] for row in ODD], ids=[row[0] for row in ODD])
    def test_odd_words_have_an_answer(self, words: str, names: list[str]) -> None:
        assert named(ask_words(words)) == names
        assert ask_words(words).count == len(names)

    @examples(200, suppress_health_check=list(HealthCheck))
    @given(
        st.text(
            st.sampled_from(
                [
                    *string.printable,
                    *(mark for mark in MARKS if len(mark) == 1),
                    "é",
                    "ß",
                    "ﬁ",
                    "İ",
                    "妊",
                    "ا",
                ]
            )
            | st.characters(exclude_categories=()),
            max_size=510,
        )
    )
    def test_any_words_at_all_have_an_answer_or_are_refused(self, words: str) -> None:
        filters = ListingFilterSet({"q": words, "near": "75201"})
        refused = [refusal.parameter for refusal in filters.parameter_errors()]
        if "\0" in words or len(" ".join(words.split())) > 500:
            assert refused == ["q"]
        else:
            assert refused == []
            assert filters.answer().count >= 0


# ---- promises that need a world of their own


def test_a_match_in_the_name_stands_before_one_in_the_text(places: None) -> None:
    build_service("Quiet room", areas=["US"], description="For ectopic pregnancy.")
    build_service("Ectopic circle", areas=["US"])
    build_service("Third group", areas=["US"], losses=[Loss.ECTOPIC])
    build_service("Fourth group", areas=["US"], organization=build_organization("Ectopic Friends"))
    found = [result["service"]["name"] for result in ListingFilterSet({"q": "ectopic"}).answer().results]
    assert found == ["Ectopic circle", "Third group", "Fourth group", "Quiet room"]


def test_the_whole_name_leads_whatever_its_section(places: None) -> None:
    build_service("Healing hands helpers", areas=["US"])
    build_service("Healing Hands", kind="clinic", fit="general", at=[DALLAS])
    answer = ListingFilterSet({"q": "healing hands", "near": "75201"}).answer()
    assert [result["service"]["name"] for result in answer.results] == [
        "Healing Hands",
        "Healing hands helpers",
    ]
    assert [result["leads_by_name"] for result in answer.results] == [True, False]


@pytest.mark.parametrize("words", ["MEND", "m.e.n.d.", "mend"])
def test_an_organization_is_found_by_its_name_however_it_is_written(places: None, words: str) -> None:
    build_service("Mend Family Health", kind="clinic", fit="general", at=[DALLAS])
    build_service("Chapters", areas=["US-TX"], organization=build_organization("M.E.N.D."))
    found = [result["service"]["name"] for result in ListingFilterSet({"q": words}).answer().results]
    assert found == ["Chapters", "Mend Family Health"]


def test_near_a_place_the_nearest_clinics_lead_and_else_those_with_a_program(places: None) -> None:
    trauma, pregnancy, other = (build_term(code) for code in ("trauma", "pregnant_postpartum", "grief"))
    clinic: dict[str, Any] = {"kind": "mental_health_clinic", "fit": "general"}
    build_service("Plain and near", at=[DALLAS], topics=[other], **clinic)
    build_service("Trauma", at=[(32.85, -96.8)], topics=[trauma], **clinic)
    build_service("Pregnancy, far", at=[(32.95, -96.8)], topics=[pregnancy, trauma], **clinic)
    build_service(
        "A clinic of another kind", at=[(32.9, -96.8)], topics=[trauma], kind="clinic", fit="general"
    )
    anywhere, near = (
        [result["service"]["name"] for result in ListingFilterSet(asked).answer().results]
        for asked in ({}, {"near": "75201"})
    )
    assert anywhere == ["Pregnancy, far", "Trauma", "Plain and near", "A clinic of another kind"]
    assert near == ["Plain and near", "Trauma", "Pregnancy, far", "A clinic of another kind"]


def test_a_service_that_is_here_is_not_met_again_from_afar(places: None) -> None:
    build_service("Share", at=[HOUSTON, DALLAS], areas=["US"])
    (only,) = ListingFilterSet({"near": "75201"}).answer().results
    assert (only["why"], only["location"]["latitude"]) == ("near_you", DALLAS[0])


def test_a_joining_fee_is_shown_and_does_not_count_as_the_price(places: None) -> None:
    service = build_service("Open door", kind="counselling", areas=["US"], cost="sliding_scale", price=30)
    build_cost(service, "fixed", 59, is_joining_fee=True, unit="once")
    refresh_listings([service.pk], at=timezone.now())
    (only,) = ListingFilterSet({"max_price": "40", "near": "75201"}).answer().results
    assert only["cost"] == {
        "phrase": "Sliding scale, depends on income: from $30 a session. One-time joining fee of $59",
        "kinds": ["sliding_scale"],
        "funded_by": None,
        "min_price": 30,
        "max_price": None,
        "currency": "USD",
        "unit": "session",
        "other_currencies": [],
        "joining_fee": {"amount": 59, "currency": "USD", "unit": "once"},
    }


def test_of_equals_by_kind_and_name_the_id_decides(places: None) -> None:
    for number in (2, 1, 3):
        build_service("Circle", id=UUID(int=number), areas=["US"])
    results = ListingFilterSet({"near": "75201"}).answer().results
    assert [result["id"] for result in results] == [str(UUID(int=number)) for number in (1, 2, 3)]


def test_pages_follow_each_other_without_a_gap(places: None) -> None:
    for number in range(7):
        build_service(f"Group {number}", areas=["US"])
    seen = []
    for page in (1, 2, 3):
        answer = ListingFilterSet({"page": str(page), "page_size": "3"}).answer()
        assert (answer.count, answer.pages) == (7, 3)
        seen += [result["service"]["name"] for result in answer.results]
    assert sorted(seen) == [f"Group {number}" for number in range(7)]
    with pytest.raises(PageNotFound):
        ListingFilterSet({"page": "4", "page_size": "3"}).answer()


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"near": "Zzyzxqq"}, "near", "We could not find that place"),
    ({"near": "\ud800"}, "near", "We could not find that place"),
    ({"near": "x" * 201}, "near", "200 characters at most"),
    ({"near": "75201\x00"}, "near", "cannot search for"),
    ({"within": "9999mi"}, "within", "from 1 to 500"),
    ({"within": "0"}, "within", "from 1 to 500"),
    ({"within": "ten"}, "within", "from 1 to 500"),
    ({"kind": "therapy"}, "kind", "therapy"),
    ({"cost": ["free", "cheap"]}, "cost", "cheap"),
    ({"language": "klingon"}, "language", "klingon"),
    ({"max_price": "cheap"}, "max_price", "such as 20 or 7.50"),
    ({"max_price": "-1"}, "max_price", "from 0 to 100,000"),
    ({"max_price": "NaN"}, "max_price", "from 0 to 100,000"),
    ({"max_price": "1e99"}, "max_price", "from 0 to 100,000"),
    ({"currency": "XXX"}, "currency", "XXX"),
    ({"sort": "price"}, "sort", "price"),
    ({"sort": "distance"}, "sort", "enter a place"),
    ({"page": "0"}, "page", "1 or more"),
    ({"page": "one"}, "page", "whole number"),
    ({"page_size": "101"}, "page_size", "100 or less"),
    ({"q": "\x00"}, "q", "cannot search for"),
    ({"q": "x" * 501}, "q", "500 characters at most"),
    ({"q": "miscarriage " * 1000}, "q", "500 characters at most"),
    ({"q": " ".join("abcde" * 100)}, "q", "500 characters at most"),
    ({"q": f'"{"miscarriage " * 500}"'}, "q", "500 characters at most"),
    ({"q": "miscarriage\x00mentors"}, "q", "cannot search for"),
    ({"assured_since": "yesterday"}, "assured_since", "2026-01-31"),
    ({"assured_since": "2026-02-30"}, "assured_since", "2026-01-31"),
    ({"organization": "MEND"}, "organization", "id"),
    ({"avoid": "children"}, "avoid", "children"),
    ({"reach": "wide"}, "reach", "wide"),
    ({"colour": "blue"}, "colour", "Unknown parameter"),
]


@pytest.mark.parametrize(
    ("querystring", "parameter", "words"), REFUSED, ids=[str(querystring)[:60] for querystring, *_ in REFUSED]
)
def test_what_cannot_be_used_is_named_and_explained(
    places: None, querystring: dict[str, Any], parameter: str, words: str
) -> None:
    (refusal,) = ListingFilterSet(querystring).parameter_errors()
    assert refusal.parameter == parameter
    assert words in refusal.message


def test_a_bad_value_is_told_the_choices(places: None) -> None:
    (refusal,) = ListingFilterSet({"kind": "therapy"}).parameter_errors()
    assert "counselling" in refusal.choices


def test_a_misspelt_place_is_told_the_near_spellings(places: None) -> None:
    (refusal,) = ListingFilterSet({"near": "Dalas"}).parameter_errors()
    assert refusal.choices == ("Dallas, Texas, United States",)


def test_empty_parameters_count_as_not_given(places: None) -> None:
    build_service("Quiet room", areas=["US"])
    querystring = {"near": "", "kind": [""], "q": "  ", "max_price": "", "sort": "", "page": ""}
    assert ListingFilterSet(querystring).answer().count == 1


def names(**querystring: Any) -> list[str]:
    return [result["service"]["name"] for result in ListingFilterSet(querystring).answer().results]


def test_a_line_with_an_office_near_you_still_reaches_you_from_afar(places: None) -> None:
    build_service("Line", kind="helpline", at=[DALLAS], areas=["US"], formats=["phone"])
    build_service("Walk-in", at=[DALLAS], areas=["US"], formats=["in_person"])
    assert names(near="75201", reach="remote") == ["Line"]
    assert names(near="Houston", reach="remote") == ["Line"]


def test_a_near_place_that_carries_no_areas_still_reaches_you_from_afar(places: None) -> None:
    for number in range(8):  # which of its two places carries the areas is up to their ids
        build_service(
            f"Line {number}", kind="helpline", at=[HOUSTON, DALLAS], areas=["US"], formats=["phone"]
        )
    assert len(names(near="75201", reach="remote")) == 8


def test_what_is_not_stated_says_nothing_of_the_price_that_is(places: None) -> None:
    service = build_service("Practice", kind="counselling", areas=["US"], refresh=False)
    build_cost(service, "sliding_scale", unit="visit")
    build_cost(service, "fixed", 20, currency="USD", unit="session")
    build_cost(service, "fixed", unit="once", is_joining_fee=True)
    build_cost(service, "fixed", 15, currency="USD", unit="once", is_joining_fee=True)
    refresh_listings([service.pk], at=timezone.now())
    (only,) = ListingFilterSet({}).answer().results
    assert (only["cost"]["min_price"], only["cost"]["unit"]) == (20, "session")
    assert only["cost"]["joining_fee"] == {"amount": 15, "currency": "USD", "unit": "once"}


def test_an_open_scale_from_zero_in_another_currency_is_no_price_in_this_one(places: None) -> None:
    service = build_service("Practice", kind="counselling", areas=["US"], refresh=False)
    build_cost(service, "fixed", 50, currency="USD", unit="session")
    build_cost(service, "sliding_scale", 0, currency="CAD", unit="session")
    refresh_listings([service.pk], at=timezone.now())
    cost = ListingFilterSet({}).answer().results[0]["cost"]
    assert (cost["min_price"], cost["currency"]) == (50, "USD")
    assert [(each["min_price"], each["currency"]) for each in cost["other_currencies"]] == [(0, "CAD")]
    assert ListingFilterSet({"max_price": "10", "currency": "USD"}).answer().count == 0
    assert ListingFilterSet({"max_price": "10", "currency": "CAD"}).answer().count == 1


def test_a_scale_that_begins_at_zero_keeps_its_currency(places: None) -> None:
    service = build_service("Practice", kind="counselling", areas=["US"], refresh=False)
    build_cost(service, "sliding_scale", 0, 40, currency="USD", unit="session")
    refresh_listings([service.pk], at=timezone.now())
    (only,) = ListingFilterSet({"max_price": "5"}).answer().results
    assert only["cost"]["phrase"] == "Sliding scale, depends on income: $0 to $40 a session"
    assert names(max_price="5", currency="GBP") == []
    assert names(max_price="0") == []


def test_help_for_health_workers_is_not_opened_by_a_loss(places: None) -> None:
    build_service("For nurses", audiences=["professionals"], areas=["US"], losses=[Loss.TFMR])
    assert names(loss="tfmr") == []
    assert names(q="for nurses") == ["For nurses"]


def test_ones_own_country_leads_by_any_part_of_it(places: None) -> None:
    build_service("Two sides", areas=["CA-BC", "US-WA"])
    build_service("World", areas=["*"])
    assert names() == ["Two sides", "World"]


def test_a_fax_is_not_called_and_a_forum_is_its_own_address(places: None) -> None:
    organization = build_organization()
    Phone.objects.create(organization=organization, number="214-555-0101", country="US")
    service = build_service("Board", organization=organization, phone="", areas=["US"], refresh=False)
    Phone.objects.create(service=service, number="214-555-0199", type="fax")
    forum = build_location(
        None, location_type="virtual", url="https://board.example/", city="", region="", country=""
    )
    ServiceAtLocation.objects.create(service=service, location=forum)
    refresh_listings([service.pk], at=timezone.now())
    (only,) = ListingFilterSet({}).answer().results
    assert [(phone["number"], bool(phone["href"])) for phone in only["phones"]] == [
        ("214-555-0101", True),
        ("214-555-0199", False),
    ]
    assert only["website"] == "https://board.example/"


def test_a_place_that_changes_its_service_is_listed_once(places: None) -> None:
    first, second = build_service("First", at=[DALLAS]), build_service("Second", areas=["US"])
    ServiceAtLocation.objects.update(service=second)
    refresh_listings([second.pk], at=timezone.now())
    assert Listing.objects.filter(service=first).count() == 0
    assert Listing.objects.filter(service=second).count() == 1
