"""The listing policy, as far as records can show it. docs/listing-policy.md has all of it."""

from __future__ import annotations

from collections.abc import Iterable
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

# Kinds that may not be listed if they advise on pregnancy without offering or referring for all options.
ADVISING = (Kind.COUNSELLING, *CLINICS)


class AnswerState(StrEnum):
    """Whether the record answers a question of the policy. `NO` means that it may not be listed."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class PolicyAnswer:
    """The state of one question of the policy.

    `where` names where it is filled in: a field of the service, a relation of the service, or "organization".
    """

    question: str
    answered: AnswerState
    where: str


def policy_answers(service: Service) -> list[PolicyAnswer]:
    """Return the questions of the listing policy, and whether the service's record answers each.

    One query, and those that load `organization`, `credentials` and `cost_options` if they are not loaded.
    """
    answers = [
        PolicyAnswer(_("A working way to make contact"), _contact_answer(service), "phones"),
        PolicyAnswer(_("Who runs it"), _yes_or_unknown(service.organization.operator_stated), "organization"),
        PolicyAnswer(_("With what qualification"), _yes_or_unknown(_is_qualified(service)), "led_by"),
        PolicyAnswer(_("At what cost"), _yes_or_unknown(_has_cost(service)), "cost_options"),
        PolicyAnswer(
            _("On what faith basis"), _yes_or_unknown(_states_faith_basis(service)), "content_notes"
        ),
    ]
    if service.kind in ADVISING:
        question = _("If it advises on pregnancy: does it offer or refer for all options?")
        answers.append(PolicyAnswer(question, _all_options_answer(service), "all_options"))
    return answers


def may_be_listed(answers: Iterable[PolicyAnswer]) -> bool:
    """Return True unless an answer is NO, as `has_contact_q` and `not_all_options_q` say of many services."""
    return all(answer.answered != AnswerState.NO for answer in answers)


def _yes_or_unknown(is_stated: bool) -> AnswerState:
    return AnswerState.YES if is_stated else AnswerState.UNKNOWN


def _contact_answer(service: Service) -> AnswerState:
    """Return YES or NO: the records show all ways to make contact, so it is never unknown."""
    has_contact = Service.objects.filter(has_contact_q(), pk=service.pk).exists()
    return AnswerState.YES if has_contact else AnswerState.NO


def _is_qualified(service: Service) -> bool:
    return bool(service.led_by or service.accreditations or service.credentials.all())


def _has_cost(service: Service) -> bool:
    stated = any(option.kind != Cost.UNKNOWN for option in service.cost_options.all())
    return stated or bool(service.fees_description)


def _states_faith_basis(service: Service) -> bool:
    return ContentNote.FAITH_BASED in (*service.content_notes, *service.content_clear)


def _all_options_answer(service: Service) -> AnswerState:
    if service.all_options == PregnancyOptionsPolicy.NO:
        return AnswerState.NO
    return _yes_or_unknown(bool(service.all_options))


def has_contact_q() -> Q:
    """Build a filter over `Service` for those with a way to make contact: a phone number, website or email.

    Its own or its organization's. A fax number is not enough.
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
    """Build a filter over `Service` for counseling and clinics that do not offer or refer for all options."""
    return Q(all_options=PregnancyOptionsPolicy.NO, kind__in=ADVISING)
