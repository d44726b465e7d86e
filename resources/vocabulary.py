"""Fixed vocabularies. Codes are permanent: they are in URLs, in the API and in the database.

The order of a facet's values is permanent too, because a value's position is its bit in a mask: only append.
Labels may be improved. A label is for visitors; `DEFINITIONS` explains what it means.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db.models import TextChoices
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

MAX_VALUES = 62  # a mask is a signed 64-bit integer on both databases


class Vocabulary(TextChoices):
    """A closed list of values, each with a permanent bit."""

    @property
    def number(self) -> int:
        """The position in the list, from 0."""
        return _numbers(type(self))[self]

    @property
    def bit(self) -> int:
        """The value's bit in a mask."""
        return 1 << self.number

    @classmethod
    def mask(cls, values: Iterable[Any]) -> int:
        """Return the mask of these values. Raises ValueError for one that is not in the list."""
        mask = 0
        for value in values:
            mask |= cls(value).bit
        return mask

    @classmethod
    def unmask(cls, mask: int) -> tuple[Any, ...]:
        """Return the values in a mask, in the order of the list."""
        if not mask:
            return ()
        return tuple(value for value, number in _numbers(cls).items() if mask >> number & 1)

    @classmethod
    def everything(cls) -> int:
        """Return the mask of all values."""
        return (1 << len(cls)) - 1


class PhraseVocabulary(Vocabulary):
    """A vocabulary whose labels also occur inside sentences.

    `phrase` is written as inside a sentence: "free" or "Black women and families"; `label` begins with a
    capital: "Free".
    """

    @property
    def phrase(self) -> Any:
        return super().label

    @property
    def label(self) -> Any:
        return capfirst(self.phrase)


@cache
def _numbers(vocabulary: type[Vocabulary]) -> dict[Any, int]:
    return {value: number for number, value in enumerate(vocabulary)}


class Status(Vocabulary):
    """HSDS `service.status`."""

    ACTIVE = "active", _("Active")
    INACTIVE = "inactive", _("Inactive")
    DEFUNCT = "defunct", _("Defunct")
    TEMPORARILY_CLOSED = "temporarily closed", _("Temporarily closed")


class Kind(PhraseVocabulary):
    SUPPORT_GROUP = "support_group", _("support group")
    FORUM = "forum", _("online community")
    PEER_MENTOR = "peer_mentor", _("one-to-one peer support")
    COUNSELLING = "counselling", _("counseling")
    HELPLINE = "helpline", _("helpline or text line")
    CRISIS_LINE = "crisis_line", _("crisis line")
    BEREAVEMENT_CARE = "bereavement_care", _("hospital or community bereavement team")
    CLINIC = "clinic", _("low-cost clinic")
    PRACTICAL_HELP = "practical_help", _("practical help")
    FINANCIAL_HELP = "financial_help", _("help with costs")
    REMEMBRANCE = "remembrance", _("remembrance")
    DIRECTORY = "directory", _("more places to look")
    INFORMATION = "information", _("information")
    SPECIALIST_CLINIC = "specialist_clinic", _("specialist clinic")
    MENTAL_HEALTH_CLINIC = "mental_health_clinic", _("community mental health clinic")


class Cost(PhraseVocabulary):
    FREE = "free", _("free")
    DONATION = "donation", _("free, donations welcome")
    SLIDING_SCALE = "sliding_scale", _("sliding scale")
    REDUCED_FEE = "reduced_fee", _("reduced fee")
    FIXED = "fixed", _("fixed price")
    INSURANCE = "insurance", _("insurance accepted")
    UNKNOWN = "unknown", _("cost not listed")


class CostUnit(Vocabulary):
    SESSION = "session", _("a session")
    VISIT = "visit", _("a visit")
    MONTH = "month", _("a month")
    YEAR = "year", _("a year")
    ONCE = "once", _("once")


