"""The fixed catalogue that the table of questions asks about: each record is named by what it is.

Texas is told most fully, with help at every distance, of every section and at every price; each other
country has what one rule needs. Text holds a searchable word only where a question of the table wants it.
Not one record says anything about a real service.
"""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from resources.models import Location, Organization, Service
from resources.search.projection import refresh_listings
from tests.build import DALLAS, build_location, build_organization, build_service, build_term

MEND = UUID(int=1)
STILLBIRTH_FRIENDS = UUID(int=2)
# Ids that say the opposite of the names, to tell by which of them two equals are ordered.
SOONER, LATER = 10, 11

# Distances are from 75201 (32.7904, -96.8044).
FEW_METRES_AWAY = (32.7905, -96.8045)
ONE_KM_AWAY = (32.8000, -96.8000)  # 1.1 km; DALLAS is 0.8 km away
TWO_KM_AWAY = (32.7767, -96.7970)  # 1.7 km
FOUR_KM_AWAY = (32.8120, -96.8400)  # 4.1 km
ADDISON = (32.9600, -96.8385)  # 19 km
GARLAND = (32.9126, -96.6389)  # 21 km
JUST_WITHIN_25_MILES = (33.15121, -96.8044)  # 40.1 km, so more than 40 km
FORT_WORTH = (32.7254, -97.3208)  # 49 km, or 31 miles
HOUSTON = (29.7633, -95.3633)


def build_catalogue() -> None:
    """About 60 services, of which all but one are published. Needs no places."""
    kind_people = build_organization("Kind People")
    refresh_listings([service.pk for service in _services(kind_people)], at=timezone.now())


def _services(kind_people: Organization) -> list[Service]:
    def listed(name: str, kind: str, fit: str = "specialist", **facts: Any) -> Service:
        facts.setdefault("organization", kind_people)
        return build_service(name, kind=kind, fit=fit, refresh=False, **facts)

    return [
        *_here_in_dallas(listed),
        *_reaching_texas(listed),
        *_general_counselling(listed),
        *_general_clinics(listed),
        *_looking_further(listed),
        *_shown_only_on_request(listed),
        *_elsewhere_in_the_united_states(listed),
        *_in_britain(listed),
        *_in_ireland(listed),
        *_in_canada(listed),
        *_in_australia_and_new_zealand(listed),
    ]


def weekly(day: str, opens_at: datetime.time, closes_at: datetime.time) -> dict[str, Any]:
    return {"freq": "WEEKLY", "byday": day, "opens_at": opens_at, "closes_at": closes_at}


def _in(point: tuple[float, float], country: str, region: str, city: str) -> Location:
    return build_location(point, country=country, region=region, city=city)


def _here_in_dallas(listed: Any) -> list[Service]:
    return [
        listed(
            "Dallas evening group",
            "support_group",
            at=[DALLAS],
            accessible=["step_free", "quiet_space"],
            formats=["in_person"],
            cost="free",
            losses=["miscarriage"],
            led_by=["peer"],
            access=["drop_in"],
            languages=["en"],
            content_clear=["mentions_pregnancy", "mentions_living_children"],
            assured_date=datetime.date(2026, 5, 1),
            schedules=[weekly("TU", datetime.time(19), datetime.time(20, 30))],
        ),
        listed(
            "Dallas hospital team",
            "bereavement_care",
            at=[FOUR_KM_AWAY],
            accessible=["lift"],
            formats=["in_person"],
            losses=["stillbirth", "neonatal"],
            led_by=["professional"],
            access=["hospital_referral"],
            payments=["medicaid", "private_insurance"],
            content_notes=["photographs"],
        ),
        listed(
            "Addison fathers' breakfast",
            "support_group",
            at=[ADDISON],
            formats=["in_person"],
            cost="donation",
            losses=["any_loss"],
            audiences=["fathers"],
            led_by=["both"],
            access=["register"],
            content_notes=["mentions_living_children"],
            schedules=[weekly("SA", datetime.time(9), datetime.time(10))],  # which nobody has checked
        ),
        listed(
            "Circle 40.1 km from Dallas",
            "support_group",
            at=[JUST_WITHIN_25_MILES],
            losses=["stillbirth"],
            assured_date=datetime.date(2026, 2, 2),
        ),
        listed(
            "Dallas church evenings",
            "support_group",
            "perinatal_or_grief",
            at=[TWO_KM_AWAY],
            formats=["in_person"],
            cost="free",
            audiences=["grandparents", "family"],
            led_by=["trained_volunteer"],
            access=["drop_in"],
            languages=["en", "es"],
            content_notes=["faith_based"],
            assured_date=datetime.date(2026, 6, 15),
        ),
    ]


