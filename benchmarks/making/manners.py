"""How made-up help is, kind by kind, and how often it is so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from resources.vocabulary import AudienceRule, Fit, Format, Kind, Payment, PhoneType, Status

IN_PERSON, VIDEO, PHONE = Format.IN_PERSON, Format.VIDEO, Format.PHONE
TYPED = (Format.TEXT_CHAT, Format.SMS, Format.WEB_CHAT, Format.EMAIL)
POSTED = (Format.FORUM, Format.SOCIAL_MEDIA, Format.APP, Format.ONLINE)
# How close to loss, in a hundred: made for it, for any birth or grief, for anyone.
CLOSE, BETWEEN, GENERAL = (80, 15, 5), (40, 40, 20), (3, 7, 90)


@dataclass(frozen=True)
class Manner:
    """How one kind of help is: its share of all, how much of it has a place, its fit, how people meet."""

    share: float
    placed: float
    fit: tuple[int, int, int]
    formats: tuple[Format, ...]

    @property
    def fits(self) -> dict[Fit, float]:
        return dict(zip(Fit, self.fit, strict=True))


MANNERS: Mapping[Kind, Manner] = {
    Kind.SUPPORT_GROUP: Manner(15, 0.65, CLOSE, (IN_PERSON, VIDEO, Format.ONLINE)),
    Kind.FORUM: Manner(5, 0.2, CLOSE, POSTED),
    Kind.PEER_MENTOR: Manner(4, 0.4, CLOSE, (PHONE, Format.HOME_VISIT, Format.EMAIL)),
    Kind.COUNSELLING: Manner(13, 0.65, BETWEEN, (IN_PERSON, VIDEO, PHONE)),
    Kind.HELPLINE: Manner(6, 0.3, BETWEEN, (PHONE, *TYPED)),
    Kind.CRISIS_LINE: Manner(2, 0.1, GENERAL, (PHONE, *TYPED)),
    Kind.BEREAVEMENT_CARE: Manner(5, 0.9, CLOSE, (IN_PERSON, Format.HOME_VISIT, PHONE)),
    Kind.CLINIC: Manner(40, 0.95, GENERAL, (IN_PERSON, VIDEO)),
    Kind.PRACTICAL_HELP: Manner(3, 0.5, BETWEEN, (IN_PERSON, PHONE, Format.EMAIL)),
    Kind.FINANCIAL_HELP: Manner(3, 0.2, BETWEEN, (PHONE, Format.EMAIL, Format.ONLINE)),
    Kind.REMEMBRANCE: Manner(3, 0.5, CLOSE, (IN_PERSON, Format.HOME_VISIT)),
    Kind.DIRECTORY: Manner(2, 0.05, BETWEEN, POSTED),
    Kind.INFORMATION: Manner(4, 0.05, BETWEEN, (Format.APP, Format.ONLINE, Format.EMAIL)),
    Kind.SPECIALIST_CLINIC: Manner(3, 0.95, CLOSE, (IN_PERSON, PHONE)),
    Kind.MENTAL_HEALTH_CLINIC: Manner(10, 0.95, GENERAL, (IN_PERSON, VIDEO)),
}
KINDS = {kind: manner.share for kind, manner in MANNERS.items()}
STATUSES = {Status.ACTIVE: 96, Status.INACTIVE: 2, Status.DEFUNCT: 1, Status.TEMPORARILY_CLOSED: 1}
RULES = {AudienceRule.OPEN: 60, AudienceRule.DESIGNED_FOR: 30, AudienceRule.ONLY: 10}

# Who pays, in each country and anywhere.
PAYERS: Mapping[str, tuple[Payment, ...]] = {
    "US": (
        *(Payment.MEDICAID, Payment.MEDICARE, Payment.PRIVATE_INSURANCE),
        *(Payment.MILITARY_INSURANCE, Payment.IHS),
    ),
    "GB": (Payment.NHS,),
    "IE": (Payment.HSE,),
    "CA": (Payment.PROVINCIAL,),
    "AU": (Payment.MEDICARE_AU,),
    "NZ": (Payment.ACC_TE_WHATU_ORA,),
}
PAYERS_ANYWHERE = (Payment.EAP, Payment.VOUCHER, Payment.SELF_PAY)

PHONES = {PhoneType.VOICE: 90, PhoneType.SMS: 5, PhoneType.TTY: 2, PhoneType.FAX: 3}
# Numbers that each country keeps for fiction (New Zealand keeps none: one that is too short).
NUMBERS = {
    "US": "214-555-01{:02}",
    "CA": "416-555-01{:02}",
    "GB": "01632 9600{:02}",
    "IE": "020 911 00{:02}",
    "AU": "(02) 5550 00{:02}",
    "NZ": "04 555 0{:02}",
}