class FeeRule(Vocabulary):
    """A rule that limits what a whole kind of service may charge."""

    HEALTH_CENTER = "health_center", _("US health center: sliding fee by law")


class ProofOfIncome(Vocabulary):
    NOT_ASKED = "not_asked", _("No proof of income needed")
    OWN_WORD = "own_word", _("You can state your income without proof")
    NEEDED = "needed", _("Proof of income needed")


class Period(Vocabulary):
    """The period of an income."""

    YEAR = "year", _("a year")
    MONTH = "month", _("a month")
    WEEK = "week", _("a week")
    HOUR = "hour", _("an hour")


class GuidelineRegion(Vocabulary):
    """The three tables of the US poverty guidelines."""

    CONTIGUOUS = "contiguous", _("The 48 states and Washington, DC")
    ALASKA = "alaska", _("Alaska")
    HAWAII = "hawaii", _("Hawaii")


class Weekday(Vocabulary):
    MONDAY = "monday", _("Monday")
    TUESDAY = "tuesday", _("Tuesday")
    WEDNESDAY = "wednesday", _("Wednesday")
    THURSDAY = "thursday", _("Thursday")
    FRIDAY = "friday", _("Friday")
    SATURDAY = "saturday", _("Saturday")
    SUNDAY = "sunday", _("Sunday")


# As RFC 5545 writes them, in the same order: "MO", "TU" ...
DAY_CODES = tuple(day.value[:2].upper() for day in Weekday)


class Format(PhraseVocabulary):
    IN_PERSON = "in_person", _("in person")
    HOME_VISIT = "home_visit", _("they come to you")
    VIDEO = "video", _("video call")
    PHONE = "phone", _("phone call")
    TEXT_CHAT = "text_chat", _("text or web chat")
    SMS = "sms", _("text message")
    WEB_CHAT = "web_chat", _("web chat")
    EMAIL = "email", _("email")
    FORUM = "forum", _("message board")
    SOCIAL_MEDIA = "social_media", _("social media account needed")
    APP = "app", _("app")
    ONLINE = "online", _("online (no details given)")


class Loss(PhraseVocabulary):
    ANY_LOSS = "any_loss", _("any loss")
    MISCARRIAGE = "miscarriage", _("miscarriage")
    EARLY_MISCARRIAGE = "early_miscarriage", _("early miscarriage")
    LATER_MISCARRIAGE = "later_miscarriage", _("later miscarriage")
    RECURRENT = "recurrent", _("more than one loss")
    ECTOPIC = "ectopic", _("ectopic pregnancy")
    MOLAR = "molar", _("molar pregnancy")
    TFMR = "tfmr", _("ending a pregnancy for medical reasons (TFMR)")
    ABORTION = "abortion", _("after an abortion")
    STILLBIRTH = "stillbirth", _("stillbirth")
    NEONATAL = "neonatal", _("newborn death")
    INFANT = "infant", _("infant death, including SIDS")
    MULTIPLES = "multiples", _("loss in a twin or multiple pregnancy")
    FERTILITY_TREATMENT = "fertility_treatment", _("loss after IVF or other treatment")
    LIFE_LIMITING = "life_limiting", _("continuing a pregnancy after a serious diagnosis")
    CHILD_ANY_AGE = "child_any_age", _("death of a child at any age")


class Audience(PhraseVocabulary):
    BIRTHING_PARENT = "birthing_parent", _("people who were pregnant")
    PARTNER = "partner", _("partners")
    FATHERS = "fathers", _("dads and men")
    COUPLE = "couple", _("couples together")
    GRANDPARENTS = "grandparents", _("grandparents")
    CHILDREN = "children", _("children and siblings under 18")
    FAMILY = "family", _("other family and friends")
    YOUNG_PEOPLE = "young_people", _("teens and young adults")
    SINGLE_PARENT = "single_parent", _("single parents and people on their own")
    LGBTQ = "lgbtq", _("LGBTQ+ people")
    BLACK = "black", _("Black women and families")
    INDIGENOUS = "indigenous", _("Indigenous people")
    PEOPLE_OF_COLOUR = "people_of_colour", _("people of color")
    MIGRANTS = "migrants", _("migrants and refugees")
    DISABLED = "disabled", _("disabled people")
    MILITARY = "military", _("military families")
    PREGNANT_AFTER_LOSS = "pregnant_after_loss", _("pregnant again")
    TRYING_AGAIN = "trying_again", _("trying again")
    PARENTING_AFTER_LOSS = "parenting_after_loss", _("parenting after loss")
    PROFESSIONALS = "professionals", _("health workers")


