"""Contacts, phones and languages."""

from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from resources.models.codes import choice_check
from resources.models.location import Location, ServiceAtLocation
from resources.models.organization import Organization
from resources.models.service import Service
from resources.vocabulary import LANGUAGES, PhoneType
from resources.wording import is_language_tag


def one_owner_q(*owners: str) -> Q:
    """Build a filter: exactly one of these foreign keys is set."""
    rule = Q()
    for owner in owners:
        rule |= Q(**{f"{other}__isnull": other != owner for other in owners})
    return rule


def owner_indexes(table: str, *owners: str) -> tuple[models.Index, ...]:
    """Build an index for each of these foreign keys, of the rows in which it is set.

    SQLite reads a whole table rather than an index in which all rows are alike, as they are where a key is
    never set: each save would read every phone number.
    """
    return tuple(
        models.Index(name=f"{table}_{owner}", fields=[owner], condition=Q(**{f"{owner}__isnull": False}))
        for owner in owners
    )


class Contact(models.Model):
    """HSDS `contact`: a role to ask for. A person's name only if their organization publishes it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("organization"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="contacts",
    )
    service = models.ForeignKey(
        Service,
        verbose_name=_("service"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="contacts",
    )
    name = models.CharField(_("name"), max_length=255, blank=True)
    title = models.CharField(_("role"), max_length=255, blank=True)
    department = models.CharField(_("department"), max_length=255, blank=True)
    email = models.EmailField(_("email"), blank=True)

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = (
            models.CheckConstraint(
                name="contact_one_owner", condition=one_owner_q("organization", "service")
            ),
        )

    def __str__(self) -> str:
        return self.name or self.title or self.email


class Phone(models.Model):
    """HSDS `phone`: the number as dialed. Short numbers such as 988 or 116 123 stay short.

    `country` is where the number works; `international` is the E.164 form, "" if there is none.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("organization"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="phones",
        db_index=False,  # see `owner_indexes`
    )
    service = models.ForeignKey(
        Service,
        verbose_name=_("service"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="phones",
        db_index=False,  # see `owner_indexes`
    )
    service_at_location = models.ForeignKey(
        ServiceAtLocation,
        verbose_name=_("place of the service"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="phones",
        db_index=False,  # see `owner_indexes`
    )
    location = models.ForeignKey(
        Location,
        verbose_name=_("place"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="phones",
        db_index=False,  # see `owner_indexes`
    )
    number = models.CharField(_("number"), max_length=40)
    international = models.CharField(_("international form"), max_length=20, blank=True, editable=False)
    extension = models.CharField(
        _("extension"), max_length=10, blank=True, validators=[RegexValidator(r"^[0-9]+$", _("Digits only."))]
    )
    type = models.CharField(_("type"), max_length=10, choices=PhoneType.choices, default=PhoneType.VOICE)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("Where the number works."))
    description = models.CharField(_("note"), max_length=255, blank=True)

    class Meta:
        ordering = ("type", "id")
        verbose_name = _("phone number")
        verbose_name_plural = _("phone numbers")
        indexes = owner_indexes("phone", "organization", "service", "service_at_location", "location")
        constraints = (
            models.CheckConstraint(
                name="phone_one_owner",
                condition=one_owner_q("organization", "service", "service_at_location", "location"),
            ),
            choice_check("type", PhoneType, name="phone_type_known"),
            models.CheckConstraint(name="phone_has_number", condition=~Q(number="")),
        )

    def __str__(self) -> str:
        return self.number


class Language(models.Model):
    """HSDS `language`: a language in which help is given, as a BCP 47 tag.

    Interpreters are recorded elsewhere.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.CASCADE, related_name="languages"
    )
    code = models.CharField(_("language"), max_length=20, help_text=_("A BCP 47 code, such as en or es."))
    note = models.CharField(_("note"), max_length=255, blank=True)

    class Meta:
        ordering = ("code",)
        verbose_name = _("language")
        verbose_name_plural = _("languages")
        constraints = (models.UniqueConstraint(fields=("service", "code"), name="language_once"),)

    def __str__(self) -> str:
        return str(LANGUAGES.get(self.code, self.code))

    def clean(self) -> None:
        if not is_language_tag(self.code):
            raise ValidationError({"code": _("Enter a BCP 47 code, such as en, es or fr-CA.")})
