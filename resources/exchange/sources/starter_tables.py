"""What the starter catalogue says in its own words, and what each word becomes. Tables only."""

from __future__ import annotations

from dataclasses import dataclass

from resources.exchange.records import AreaPart
from resources.vocabulary import (
    Access,
    Audience,
    AudienceRule,
    ContentNote,
    Extent,
    Format,
    Kind,
    LedBy,
    Loss,
    Status,
)

# Written in two ways in the catalogue; "HAND" and "H.A.N.D." are two organizations.
ONE_ORGANIZATION = {
    "HRSA": "HRSA (US Health Resources and Services Administration)",
    "Pregnancy and Infant Loss Network": (
        "Pregnancy and Infant Loss Network, Sunnybrook Health Sciences Centre"
    ),
    "Red Nose Australia": "Red Nose Australia (includes Sands Australia)",
}

# `audience` mixes losses, people and topics.
LOSSES: dict[str, tuple[str, ...]] = {
    "pregnancy_loss": (Loss.ANY_LOSS,),
    "miscarriage": (Loss.MISCARRIAGE,),
    "recurrent_loss": (Loss.RECURRENT,),
    "ectopic": (Loss.ECTOPIC,),
    "molar": (Loss.MOLAR,),
    "tfmr": (Loss.TFMR,),
    "abortion": (Loss.ABORTION,),
    "stillbirth": (Loss.STILLBIRTH,),
    "infant_loss": (Loss.NEONATAL, Loss.INFANT),
    "sids": (Loss.INFANT,),
}
# Losses that a record's words say beside its list.
MORE_LOSSES: dict[str, tuple[str, ...]] = {"us-pals": (Loss.ANY_LOSS,)}
AUDIENCES: dict[str, str] = {
    "fathers": Audience.FATHERS,
    "partners": Audience.PARTNER,
    "grandparents": Audience.GRANDPARENTS,
    "siblings": Audience.CHILDREN,
    "bipoc": Audience.PEOPLE_OF_COLOUR,
    "black_women": Audience.BLACK,
    "lgbtq": Audience.LGBTQ,
    "east_african_women": Audience.MIGRANTS,
    "pregnancy_after_loss": Audience.PREGNANT_AFTER_LOSS,
}
TOPICS: dict[str, tuple[str, str]] = {
    "mental_health": ("mental-health", "Mental health"),
    "infertility": ("infertility", "Infertility"),
    "child_loss": ("child-loss", "Death of a child of any age"),
    "bereavement": ("bereavement", "Bereavement"),
    "perinatal": ("perinatal", "Pregnancy, birth and the time after"),
    "medical": ("medical", "Medical care"),
    "crisis": ("crisis", "Crisis"),
}
# Where the record's own words say more of its people than the list does.
AUDIENCE_RULES: dict[str, dict[str, str]] = {
    "us-psi-tfmr": {Audience.BIRTHING_PARENT: AudienceRule.ONLY},
    "us-star-legacy-groups": {Audience.PARENTING_AFTER_LOSS: AudienceRule.OPEN},
    "us-pals": {
        Audience.PREGNANT_AFTER_LOSS: AudienceRule.DESIGNED_FOR,
        Audience.TRYING_AGAIN: AudienceRule.DESIGNED_FOR,
        Audience.PARENTING_AFTER_LOSS: AudienceRule.DESIGNED_FOR,
    },
    "us-sisters-in-loss": {Audience.BLACK: AudienceRule.DESIGNED_FOR},
    "us-loveland": {Audience.BLACK: AudienceRule.DESIGNED_FOR},
    "us-nqttcn": {
        Audience.LGBTQ: AudienceRule.DESIGNED_FOR,
        Audience.PEOPLE_OF_COLOUR: AudienceRule.DESIGNED_FOR,
    },
    "us-healing-margins": {
        Audience.LGBTQ: AudienceRule.DESIGNED_FOR,
        Audience.PEOPLE_OF_COLOUR: AudienceRule.DESIGNED_FOR,
    },
    "au-sms4dads": {Audience.FATHERS: AudienceRule.DESIGNED_FOR},
    "au-amalkabir": {Audience.MIGRANTS: AudienceRule.DESIGNED_FOR},
    "us-hand-bayarea": {Audience.PREGNANT_AFTER_LOSS: AudienceRule.OPEN},
    "us-hand-houston": {Audience.FAMILY: AudienceRule.OPEN},
    "us-exhale": {Audience.PARTNER: AudienceRule.OPEN, Audience.FAMILY: AudienceRule.OPEN},
    "uk-petals": {Audience.COUPLE: AudienceRule.OPEN, Audience.FATHERS: AudienceRule.OPEN},
}
CONTENT_NOTES: dict[str, tuple[str, ...]] = {"us-hand-bayarea": (ContentNote.MENTIONS_PREGNANCY,)}
ELIGIBILITY = {
    "us-psi-tfmr": "Partners are asked to use other groups.",
    "us-healing-margins": "People who live in Tennessee.",
    "au-rednose-rural": "People in regional and remote Australia.",
}