class AudienceRule(Vocabulary):
    """How strictly a service is for an audience."""

    OPEN = "open", _("Open to them too")
    DESIGNED_FOR = "designed_for", _("Made for them")
    ONLY = "only", _("For them only")


class LedBy(PhraseVocabulary):
    PEER = "peer", _("led by people who have had a similar loss")
    TRAINED_VOLUNTEER = "trained_volunteer", _("led by a trained volunteer")
    PROFESSIONAL = "professional", _("led by a professional")
    SUPERVISED_TRAINEE = "supervised_trainee", _("led by a supervised trainee")
    BOTH = "both", _("led by a peer and a professional")


class Access(PhraseVocabulary):
    SELF = "self", _("contact them yourself")
    DROP_IN = "drop_in", _("just show up (drop-in)")
    REGISTER = "register", _("register or fill in a form first")
    APPLICATION = "application", _("apply (there may be rounds or a waiting list)")
    GP_REFERRAL = "gp_referral", _("referral by your GP or family doctor")
    HOSPITAL_REFERRAL = "hospital_referral", _("referral by the hospital that cared for you")
    PROFESSIONAL_REFERRAL = "professional_referral", _("referral by any health or social worker")
    INSURER = "insurer", _("through your insurer or employer program")
    MEMBERSHIP = "membership", _("membership required")


class OpenTo(PhraseVocabulary):
    """Who may use the service."""

    ANYONE = "anyone", _("anyone may come")
    OWN_PATIENTS = "own_patients", _("families cared for there")
    AREA = "area", _("people who live in their area")


class Payment(PhraseVocabulary):
    MEDICAID = "medicaid", _("Medicaid (US, including CHIP)")
    MEDICARE = "medicare", _("Medicare (US)")
    MEDICARE_AU = "medicare_au", _("Medicare (Australia)")
    PRIVATE_INSURANCE = "private_insurance", _("private insurance")
    MILITARY_INSURANCE = "military_insurance", _("TRICARE or VA")
    IHS = "ihs", _("Indian Health Service")
    EAP = "eap", _("employee assistance program (EAP)")
    NHS = "nhs", _("NHS-funded (UK)")
    HSE = "hse", _("HSE-funded (Ireland)")
    PROVINCIAL = "provincial", _("provincial plan (Canada)")
    ACC_TE_WHATU_ORA = "acc_te_whatu_ora", _("public funding (New Zealand)")
    VOUCHER = "voucher", _("accepts vouchers or grants")
    SELF_PAY = "self_pay", _("self-pay (uninsured welcome)")


class Fit(PhraseVocabulary):
    """How close a service is to pregnancy loss. It affects the order, and never hides anything."""

    SPECIALIST = "specialist", _("made for pregnancy loss")
    PERINATAL_OR_GRIEF = "perinatal_or_grief", _("for pregnancy, birth or any bereavement")
    GENERAL = "general", _("for anyone")


class ContentNote(PhraseVocabulary):
    """Notes shown before a link. Three-valued: mentioned, known not to be, unknown."""

    MENTIONS_ABORTION = "mentions_abortion", _("mentions abortion")
    MENTIONS_PREGNANCY = "mentions_pregnancy", _("mentions pregnancy")
    MENTIONS_LIVING_CHILDREN = "mentions_living_children", _("mentions living children")
    PHOTOGRAPHS = "photographs", _("shows photographs")
    FAITH_BASED = "faith_based", _("faith-based")
    COMMERCIAL = "commercial", _("commercial")
    OPPOSES_ABORTION = "opposes_abortion", _("its site teaches against abortion")


