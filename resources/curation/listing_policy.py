"""What may be listed, as far as the records can tell; the whole of it is in docs/listing-policy.md."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from resources.models import Contact, Phone, Service, ServiceAtLocation
from resources.vocabulary import (
    CLINICS,
    ContentNote,
    Cost,
    Kind,
    LocationType,
    PhoneType,
    PregnancyOptionsPolicy,
)

# What may not be listed as such while it advises on pregnancy one way.
ADVISING = (Kind.COUNSELLING, *CLINICS)


class AnswerState(StrEnum):
    """`NO` is an answer too: the record says what the policy does not list. `UNKNOWN`: nobody has said."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class PolicyAnswer:
    """To one question of the policy.

    `where` it is filled in: a field of the service, a kind of its rows by the name of the relation, or
    "organization".
    """

    question: str
    answered: AnswerState
    where: str


def policy_answers(service: Service) -> list[PolicyAnswer]:
    """What the listing policy asks, and whether the record of a service answers it.

    One query, and what is not loaded of `organization`, `credentials` and `cost_options`.
    """
    answers = [
        PolicyAnswer(_("A working way to make contact"), _reach(service), "phones"),
        PolicyAnswer(_("Who runs it"), _said(service.organization.operator_stated), "organization"),
        PolicyAnswer(_("With what qualification"), _said(_is_qualified(service)), "led_by"),
        PolicyAnswer(_("At what cost"), _said(_has_cost(service)), "cost_options"),
        PolicyAnswer(_("On what faith basis"), _said(_says_faith(service)), "content_notes"),
    ]
    if service.kind in ADVISING:
        question = _("If it advises on pregnancy: does it offer or refer for all options?")
        answers.append(PolicyAnswer(question, _options(service), "all_options"))
    return answers


def _said(is_said: bool) -> AnswerState:
    return AnswerState.YES if is_said else AnswerState.UNKNOWN


def _reach(service: Service) -> AnswerState:
    """Of this the records know all there is: what is not there is a no."""
    there = Service.objects.filter(has_contact_q(), pk=service.pk).exists()
    return AnswerState.YES if there else AnswerState.NO


def _is_qualified(service: Service) -> bool:
    return bool(service.led_by or service.accreditations or service.credentials.all())


def _has_cost(service: Service) -> bool:
    stated = any(option.kind != Cost.UNKNOWN for option in service.cost_options.all())
    return stated or bool(service.fees_description)


def _says_faith(service: Service) -> bool:
    return ContentNote.FAITH_BASED in (*service.content_notes, *service.content_clear)


def _options(service: Service) -> AnswerState:
    if service.all_options == PregnancyOptionsPolicy.NO:
        return AnswerState.NO
    return _said(bool(service.all_options))


def has_contact_q() -> Q:
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


def not_all_options_q() -> Q:
    """Counselling and clinics that advise on pregnancy without offering or referring for all options."""
    return Q(all_options=PregnancyOptionsPolicy.NO, kind__in=ADVISING)