def _reaching_texas(listed: Any) -> list[Service]:
    return [
        listed(
            "75201 visitors",
            "peer_mentor",
            id=UUID(int=LATER),
            areas=["US:75201"],
            formats=["home_visit"],
            led_by=["peer"],
            access=["self"],
        ),
        listed(
            "Dallas County visitors",
            "peer_mentor",
            id=UUID(int=SOONER),
            areas=["US-TX/dallas"],
            formats=["home_visit"],
            led_by=["trained_volunteer"],
            access=["self"],
        ),
        listed(
            "Texas chapters",
            "support_group",
            organization=build_organization("M.E.N.D.", id=MEND),
            areas=["US-TX"],
            formats=["video"],
            cost="donation",
            losses=["any_loss"],
            led_by=["peer"],
            access=["self"],
            languages=["en", "es"],
        ),
        listed(
            "National line",
            "helpline",
            organization=build_organization("Stillbirth Friends", id=STILLBIRTH_FRIENDS),
            areas=["US"],
            formats=["phone", "sms"],
            cost="free",
            losses=["stillbirth", "neonatal"],
            access=["self"],
            content_clear=["mentions_pregnancy"],
            assured_date=datetime.date(2026, 1, 15),
        ),
        listed(
            "Diagnosis circle",
            "support_group",
            areas=["US"],
            formats=["video"],
            losses=["tfmr"],
            led_by=["both"],
            topics=[build_term("Fertility")],
        ),
        listed(
            "Pregnant again circle",
            "support_group",
            areas=["US"],
            formats=["video"],
            audiences=["pregnant_after_loss"],
            content_notes=["mentions_pregnancy"],
        ),
        listed(
            "Partners' board",
            "forum",
            areas=["US"],
            formats=["forum", "social_media"],
            cost="fixed",
            price=12,
            unit="year",
            audiences=["partner"],
            access=["membership"],
        ),
        listed(
            "Two countries",
            "forum",
            areas=["US", "CA"],
            formats=["web_chat"],
            audiences=["lgbtq"],
        ),
        listed(
            "Miscarriage mentors",
            "peer_mentor",
            areas=["US"],
            formats=["phone"],
            description="Support by phone.",
        ),
        listed(
            "Memory boxes",
            "remembrance",
            areas=["US"],
            cost="free",
            content_notes=["photographs"],
        ),
        listed(
            "World board",
            "forum",
            areas=["*"],
            formats=["forum"],
            cost="free",
            losses=["early_miscarriage"],
            content_clear=["faith_based"],
            assured_date=datetime.date(2026, 3, 3),
        ),
        listed(
            "Texas perinatal talks",
            "counselling",
            "perinatal_or_grief",
            areas=["US-TX"],
            formats=["video"],
            cost="reduced_fee",
            price=45,
            led_by=["professional"],
            access=["register"],
            description="Counselling around birth.",
        ),
        listed(
            "Paperwork helpers",
            "practical_help",
            "perinatal_or_grief",
            areas=["US-TX"],
            formats=["email"],
        ),
        listed(
            "Mourning line",
            "helpline",
            "perinatal_or_grief",
            areas=["US"],
            formats=["text_chat"],
        ),
    ]


def _general_counselling(listed: Any) -> list[Service]:
    return [
        listed(
            "Dallas training rooms",
            "counselling",
            "general",
            at=[DALLAS],
            accessible=["step_free"],
            formats=["in_person"],
            cost="sliding_scale",
            price=5,
            price_max=40,
            led_by=["supervised_trainee"],
            languages=["es"],
            payments=["self_pay"],
            description="Counselling with a student.",
        ),
        listed(
            "Far practice",
            "counselling",
            "general",
            areas=["US"],
            formats=["video"],
            cost="fixed",
            price=60,
            led_by=["professional"],
            payments=["medicaid", "eap"],
            description="Counselling by video.",
        ),
        listed(
            "Insured practice",
            "counselling",
            "general",
            areas=["US"],
            formats=["video"],
            cost="insurance",
            price=10,
            led_by=["professional"],
            payments=["private_insurance"],
            access=["insurer"],
            description="Therapy by video.",
        ),
        listed(
            "Members' practice",
            "counselling",
            "general",
            areas=["US"],
            formats=["video"],
            cost="sliding_scale",
            price=30,
            price_max=70,
            joining_fee=65,
            access=["membership"],
            description="A therapist for every member.",
        ),
        listed(
            "Practice in pounds",
            "counselling",
            "general",
            areas=["*"],
            formats=["video"],
            cost="fixed",
            price=20,
            currency="GBP",
            description="Online counsellors.",
        ),
        listed(
            "Therapy fund",
            "financial_help",
            "general",
            areas=["US"],
            access=["application"],
            payments=["voucher"],
        ),
    ]


def _general_clinics(listed: Any) -> list[Service]:
    return [
        listed(
            "Near clinic",
            "clinic",
            "general",
            at=[ONE_KM_AWAY],
            cost="sliding_scale",
            languages=["es"],
            payments=["medicaid", "medicare", "self_pay"],
        ),
        listed(
            "Nearer clinic",
            "clinic",
            "general",
            at=[FEW_METRES_AWAY],
            cost="sliding_scale",
            languages=["vi"],
            payments=["medicaid"],
        ),
        listed(
            "Women's Health of Garland",
            "clinic",
            "general",
            at=[GARLAND],
            cost="sliding_scale",
        ),
    ]