class AccessFeature(PhraseVocabulary):
    """Accessibility features of a place; HSDS `accessibility` describes them in words."""

    STEP_FREE = "step_free", _("step-free (wheelchair accessible)")
    ACCESSIBLE_TOILET = "accessible_toilet", _("accessible toilet")
    ACCESSIBLE_PARKING = "accessible_parking", _("accessible parking")
    LIFT = "lift", _("elevator")
    HEARING_LOOP = "hearing_loop", _("hearing loop")
    CAPTIONS = "captions", _("live captions")
    QUIET_SPACE = "quiet_space", _("quiet space")
    SIGN_LANGUAGE = "sign_language", _("sign language")


class Visibility(Vocabulary):
    """What a visitor must ask for before a listing is shown, unless its whole name is searched for."""

    NOTHING = "nothing", _("Always shown")
    KIND = "kind", _("By kind only")
    LOSS = "loss", _("By type of loss only")
    AUDIENCE = "audience", _("By audience only")


class LocationType(Vocabulary):
    """HSDS `location.location_type`."""

    PHYSICAL = "physical", _("Physical")
    VIRTUAL = "virtual", _("Virtual")
    POSTAL = "postal", _("Postal")


class Precision(Vocabulary):
    """How exact a point is."""

    EXACT = "exact", _("The address")
    TOWN = "town", _("The town only")
    AREA = "area", _("The postal area only")


class Extent(Vocabulary):
    """How far a service area reaches, narrowest first."""

    POSTAL_CODE = "postal_code", _("Postal code")
    COUNTY = "county", _("County")
    REGION = "region", _("State, province or region")
    COUNTRY = "country", _("Country")
    WORLD = "world", _("The world")


class PhoneType(Vocabulary):
    VOICE = "voice", _("Call")
    SMS = "sms", _("Text")
    TTY = "tty", _("TTY")
    FAX = "fax", _("Fax")


class Role(Vocabulary):
    """Roles of curators; each has the rights of the one before it. See `curation.permissions`."""

    VIEWER = "viewer", _("Viewer: can read everything")
    EDITOR = "editor", _("Editor: can edit and check listings")
    REVIEWER = "reviewer", _("Reviewer: can also approve other people’s edits")
    ADMINISTRATOR = "administrator", _("Administrator: can also manage accounts")


class Outcome(Vocabulary):
    """The outcome of checking a service."""

    RIGHT = "right", _("Still correct")
    NO_ANSWER = "no_answer", _("No answer")
    FULL = "full", _("Full (no new people)")
    MOVED = "moved", _("Moved")
    CLOSED = "closed", _("Closed")


class Learned(Vocabulary):
    """How a curator learned that a service is still correct."""

    PHONE = "phone", _("By phone")
    WRITING = "writing", _("In writing")
    OWN_PAGE = "own_page", _("On their own page")


class ProblemType(Vocabulary):
    """What a visitor reports as wrong, the most harmful first."""

    UNSAFE = "unsafe", _("I was treated badly, or it does not feel safe")
    CLOSED = "closed", _("It has closed")
    UNREACHABLE = "unreachable", _("Nobody answers the phone or email")
    FULL = "full", _("It is full")
    WRONG = "wrong", _("Something else is wrong")
    OURS = "ours", _("This is our service: correct or remove it")


class Decision(Vocabulary):
    """A curator's decision about someone else's contribution or edit."""

    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")


class UploadStep(Vocabulary):
    """How far an uploaded list is."""

    PLANNING = "planning", _("Being read")
    READY = "ready", _("Ready to confirm")
    APPLYING = "applying", _("Being imported")
    APPLIED = "applied", _("Imported")


