"""What may be listed, as far as the records can tell; the whole of it is in docs/listing-policy.md."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from resources.models import Contact, Phone, ServiceAtLocation
from resources.vocabulary import AllOptions, Kind, LocationType, PhoneType


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
    return Q(all_options=AllOptions.NO, kind__in=(Kind.COUNSELLING, Kind.CLINIC))
