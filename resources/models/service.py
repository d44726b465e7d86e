"""Services and the rows that belong to them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from resources.models.codes import CodesField, choice_check, codes_check
from resources.models.organization import Organization
from resources.models.taxonomy import TaxonomyTerm
from resources.models.web import WebField
from resources.vocabulary import (
    Access,
    Audience,
    AudienceRule,
    ContentNote,
    CredentialKind,
    FeeRule,
    Fit,
    Format,
    Kind,
    LedBy,
    Loss,
    OpenTo,
    Payment,
    PregnancyOptionsPolicy,
    ProofOfIncome,
    Status,
)

# Every kind of row that belongs to a service, as lookups of its relations.
RELATED_ROWS = (
    "audiences",
    "cost_options",
    "phones",
    "organization__phones",
    "languages",
    "service_areas",
    "topics",
    "service_at_locations__location__phones",
    "service_at_locations__phones",
    "schedules",
    "required_documents",
    "contacts",
    "credentials",
    "source_records__source",
    "service_at_locations__location__accessibility",
    "service_at_locations__schedules",
)


class ServiceQuerySet(models.QuerySet["Service"]):
    def published(self) -> ServiceQuerySet:
        """Services that visitors may see."""
        return self.filter(status=Status.ACTIVE)

    def with_related(self) -> ServiceQuerySet:
        """Load all related rows: a query for service and organization, and one per kind of row."""
        return self.select_related("organization").prefetch_related(*RELATED_ROWS)


class Service(models.Model):
    """HSDS `service`, with one `kind`: an organization with a helpline and a group has two services.

    Every fact but name, kind and status may be unknown: "" or (), never a guess.

    `held`: an import created the service unpublished and no curator has decided yet. `unanswered_count`:
    failed contact attempts since the last answer. `attribution`: who last set each part, and when, as {field
    or kind of row: ["curator" | "public", ISO date]}. Parts without an entry come from the import that
    created the service, or from the curator who did.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, verbose_name=_("organization"), on_delete=models.CASCADE, related_name="services"
    )
    name = models.CharField(_("name"), max_length=255)
    alternate_name = models.CharField(_("other name"), max_length=255, blank=True)
    description = models.TextField(_("description"), blank=True)
    kind = models.CharField(_("kind"), max_length=40, choices=Kind.choices)
    fit = models.CharField(
        _("how close to pregnancy loss"), max_length=40, choices=Fit.choices, default=Fit.GENERAL
    )
    status = models.CharField(_("status"), max_length=40, choices=Status.choices, default=Status.INACTIVE)
    status_reason = models.CharField(
        _("reason for the status"),
        max_length=255,
        blank=True,
        help_text=_("Why it is not shown. Curators see this, visitors do not."),
    )
    held = models.BooleanField(_("held on import"), default=False, editable=False, db_index=True)
    alert = models.TextField(_("alert"), blank=True, help_text=_("A short-term notice shown to visitors."))
    url = WebField(_("web page"), max_length=500, blank=True)
    email = models.EmailField(_("email"), blank=True)

    formats = CodesField(Format, verbose_name=_("how people meet"))
    losses = CodesField(Loss, verbose_name=_("losses"))
    led_by = CodesField(LedBy, verbose_name=_("led by"))
    access = CodesField(Access, verbose_name=_("how to join"))
    payments = CodesField(Payment, verbose_name=_("payments accepted"))
    open_to = CodesField(OpenTo, verbose_name=_("who may come"))
    content_notes = CodesField(ContentNote, verbose_name=_("content notes"))
    content_clear = CodesField(
        ContentNote,
        verbose_name=_("known not to mention"),
        help_text=_("Select only if someone has checked. If neither box is selected, it is unknown."),
    )
    topics = models.ManyToManyField(
        TaxonomyTerm, verbose_name=_("topics"), blank=True, related_name="services"
    )

    application_process = models.TextField(_("how to join, in words"), blank=True)
    fees_description = models.TextField(_("cost, in words"), blank=True)
    fee_rule = models.CharField(
        _("fee rule"),
        max_length=20,
        choices=FeeRule.choices,
        blank=True,
        help_text=_("A legal rule on what it can charge, whatever its own price table says."),
    )
    proof_of_income = models.CharField(
        _("proof of income"), max_length=20, choices=ProofOfIncome.choices, blank=True
    )
    interpretation_services = models.TextField(_("interpreters"), blank=True)
    eligibility_description = models.TextField(_("who it is for, in words"), blank=True)
    accreditations = models.TextField(_("accreditation, in words"), blank=True)
    all_options = models.CharField(
        _("pregnancy advice"),
        max_length=20,
        choices=PregnancyOptionsPolicy.choices,
        blank=True,
        help_text=_("The listing policy asks this of counseling and clinics. Empty means unknown."),
    )
    minimum_age = models.PositiveSmallIntegerField(_("youngest age"), null=True, blank=True)
    maximum_age = models.PositiveSmallIntegerField(_("oldest age"), null=True, blank=True)

    assured_date = models.DateField(_("last checked on"), null=True, blank=True)
    assurer_email = models.EmailField(
        _("checked by"), blank=True, help_text=_("A role's mailbox, never a person's own.")
    )
    full_date = models.DateField(_("full as of"), null=True, blank=True, editable=False)
    last_unanswered_date = models.DateField(
        _("last unanswered attempt"), null=True, blank=True, editable=False
    )
    unanswered_count = models.PositiveSmallIntegerField(_("unanswered attempts"), default=0, editable=False)
    attribution = models.JSONField(_("attribution"), default=dict, editable=False)
    last_modified = models.DateTimeField(_("last modified"), default=timezone.now, editable=False)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("service")
        verbose_name_plural = _("services")
        permissions = (
            ("export_service", "Can export services"),
            ("assure_service", "Can check services"),
            ("publish_service", "Can publish services"),
            ("withdraw_service", "Can withdraw services"),
            ("tag_service", "Can tag many services at once"),
            ("restore_service", "Can put records back as they were"),
        )
        constraints = (
            models.CheckConstraint(name="service_named", condition=~models.Q(name="")),
            choice_check("kind", Kind, name="service_kind"),
            choice_check("fit", Fit, name="service_fit"),
            choice_check("status", Status, name="service_status"),
            choice_check("fee_rule", FeeRule, name="service_fee_rule", blank=True),
            choice_check("proof_of_income", ProofOfIncome, name="service_proof_of_income", blank=True),
            choice_check("all_options", PregnancyOptionsPolicy, name="service_all_options", blank=True),
            codes_check("formats", Format, name="service_formats"),
            codes_check("losses", Loss, name="service_losses"),
            codes_check("led_by", LedBy, name="service_led_by"),
            codes_check("access", Access, name="service_access"),
            codes_check("payments", Payment, name="service_payments"),
            codes_check("open_to", OpenTo, name="service_open_to"),
            codes_check("content_notes", ContentNote, name="service_content_notes"),
            codes_check("content_clear", ContentNote, name="service_content_clear"),
            models.CheckConstraint(
                name="service_content_known_one_way",
                condition=Exact(models.F("content_notes").bitand(models.F("content_clear")), 0),  # type: ignore[arg-type]
            ),
            models.CheckConstraint(
                name="service_ages_in_order",
                condition=models.Q(minimum_age__isnull=True)
                | models.Q(maximum_age__isnull=True)
                | models.Q(minimum_age__lte=models.F("maximum_age")),
            ),
        )
        indexes = (
            models.Index(fields=("status", "kind")),
            models.Index(fields=("status", "assured_date", "kind")),
        )

    def __str__(self) -> str:
        return self.name