class PlannedOutcome(Vocabulary):
    """What an import would do with a row of a list."""

    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    HELD = "held", _("Held")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ContactKind(Vocabulary):
    """A contact detail that is checked by machine."""

    WEBSITE = "website", _("Website")
    PHONE = "phone", _("Phone number")


class ProviderAnswer(Vocabulary):
    """What a provider answered when asked whether their listing is right."""

    CONFIRMED = "confirmed", _("Everything is right")
    CORRECTED = "corrected", _("Something is wrong")
    REMOVAL = "removal", _("Please remove it")
    UNSUBSCRIBED = "unsubscribed", _("No more messages")


class CredentialKind(Vocabulary):
    AFFILIATION = "affiliation", _("Belongs to")
    LICENCE = "licence", _("License or registration")
    ACCREDITATION = "accreditation", _("Accreditation")


class PregnancyOptionsPolicy(Vocabulary):
    """Whether a service that advises on pregnancy offers or refers for all options (listing policy)."""

    NOT_ABOUT = "not_about", _("Does not advise on pregnancy")
    YES = "yes", _("Offers or refers for all options")
    NO = "no", _("Does not offer or refer for all options")


class Section(Vocabulary):
    """The sections of a page of results, in their order."""

    NEAR_YOU = "near_you", _("Near you")
    BY_PHONE = "by_phone", _("By phone or text")
    SERVES_YOU = "serves_you", _("By phone, online or from farther away")
    LOWER_COST_COUNSELLING = "lower_cost_counselling", _("Lower-cost counseling")
    HOSPITAL_CLINICS = "hospital_clinics", _("Hospital clinics: bleeding, pain, tests, next pregnancy")
    GENERAL_CLINICS = "general_clinics", _("Low-cost clinics")
    MONEY_AND_PRACTICAL = "money_and_practical", _("Money and practical help")
    LOOK_FURTHER = "look_further", _("Where to look further")


class Caution(Vocabulary):
    """Why a listing stands after others of its section."""

    DOUBTFUL = "doubtful", _("Last seen long ago, or not where it would be kept up to date")
    FOR_SOME = "for_some", _("For their own patients or area only")


class MatchReason(Vocabulary):
    """Why a result matches a place, nearest first."""

    NEAR_YOU = "near_you", _("Near you")
    SERVES_YOUR_AREA = "serves_your_area", _("Serves your area")
    SERVES_YOUR_STATE = "serves_your_state", _("Serves your whole state or region")
    NATIONAL = "national", _("Serves the whole country")
    ONLINE = "online", _("Online, wherever you are")


NOBODY_PAYS = (Cost.FREE, Cost.DONATION)
LOWER_COSTS = (*NOBODY_PAYS, Cost.SLIDING_SCALE, Cost.REDUCED_FEE)
# Public payers that ask nothing of a person entitled to their care, where no other price is stated.
FREE_TO_THE_ENTITLED = (Payment.NHS, Payment.PROVINCIAL)
# Health care, as against help for grief.
# Codes of topics by which mental health clinics are ordered: whom they have a program for.
PREGNANCY_TOPIC, TRAUMA_TOPIC = FOCUS_TOPICS = ("pregnant_postpartum", "trauma")
CLINICS = (Kind.CLINIC, Kind.SPECIALIST_CLINIC, Kind.MENTAL_HEALTH_CLINIC)
# A service whose site teaches against abortion is never shown in a search for one of these.
LOSSES_NEEDING_ALL_OPTIONS = (Loss.TFMR, Loss.ABORTION, Loss.ECTOPIC)

# A child value is matched by a search for its parent, and a search for the child finds what says only
# the parent ("miscarriage" may well be the early one asked for).
PARENTS: dict[str, str] = {
    Loss.EARLY_MISCARRIAGE: Loss.MISCARRIAGE,
    Loss.LATER_MISCARRIAGE: Loss.MISCARRIAGE,
    Loss.STILLBIRTH: Loss.CHILD_ANY_AGE,
    Loss.NEONATAL: Loss.CHILD_ANY_AGE,
    Loss.INFANT: Loss.CHILD_ANY_AGE,
    Format.SMS: Format.TEXT_CHAT,
    Format.WEB_CHAT: Format.TEXT_CHAT,
    Audience.FATHERS: Audience.PARTNER,
}

