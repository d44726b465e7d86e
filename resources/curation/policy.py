"""What may be listed, as far as the records can tell; the whole of it is in docs/listing-policy.md."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from resources.models import Contact, Phone, Service, ServiceAtLocation
from resources.vocabulary import AllOptions, ContentNote, Cost, Kind, LocationType, PhoneType

# What may not be listed as such while it advises on pregnancy one way.
ADVISING = (Kind.COUNSELLING, Kind.CLINIC)


class Answered(StrEnum):
    """`NO` is an answer too: the record says what the policy does not list. `UNKNOWN`: nobody has said."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Answer:
    """To one question of the policy.

    `where` it is filled in: a field of the service, a kind of its rows by the name of the relation, or
    "organization".
    """

    question: str
    answered: Answered
    where: str


def policy_answers(service: Service) -> list[Answer]:
    """What the listing policy asks, and whether the record of a service answers it.

    One query, and what is not loaded of `organization`, `credentials` and `cost_options`.
    """
    answers = [
        Answer(_("A working way to make contact"), _reach(service), "phones"),
        Answer(_("Who runs it"), _said(service.organization.operator_stated), "organization"),
        Answer(_("With what qualification"), _said(_is_qualified(service)), "led_by"),
        Answer(_("At what cost"), _said(_has_cost(service)), "cost_options"),
        Answer(_("On what faith basis"), _said(_says_faith(service)), "content_notes"),
    ]
    if service.kind in ADVISING:
        question = _("If it advises on pregnancy: does it offer or refer for all options?")
        answers.append(Answer(question, _options(service), "all_options"))
    return answers


def _said(is_said: bool) -> Answered:
    return Answered.YES if is_said else Answered.UNKNOWN


def _reach(service: Service) -> Answered:
    """Of this the records know all there is: what is not there is a no."""
    there = Service.objects.filter(reachable_q(), pk=service.pk).exists()
    return Answered.YES if there else Answered.NO


def _is_qualified(service: Service) -> bool:
    return bool(service.led_by or service.accreditations or service.credentials.all())


def _has_cost(service: Service) -> bool:
    stated = any(option.kind != Cost.UNKNOWN for option in service.cost_options.all())
    return stated or bool(service.fees_description)


def _says_faith(service: Service) -> bool:
    return ContentNote.FAITH_BASED in (*service.content_notes, *service.content_clear)


def _options(service: Service) -> Answered:
    if service.all_options == AllOptions.NO:
        return Answered.NO
    return _said(bool(service.all_options))


def reachable_q() -> Q:
    """Services that have a way to make contact: a number, a web page or an e-mail address, theirs or their
    organization's. A fax is no way to make contact. For use in a filter over `Service`.
    """
    phones = Phone.objects.exclude(type=PhoneType.FAX)
    contacts = Contact.objects.exclude(email="")
    forums = ServiceAtLocation.objects.filter(location__location_type=LocationType.VIRTUAL)
    return (
        ~Q(url="")
        | ~Q(email="")
        | ~Q(organization__website="")
        | ~Q(organization__email="")
        | Q(Exists(phones.filter(service=OuterRef("pk"))))
        | Q(Exists(phones.filter(organization=OuterRef("organization"))))
        | Q(Exists(phones.filter(service_at_location__service=OuterRef("pk"))))
        | Q(Exists(phones.filter(location__service_at_locations__service=OuterRef("pk"))))
        | Q(Exists(contacts.filter(service=OuterRef("pk"))))
        | Q(Exists(forums.filter(service=OuterRef("pk"))))
    )


def advises_one_way_q() -> Q:
    """Counselling and clinics that advise on pregnancy without offering or referring for all options."""
    return Q(all_options=AllOptions.NO, kind__in=ADVISING)