def _looking_further(listed: Any) -> list[Service]:
    return [
        listed("Finder", "directory", "general", areas=["US"]),
        listed(
            "Booklets",
            "information",
            "general",
            areas=["US"],
            formats=["app", "online"],
            description="About pregnancy loss.",
        ),
        listed("Leaflets", "information", "general", areas=["US"]),
        listed("Line for any trouble", "helpline", "general", areas=["US"], formats=["phone"]),
    ]


def _shown_only_on_request(listed: Any) -> list[Service]:
    return [
        listed("Crisis line", "crisis_line", "general", areas=["US"], formats=["phone"]),
        listed("After abortion", "helpline", areas=["US"], formats=["phone"], losses=["abortion", "tfmr"]),
        listed(
            "Circle for nurses",
            "support_group",
            areas=["US"],
            formats=["video"],
            losses=["tfmr"],
            audiences=["professionals"],
        ),
    ]


def _elsewhere_in_the_united_states(listed: Any) -> list[Service]:
    return [
        listed(
            "Fort Worth evenings",
            "support_group",
            "perinatal_or_grief",
            at=[FORT_WORTH],
            formats=["in_person"],
            cost="free",
        ),
        listed("Houston circle", "support_group", at=[HOUSTON], formats=["in_person"]),
        listed("Houston early pregnancy unit", "clinic", at=[HOUSTON], formats=["in_person"]),
        listed("Served area not stated", "forum", formats=["forum"]),
        listed("Withdrawn circle", "support_group", status="inactive", at=[DALLAS]),
    ]


def _in_britain(listed: Any) -> list[Service]:
    return [
        listed(
            "Manchester visitors",
            "peer_mentor",
            areas=["GB-ENG/greater manchester"],
            formats=["home_visit"],
        ),
        listed(
            "English talks",
            "counselling",
            areas=["GB-ENG"],
            formats=["phone"],
            cost="free",
            access=["gp_referral"],
            payments=["nhs"],
            description="Counselling, once your doctor has written.",
        ),
        listed("British board", "forum", areas=["GB"], formats=["forum"]),
        listed("British stillbirth line", "helpline", areas=["GB"], formats=["phone"], cost="free"),
        listed(
            "London Sunday circle",
            "support_group",
            at=[_in((51.5085, -0.1257), "GB", "ENG", "London")],
            formats=["in_person"],
        ),
        listed("Welsh circle", "support_group", areas=["GB-WLS"], formats=["video"], languages=["cy"]),
    ]


def _in_ireland(listed: Any) -> list[Service]:
    return [
        listed(
            "Éire evening",
            "support_group",
            at=[_in((53.3331, -6.2489), "IE", "L", "Dublin")],
            formats=["in_person"],
            languages=["ga"],
            payments=["hse"],
        ),
        listed(
            "Circle 40.1 km from Dublin",
            "support_group",
            at=[_in((53.69971, -6.2526), "IE", "L", "")],
            formats=["in_person"],
        ),
        listed("Parish circle", "support_group", areas=["IE"], content_notes=["faith_based"]),
    ]


def _in_canada(listed: Any) -> list[Service]:
    return [
        listed(
            "Montréal circle",
            "support_group",
            at=[_in((45.5088, -73.5878), "CA", "QC", "Montréal")],
            formats=["in_person"],
            languages=["fr-CA"],
        ),
        listed("Line in French", "helpline", areas=["CA"], formats=["phone"], languages=["fr"]),
        listed("Ontario circle", "support_group", areas=["CA-ON"], payments=["provincial"]),
    ]


def _in_australia_and_new_zealand(listed: Any) -> list[Service]:
    """Where a word stands decides the order here: in the name, a term, the organization, the text."""
    return [
        listed(
            "Ectopic evenings",
            "support_group",
            "perinatal_or_grief",
            areas=["AU"],
            payments=["medicare_au"],
        ),
        listed("Monday circle", "support_group", areas=["AU"], losses=["ectopic"]),
        listed(
            "Tuesday circle",
            "support_group",
            organization=build_organization("Ectopic Friends"),
            areas=["AU"],
        ),
        listed(
            "Wednesday circle",
            "support_group",
            areas=["AU"],
            description="Talks about the ectopic kind.",
        ),
        listed(
            "Thursday circle",
            "support_group",
            areas=["AU"],
            description="Early loss. Ends with music.",
            eligibility_description="Tea for everyone.",
        ),
        listed(
            "Friday circle",
            "support_group",
            areas=["AU"],
            description="Support for parents after baby loss.",
        ),
        listed("Miscarriage circle", "support_group", areas=["AU"]),
        listed("New Zealand line", "helpline", areas=["NZ"], payments=["acc_te_whatu_ora"], languages=["mi"]),
        listed("New Zealand handbook of loss", "information", areas=["NZ"]),
    ]