# BCP 47 codes, in the order in which they are offered. Other languages can be recorded and are shown by their
# code, but cannot be searched for.
LANGUAGES: dict[str, Any] = {
    "en": _("English"),
    "es": _("Spanish"),
    "fr": _("French"),
    "cy": _("Welsh"),
    "ga": _("Irish"),
    "gd": _("Scottish Gaelic"),
    "mi": _("Māori"),
    "pt": _("Portuguese"),
    "ht": _("Haitian Creole"),
    "zh": _("Chinese"),
    "yue": _("Cantonese"),
    "vi": _("Vietnamese"),
    "tl": _("Tagalog"),
    "ko": _("Korean"),
    "ja": _("Japanese"),
    "ru": _("Russian"),
    "uk": _("Ukrainian"),
    "pl": _("Polish"),
    "ro": _("Romanian"),
    "ar": _("Arabic"),
    "fa": _("Persian"),
    "ps": _("Pashto"),
    "ur": _("Urdu"),
    "hi": _("Hindi"),
    "pa": _("Punjabi"),
    "bn": _("Bengali"),
    "gu": _("Gujarati"),
    "ta": _("Tamil"),
    "te": _("Telugu"),
    "ne": _("Nepali"),
    "so": _("Somali"),
    "am": _("Amharic"),
    "ti": _("Tigrinya"),
    "sw": _("Swahili"),
    "fr-CA": _("Canadian French"),
    "hmn": _("Hmong"),
    "km": _("Khmer"),
    "lo": _("Lao"),
    "my": _("Burmese"),
    "kar": _("Karen"),
    "th": _("Thai"),
    "de": _("German"),
    "it": _("Italian"),
    "el": _("Greek"),
    "tr": _("Turkish"),
    "ku": _("Kurdish"),
    "he": _("Hebrew"),
    "yi": _("Yiddish"),
    "nv": _("Navajo"),
    "iu": _("Inuktitut"),
    "cr": _("Cree"),
    "sm": _("Samoan"),
    "to": _("Tongan"),
    "haw": _("Hawaiian"),
    "chk": _("Chuukese"),
    "mh": _("Marshallese"),
    "ase": _("American Sign Language"),
    "bfi": _("British Sign Language"),
    "asf": _("Auslan"),
    "lt": _("Lithuanian"),
    "bg": _("Bulgarian"),
    "sq": _("Albanian"),
}

# Countries of listings, with permanent bits in this order; the gazetteer has towns of more countries.
COUNTRIES: dict[str, Any] = {
    "US": _("United States"),
    "GB": _("United Kingdom"),
    "IE": _("Ireland"),
    "CA": _("Canada"),
    "AU": _("Australia"),
    "NZ": _("New Zealand"),
}

# The currency of each country, ISO 4217.
CURRENCIES = {"US": "USD", "GB": "GBP", "IE": "EUR", "CA": "CAD", "AU": "AUD", "NZ": "NZD"}