# "volunteer" and "trained_facilitator" say neither training nor licence of a volunteer: they become nothing.
LED_BY: dict[str, tuple[str, ...]] = {
    "peer": (LedBy.PEER,),
    "peer_volunteer": (LedBy.PEER,),
    "trained_volunteer": (LedBy.TRAINED_VOLUNTEER,),
    "professional": (LedBy.PROFESSIONAL,),
    "supervised_trainee": (LedBy.SUPERVISED_TRAINEE,),
    "mixed": (LedBy.BOTH,),
}
ACCESS: dict[str, tuple[str, ...]] = {
    "us-emptyarms-tfmr": (Access.DROP_IN,),
    "us-star-legacy-groups": (Access.REGISTER,),
    "us-openpath": (Access.MEMBERSHIP,),
    "uk-petals": (Access.HOSPITAL_REFERRAL,),
    "ie-ifpa": (Access.HOSPITAL_REFERRAL,),
    "ca-pail": (Access.REGISTER,),
    "ca-pail-abortion": (Access.DROP_IN, Access.REGISTER),
}

# "shop" and "application" are no ways of meeting.
FORMATS: dict[str, tuple[str, ...]] = {
    "phone": (Format.PHONE,),
    "chat": (Format.WEB_CHAT,),
    "email": (Format.EMAIL,),
    "video": (Format.VIDEO,),
    "online": (Format.ONLINE,),
    "telehealth": (Format.ONLINE,),
    "app": (Format.APP,),
    "in_person": (Format.IN_PERSON,),
}
# What the record's own words say of the way, where its mode says only "online".
ONLINE_WAYS = (
    (r"\b[Vv]ideo\b|\bZoom\b", Format.VIDEO),
    (r"\bFacebook\b", Format.SOCIAL_MEDIA),
    (r"\b[Ff]orums?\b|\b[Mm]essage board\b", Format.FORUM),
)
# Where the record's words say more of the way than its modes: a visit at home or in hospital comes to you.
MEETINGS: dict[str, tuple[str, ...]] = {
    "us-emptyarms-companion": (Format.PHONE, Format.SMS, Format.HOME_VISIT),
    "us-star-legacy-peer": (Format.PHONE, Format.IN_PERSON, Format.HOME_VISIT),
    "uk-heldinourhearts": (Format.IN_PERSON, Format.HOME_VISIT),
}
# What to text, where the record's words say it.
TEXT_WORDS = {"us-emptyarms-companion": "Text NEED COMPANION"}
# Where it meets, where the record's words name the place.
PLACE_NAMES = {"us-hand-houston": "Chapelwood United Methodist Church"}
# Interpreters, where the record's words offer them.
INTERPRETERS = {
    "us-nmmhh": "60 more languages by interpreter.",
    "us-mncsid": "Interpreters are available for other languages.",
    "us-pswa-warmline": "There is a line in Spanish, and interpreters for other languages.",
}

# What is said of the cost beside a price, or where there is none. The notes in the records are
# their compiler's own: only these reviewed words are shown, and where a record is not here, nothing is.
COST_WORDS = {
    "us-mncsid": "Some other services are low-cost",
    "us-aplacetoremember": "Sells keepsakes",
    "us-tears-funeral": "Grants of up to $500, as an older page says",
    "us-loveland": "Vouchers of up to $120 a session, for up to 12 sessions; you pay the rest",
    "us-nqttcn": "Grants of up to $100 a session, for up to 8 sessions",
    "us-healing-margins": "Pays for 12 sessions, to be used within a year",
    "us-csulb-clinic": "Half price on request",
    "us-jsu-apsc": "The first visit costs a flat $25",
    "us-healwise": "Lists services that are free or cost up to $30 a session",
    "us-hrsa": "A small charge up to the federal poverty guideline, a discount up to twice that",
    "us-titlex": "Free up to the federal poverty guideline, a discount up to two and a half times that",
    "us-fhc-louisville": "The lowest of six bands pays $25 a visit, or $40 for dental care",
    "us-neahsi": "The least that someone without insurance pays",
    "uk-petals": "Up to six one-hour sessions",
    "ie-ifpa": "Eight sessions",
    "au-pinkelephants": "Six sessions (2018)",
}
NOT_A_PRICE = ("us-healwise",)  # a rule for what this directory lists, not what anyone pays here