class ServiceAudience(models.Model):
    """For whom a service is, and how firmly."""

    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.CASCADE, related_name="audiences"
    )
    audience = models.CharField(_("for"), max_length=40, choices=Audience.choices)
    rule = models.CharField(
        _("who else can come"), max_length=20, choices=AudienceRule.choices, default=AudienceRule.OPEN
    )

    class Meta:
        ordering = ("id",)
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        constraints = (
            models.UniqueConstraint(fields=("service", "audience"), name="audience_once"),
            choice_check("audience", Audience, name="audience_known"),
            choice_check("rule", AudienceRule, name="audience_rule_known"),
        )

    def __str__(self) -> str:
        return f"{Audience(self.audience).label} ({AudienceRule(self.rule).label})"


class RequiredDocument(models.Model):
    """HSDS `required_document`: a document to bring."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.CASCADE, related_name="required_documents"
    )
    document = models.CharField(_("document"), max_length=255)
    uri = WebField(_("web page about it"), max_length=500, blank=True)

    class Meta:
        ordering = ("document",)
        verbose_name = _("document to bring")
        verbose_name_plural = _("documents to bring")

    def __str__(self) -> str:
        return self.document


class Credential(models.Model):
    """A credential of the provider, with the register in which anyone may look it up."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.CASCADE, related_name="credentials"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=CredentialKind.choices)
    name = models.CharField(_("name"), max_length=255, help_text=_("For example: BACP accredited counselor."))
    register = models.CharField(_("register or body"), max_length=255, blank=True)
    number = models.CharField(_("number in the register"), max_length=60, blank=True)
    url = WebField(_("register page"), max_length=500, blank=True)
    checked_on = models.DateField(_("last looked up on"), null=True, blank=True)

    class Meta:
        ordering = ("kind", "name")
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        constraints = (choice_check("kind", CredentialKind, name="credential_kind"),)

    def __str__(self) -> str:
        return self.name