DEFINITIONS: dict[str, Any] = {
    Kind.SUPPORT_GROUP: _("People who have been through a loss meet together, live, in person or online."),
    Kind.FORUM: _("Read and write messages at any time, on a board or in a closed group."),
    Kind.PEER_MENTOR: _("A trained volunteer with a similar loss talks with you, usually more than once."),
    Kind.COUNSELLING: _("Sessions with a counselor or therapist who is qualified or in supervised training."),
    Kind.HELPLINE: _("Call, text or chat without an appointment. Not for emergencies."),
    Kind.CRISIS_LINE: _("Immediate help if someone may harm themselves or others."),
    Kind.BEREAVEMENT_CARE: _("Midwives, nurses or family workers who follow up after a loss."),
    Kind.CLINIC: _("Health care that is free or priced by income."),
    Kind.PRACTICAL_HELP: _("Help with registration, funerals, work and paperwork."),
    Kind.FINANCIAL_HELP: _("Grants or vouchers for therapy, a funeral or care."),
    Kind.REMEMBRANCE: _("Memory boxes, photographs and ceremonies. These can bring up strong feelings."),
    Kind.DIRECTORY: _("A directory or search tool run by someone else."),
    Kind.INFORMATION: _("Web pages, leaflets, apps and one-way message programs."),
    Kind.SPECIALIST_CLINIC: _(
        "Hospital clinic for early pregnancy, repeated loss, molar pregnancy or pregnancy after loss."
    ),
    Kind.MENTAL_HEALTH_CLINIC: _(
        "Outpatient therapy and psychiatry, with fees by income. Many mainly treat long-term mental"
        " illness or addiction. Ask whether they see adults for grief."
    ),
}


_WHO_COMES = _("Who comes? Is it open to people after any kind of loss?")
_SEES_LOSS = _("Do you see people after a pregnancy loss?")
_MY_PRICE = _("What would I pay with my income? Is the first visit free?")
_WAIT = _("How long is the wait?")

# What one could ask them, by kind: we do not know the answers.
QUESTIONS_TO_ASK: dict[str, tuple[Any, ...]] = {
    Kind.SUPPORT_GROUP: (
        _("Are the days and the place still right?"),
        _WHO_COMES,
        _("May I just listen the first time?"),
    ),
    Kind.FORUM: (_WHO_COMES, _("May I read without posting at first?"), _("Who can see what I write?")),
    Kind.PEER_MENTOR: (
        _("Who will talk with me, and when?"),
        _("Has that person had a similar loss?"),
        _("How often can we talk?"),
    ),
    Kind.COUNSELLING: (_SEES_LOSS, _MY_PRICE, _WAIT, _("May I stop after the first session?")),
    Kind.HELPLINE: (_("Who answers?"), _("Do you keep notes?"), _("May I call again?")),
    Kind.BEREAVEMENT_CARE: (
        _("Do you see people who were cared for elsewhere?"),
        _("Who will see me?"),
        _("May someone come with me?"),
    ),
    Kind.CLINIC: (_SEES_LOSS, _MY_PRICE, _WAIT, _("May I wait somewhere quiet?")),
    Kind.PRACTICAL_HELP: (_("What documents do I need?"), _("What does it cost?")),
    Kind.FINANCIAL_HELP: (
        _("What documents do I need?"),
        _("How long does it take?"),
        _("May I ask again if you say no?"),
    ),
    Kind.REMEMBRANCE: (_WHO_COMES, _("What will happen there?"), _("What does it cost?")),
    Kind.SPECIALIST_CLINIC: (
        _("How can I be referred?"),
        _WAIT,
        _("May I wait away from people who are pregnant?"),
    ),
    Kind.MENTAL_HEALTH_CLINIC: (_("Do you see adults for grief?"), _MY_PRICE, _WAIT),
}


def country_bit(code: str) -> int:
    """Return the bit of a country, or 0 if it cannot be searched for."""
    return 1 << tuple(COUNTRIES).index(code) if code in COUNTRIES else 0


def language_bit(code: str) -> int:
    """Return the bit of a language, or 0 if it cannot be searched for."""
    return 1 << tuple(LANGUAGES).index(code) if code in LANGUAGES else 0


def with_related_values(values: Iterable[Any]) -> set[str]:
    """Return these values with their parents and children, which a search for them matches too."""
    requested = {str(value) for value in values}
    parents = {PARENTS[value] for value in requested if value in PARENTS}
    children = {child for child, parent in PARENTS.items() if parent in requested}
    return {*requested, *map(str, parents), *map(str, children)}