# What the map's reasons to hold mean for the status; any other reason stays as it is written.
HELD: dict[str, tuple[str, str]] = {
    "closed": (Status.DEFUNCT, "closed"),
    "needs_check": (Status.INACTIVE, "needs_check: to be confirmed before it is shown"),
}

# What a description says to whoever compiled it, and what a visitor reads in its place. Curators read the
# whole of it in the source record.
CURATOR_NOTES: dict[str, tuple[str, str]] = {
    "us-psi-helpline": (
        "One public listing says a trained volunteer calls back, so it is not an emergency line.",
        "It is not an emergency line.",
    ),
    "us-aplacetoremember": ("; one hospital page still links to it as a website resource.", "."),
    "int-babylossdir": ("The stored copies are old.", ""),
    "us-backline": ("Seen only on an older clinic page; confirm before publishing.", ""),
    "us-connect-breathe": ("Seen only on an older clinic page; confirm before publishing.", ""),
    "au-griefline": ("Kept as a closed record so old links can be answered.", ""),
}

# Their town is where the office is, not where people meet.
OFFICE_ONLY = ("us-share", "us-miss")
# Towns whose country has no states in the records, or whose record leaves its state out: Louisville stays
# without, for the record does not say which of the five it is.
TOWN_REGIONS = {"Aberdeen": "SCT", "Liverpool": "ENG", "Dublin": ""}


# Towns that the gazetteer calls otherwise.
GAZETTEER_NAMES = {"New York": "New York City"}


@dataclass(frozen=True)
class Part:
    """One service of a record.

    The first has the record's own name; `suffix` names the others, and `name` a first one whose record's name
    promises what another part gives.

    `formats` and `led_by` are None where the record's are this service's own. `without` names what the record
    gives for another of its services: phones, email, cost, hours, schedule.
    """

    kind: str
    code: str = ""
    suffix: str = ""
    formats: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()
    name: str = ""
    led_by: tuple[str, ...] | None = None

    def takes(self, column: str) -> bool:
        return column not in self.without


_MENTOR = "one-to-one peer support"
_GROUPS = "support groups"
SPLITS: dict[str, tuple[Part, ...]] = {
    "us-first-candle": (
        Part(Kind.HELPLINE, formats=(Format.PHONE,), name="First Candle grief line"),
        Part(
            Kind.SUPPORT_GROUP,
            "groups",
            "online support groups",
            (Format.ONLINE,),
            ("phones", "hours"),
            led_by=(LedBy.PEER,),
        ),
    ),
    "us-mend": (
        Part(Kind.SUPPORT_GROUP, formats=(Format.IN_PERSON,)),
        Part(Kind.SUPPORT_GROUP, "online", "online support group", (Format.ONLINE,), ("schedule",)),
        Part(Kind.REMEMBRANCE, "remembrance", "remembrance ceremonies", (), ("schedule",)),
    ),
    "us-share": (
        Part(Kind.SUPPORT_GROUP, formats=(Format.IN_PERSON, Format.ONLINE)),
        Part(Kind.PEER_MENTOR, "mentor", _MENTOR, (Format.PHONE,)),
    ),
    "us-miss": (
        Part(Kind.FORUM, formats=(Format.FORUM,)),
        Part(Kind.PEER_MENTOR, "mentor", _MENTOR, ()),
        Part(Kind.SUPPORT_GROUP, "groups", _GROUPS, (Format.IN_PERSON,)),
    ),
    "us-hand-bayarea": (
        Part(Kind.SUPPORT_GROUP, formats=(Format.IN_PERSON,)),
        Part(Kind.PEER_MENTOR, "mentor", _MENTOR, (Format.PHONE,)),
    ),
    "us-hand-houston": (
        Part(Kind.SUPPORT_GROUP, formats=(Format.IN_PERSON,)),
        Part(Kind.HELPLINE, "helpline", "help line", (Format.PHONE,), ("schedule",)),
    ),
    "us-tears": (
        Part(Kind.SUPPORT_GROUP, formats=(Format.IN_PERSON,), name="The TEARS Foundation support groups"),
        Part(Kind.PEER_MENTOR, "mentor", _MENTOR, (Format.IN_PERSON, Format.PHONE), ("cost",)),
    ),
    "uk-ma-forum": (
        Part(Kind.FORUM, formats=(Format.FORUM,), name="Miscarriage Association forum"),
        Part(Kind.PEER_MENTOR, "mentor", _MENTOR, ()),
    ),
    "uk-ept": (
        Part(Kind.INFORMATION, formats=(Format.ONLINE,), led_by=()),
        Part(Kind.PEER_MENTOR, "mentor", _MENTOR, (Format.PHONE, Format.ONLINE)),
    ),
    "uk-lilymae": (
        Part(Kind.SUPPORT_GROUP, formats=(Format.IN_PERSON,)),
        Part(Kind.PEER_MENTOR, "mentor", _MENTOR, (), ("schedule",)),
    ),
    "uk-lullaby": (
        Part(Kind.HELPLINE),
        Part(Kind.PEER_MENTOR, "mentor", _MENTOR, (), ("cost",), led_by=(LedBy.PEER,)),
    ),
    "uk-miss-aberdeen": (
        Part(Kind.HELPLINE, formats=(Format.PHONE,)),
        Part(Kind.SUPPORT_GROUP, "groups", "online support groups", (Format.ONLINE,)),
        Part(Kind.PEER_MENTOR, "mentor", _MENTOR, (Format.ONLINE,)),
    ),
    "ie-mai": (
        Part(Kind.HELPLINE, formats=(Format.PHONE, Format.EMAIL), without=("schedule",)),
        Part(Kind.SUPPORT_GROUP, "groups", "monthly support meetings", (Format.IN_PERSON,)),
    ),
    "ca-pail": (
        Part(Kind.PEER_MENTOR, formats=(Format.PHONE, Format.ONLINE)),
        Part(Kind.SUPPORT_GROUP, "groups", _GROUPS, (Format.ONLINE,)),
    ),
    "ca-pilsc": (
        Part(Kind.COUNSELLING),
        Part(Kind.HELPLINE, "helpline", "helpline", (Format.PHONE,)),
        Part(Kind.SUPPORT_GROUP, "groups", _GROUPS, ()),
    ),
    "ca-foothills": (
        Part(Kind.BEREAVEMENT_CARE),
        Part(Kind.COUNSELLING, "counselling", "counselling"),
        Part(Kind.SUPPORT_GROUP, "groups", _GROUPS),
    ),
    "au-bears": (
        Part(Kind.COUNSELLING, formats=(Format.IN_PERSON, Format.ONLINE)),
        Part(Kind.HELPLINE, "helpline", "grief support line", (Format.PHONE, Format.EMAIL), ("cost",)),
        Part(Kind.SUPPORT_GROUP, "groups", _GROUPS, (), ("cost",)),
    ),
    "au-pinkelephants": (
        Part(Kind.PEER_MENTOR, formats=(Format.PHONE,)),
        Part(Kind.FORUM, "forum", "online community", (Format.FORUM,), ("cost",)),
    ),
}

_WORLD = ((Extent.WORLD, "*"),)
_CANADA_TOO = ((Extent.COUNTRY, "US"), (Extent.COUNTRY, "CA"))


def _country(code: str) -> tuple[tuple[str, str], ...]:
    return ((Extent.COUNTRY, code),)


def _region(code: str) -> tuple[tuple[str, str], ...]:
    return ((Extent.REGION, code),)


def _counties(region: str, *names: str) -> tuple[tuple[str, str], ...]:
    return tuple((Extent.COUNTY, f"{region}/{name}") for name in names)


# Whom a service reaches, by the words of `area_covered`. An empty entry is a town, or something that
# countries, states and counties cannot say: the service is then found at its town, or by its words only.
AREAS: dict[str, tuple[tuple[str, str], ...]] = {
    "United States": _country("US"),
    "United States (online)": _country("US"),
    "United States (telephone)": _country("US"),
    "United States (mail order)": _country("US"),
    "United States (chapters)": _country("US"),
    "United States (75+ chapters in 29 states)": _country("US"),
    "United States (chapters in all states), PR, Guam": _country("US"),
    "United States and abroad (based in Phoenix, AZ)": _country("US"),
    "United States and other countries": _country("US"),
    "United States, Israel and elsewhere": (*_country("US"), *_country("IL")),
    "United States and Canada": _CANADA_TOO,
    "International": _WORLD,
    "International (online)": _WORLD,
    "International (online), US based": _WORLD,
    "International (Facebook)": _WORLD,
    "Minnesota": _region("US-MN"),
    "Minnesota (as given on the Minnesota chapter page)": _region("US-MN"),
    "Washington State": _region("US-WA"),
    "Connecticut": _region("US-CT"),
    "Tennessee": _region("US-TN"),
    # The other states are not named.
    "Texas and several other US states; online group": _region("US-TX"),
    # Where it is based is the least that it serves.
    "Online (based in western Massachusetts)": _region("US-MA"),
    "Western Massachusetts": _counties("US-MA", "berkshire", "franklin", "hampden", "hampshire"),
    "San Francisco Bay Area, California": _counties(
        "US-CA",
        "alameda",
        "contra costa",
        "marin",
        "napa",
        "san francisco",
        "san mateo",
        "santa clara",
        "solano",
        "sonoma",
    ),
    "Long Island, New York": _counties("US-NY", "nassau", "suffolk"),
    "New York City and virtual": _counties("US-NY", "bronx", "kings", "new york", "queens", "richmond"),
    "California (Orange, San Bernardino)": _counties("US-CA", "orange", "san bernardino"),
    "Palm Beach County, Florida": _counties("US-FL", "palm beach"),
    # The county of the address: the help line has no place of its own to be found at.
    "Houston, Texas": _counties("US-TX", "harris"),
    "Listed US states only": (),
    "Mankato, Minnesota": (),
    "Portland, Oregon": (),
    "Long Beach, California": (),
    "Louisville": (),
    "United Kingdom": _country("GB"),
    "United Kingdom (online)": _country("GB"),
    "UK, mainly partner NHS trusts": _country("GB"),
    "Lothian, Scotland": _counties("GB-SCT", "edinburgh city", "east lothian", "midlothian", "west lothian"),
    "Scotland (Lothian)": _counties("GB-SCT", "edinburgh city", "east lothian", "midlothian", "west lothian"),
    "Aberdeen and north-east Scotland": (),
    "Liverpool, England": (),
    "Ireland": _country("IE"),
    "Dublin, Ireland": (),
    "Ontario, Canada": _region("CA-ON"),
    "Ontario, Canada (online)": _region("CA-ON"),
    "Alberta and remote": _region("CA-AB"),
    "Calgary, Alberta": (),
    "Australia": _country("AU"),
    # No country either: it is not for Sydney or Melbourne.
    "Regional and remote Australia (online)": (),
    "New Zealand": _country("NZ"),
    "New Zealand (about 25 local groups)": _country("NZ"),
    "Counties Manukau, Auckland region": _region("NZ-AUK"),
}
# What visitors read in place of `area_covered`, where that was written for curators.
AREA_NAMES = {
    "United States and abroad (based in Phoenix, AZ)": "United States and other countries",
    "Texas and several other US states; online group": "Texas and other US states",
    "Minnesota (as given on the Minnesota chapter page)": "Minnesota",
}
# Whom one part of a record reaches, where the record's own words speak of another. Two are online with no
# stated reach: the state of their chapters is the least they serve, and their names claim no more.
_NOT_STATED = "Online"
PART_AREAS: dict[tuple[str, str], tuple[AreaPart, ...]] = {
    ("us-mend", "online"): (AreaPart(_NOT_STATED, str(Extent.REGION), "US-TX"),),
    ("us-emptyarms-tfmr", ""): (AreaPart(_NOT_STATED, str(Extent.REGION), "US-MA"),),
    ("us-miss", "groups"): (),
}


def areas_of(said: str) -> tuple[AreaPart, ...]:
    """The areas that these words mean, each named as the record says it, or as visitors read it."""
    name = AREA_NAMES.get(said, said)
    return tuple(AreaPart(name, str(extent), area) for extent, area in AREAS[said])
