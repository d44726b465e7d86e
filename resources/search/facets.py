"""The facets of a search. One facet is one class in one list; a filter may only remove listings.

Within a facet the values are joined by OR, between facets by AND. A facet defines its parameter, its values
with their labels, which listings match (`matching`), and its wording in sentences and on the form. The form,
the URL, the API parameter and its documentation, the counts and the summary all follow from the class.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, reduce
from operator import or_
from typing import Any, ClassVar

from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from resources.search.catalog import Catalog, union
from resources.search.contacts import asks_for_a_contact
from resources.search.question import Question
from resources.search.tokens import concept_of, parse_terms
from resources.vocabulary import (
    COUNTRIES,
    DEFINITIONS,
    LANGUAGES,
    LOSSES_NEEDING_ALL_OPTIONS,
    Access,
    AccessFeature,
    Audience,
    ContentNote,
    Cost,
    Fit,
    Format,
    Kind,
    LedBy,
    Loss,
    Payment,
    PhraseVocabulary,
    Visibility,
    country_bit,
    language_bit,
    with_related_values,
)
from resources.wording import join_words, the_country

Choices = list[tuple[str, Any]]


class Facet:
    """A search parameter with a closed list of values, stored as the bits of a mask (`column`).

    A value also matches its parent and children. `legend` is the question on the form; `is_prominent` facets
    are always open there. The values of a facet with `removes` exclude the listings that have one of their
    bits, and no counts are shown beside them.
    """

    name: ClassVar[str]
    label: ClassVar[Any]
    help_text: ClassVar[Any]
    legend: ClassVar[Any] = ""
    is_prominent: ClassVar[bool] = False
    removes: ClassVar[bool] = False
    column: ClassVar[str]  # in `packing`
    # A facet whose values are not a vocabulary overrides `choices`.
    vocabulary: ClassVar[type[PhraseVocabulary]]
    # How chosen values stand in the summary of a question, and the values that need other words there.
    sentence: ClassVar[Any] = "%s"
    sentence_words: ClassVar[Mapping[Any, Any]] = {}

    def choices(self) -> Choices:
        """Return (value, label) pairs in display order."""
        return list(self.vocabulary.choices)

    # ---- matching listings

    def matching(self, catalog: Catalog, values: Iterable[str]) -> int:
        """Return the listings that are stated to match any of `values`."""
        return catalog.having_any(self.column, self.mask(values))

    def unknown(self, catalog: Catalog, values: Iterable[str]) -> int:
        """Return the listings of which nobody knows whether they match; none of most facets."""
        return 0

    def mask(self, values: Iterable[str]) -> int:
        """Return the bits of `values` and of their parents and children."""
        return self.vocabulary.mask(with_related_values(values))

    def on_request_values(self, values: Iterable[str]) -> Visibility | None:
        """Return which listings, hidden by default, `values` ask for; None if they ask for none."""
        return None

    # ---- wording

    def definition_of(self, value: str) -> str | None:
        """Return the definition of a value; None if it has none."""
        return None

    def label_of(self, value: str) -> str:
        """Return the label of a value."""
        return str(dict(self.choices())[value])

    def summary_label(self, value: str) -> str:
        """Return the value as it appears within a sentence."""
        return str(self.vocabulary(value).phrase)

    def part_label(self, value: str) -> str:
        """Return the value as it appears alone, as a part of the question that can be removed."""
        return self.summary_label(value)

    def describe(self, values: Iterable[str]) -> str:
        """Return these values as the summary of a question says them, such as "in Welsh or Irish"."""
        words = [self.sentence_words.get(value) or self.summary_label(value) for value in values]
        return str(self.sentence) % join_words(words, last=gettext("or"))


class NumberFacet(Facet):
    """A facet stored as the number of exactly one value."""

    def matching(self, catalog: Catalog, values: Iterable[str]) -> int:
        return union(catalog.having(self.column, self.vocabulary(value).number) for value in values)


class KindFacet(NumberFacet):
    """The kind of support. Asking for crisis lines shows those, which are hidden by default."""

    name = "kind"
    label = _("Kind of support")
    help_text = _("What kind of support.")
    legend = _("What kind of support?")
    is_prominent = True
    vocabulary = Kind
    column = "kind"
    sentence_words: ClassVar[Mapping[Any, Any]] = {
        Kind.SUPPORT_GROUP: _("support groups"),
        Kind.FORUM: _("online communities"),
        Kind.HELPLINE: _("helplines and text lines"),
        Kind.CRISIS_LINE: _("crisis lines"),
        Kind.BEREAVEMENT_CARE: _("hospital and community bereavement teams"),
        Kind.CLINIC: _("low-cost clinics"),
        Kind.SPECIALIST_CLINIC: _("specialist clinics"),
        Kind.MENTAL_HEALTH_CLINIC: _("community mental health clinics"),
    }

    def definition_of(self, value: str) -> str | None:
        return str(DEFINITIONS[Kind(value)])

    def on_request_values(self, values: Iterable[str]) -> Visibility | None:
        return Visibility.KIND if Kind.CRISIS_LINE in values else None


class CostFacet(Facet):
    """How the service is paid for."""

    name = "cost"
    label = _("Cost")
    help_text = _("How it is paid for.")
    legend = _("What can you pay?")
    is_prominent = True
    vocabulary = Cost
    column = "cost"
    sentence = _("with %s")
    sentence_words: ClassVar[Mapping[Any, Any]] = {
        Cost.FREE: _("no charge"),
        Cost.DONATION: _("donations welcome"),
        Cost.SLIDING_SCALE: _("a sliding scale"),
        Cost.REDUCED_FEE: _("a reduced fee"),
        Cost.FIXED: _("a fixed price"),
        Cost.UNKNOWN: _("no cost listed"),
    }
    # Those that can stand before the kind of support.
    adjectives: ClassVar[Mapping[Any, Any]] = {
        Cost.FREE: _("free"),
        Cost.SLIDING_SCALE: _("sliding-scale"),
        Cost.REDUCED_FEE: _("reduced-fee"),
        Cost.FIXED: _("fixed-price"),
    }

    def unknown(self, catalog: Catalog, values: Iterable[str]) -> int:
        return catalog.having_any(self.column, Cost.UNKNOWN.bit) & ~self.matching(catalog, values)


class PaymentFacet(Facet):
    """Insurers, programs and vouchers that may pay."""

    name = "payment"
    label = _("Payment accepted")
    help_text = _("An insurer, program or voucher that may pay.")
    vocabulary = Payment
    column = "payments"
    sentence = _("accepting %s")
    sentence_words: ClassVar[Mapping[Any, Any]] = {
        Payment.IHS: _("the Indian Health Service"),
        Payment.EAP: _("an employee assistance program (EAP)"),
        Payment.NHS: _("NHS funding (UK)"),
        Payment.HSE: _("HSE funding (Ireland)"),
        Payment.PROVINCIAL: _("a provincial plan (Canada)"),
        Payment.VOUCHER: _("vouchers or grants"),
        Payment.SELF_PAY: _("self-pay"),
    }


class FormatFacet(Facet):
    """How people meet or talk."""

    name = "format"
    label = _("How you connect")
    help_text = _("How people meet or talk.")
    legend = _("How would you like to connect?")
    is_prominent = True
    vocabulary = Format
    column = "formats"
    sentence_words: ClassVar[Mapping[Any, Any]] = {
        Format.HOME_VISIT: _("at your home"),
        Format.VIDEO: _("by video call"),
        Format.PHONE: _("by phone"),
        Format.TEXT_CHAT: _("by text or web chat"),
        Format.SMS: _("by text message"),
        Format.WEB_CHAT: _("by web chat"),
        Format.EMAIL: _("by email"),
        Format.FORUM: _("on a message board"),
        Format.SOCIAL_MEDIA: _("on social media"),
        Format.APP: _("in an app"),
        Format.ONLINE: _("online"),
    }


class LossFacet(Facet):
    """The kind of loss. Listings for any loss match every value.

    Values in LOSSES_NEEDING_ALL_OPTIONS exclude listings known to oppose abortion.
    """

    name = "loss"
    label = _("Type of loss")
    help_text = _("Type of loss. Services open to any loss are always included.")
    legend = _("What type of loss?")
    is_prominent = True
    vocabulary = Loss
    column = "losses"
    sentence = _("after %s")
    sentence_words: ClassVar[Mapping[Any, Any]] = {
        Loss.MISCARRIAGE: _("a miscarriage"),
        Loss.EARLY_MISCARRIAGE: _("an early miscarriage"),
        Loss.LATER_MISCARRIAGE: _("a later miscarriage"),
        Loss.ECTOPIC: _("an ectopic pregnancy"),
        Loss.MOLAR: _("a molar pregnancy"),
        Loss.ABORTION: _("an abortion"),
        Loss.STILLBIRTH: _("a stillbirth"),
        Loss.NEONATAL: _("a newborn’s death"),
        Loss.INFANT: _("an infant’s death, including SIDS"),
        Loss.MULTIPLES: _("a loss in a twin or multiple pregnancy"),
        Loss.FERTILITY_TREATMENT: _("a loss following IVF or other treatment"),
        Loss.LIFE_LIMITING: _("a serious diagnosis, continuing the pregnancy"),
        Loss.CHILD_ANY_AGE: _("the death of a child at any age"),
    }

    def mask(self, values: Iterable[str]) -> int:
        values = list(values)
        if Loss.ANY_LOSS in values:
            return Loss.everything()
        return super().mask(values) | Loss.ANY_LOSS.bit

    def matching(self, catalog: Catalog, values: Iterable[str]) -> int:
        values = list(values)
        return super().matching(catalog, values) & ~self._kept_from(catalog, values)

    def unknown(self, catalog: Catalog, values: Iterable[str]) -> int:
        stated = catalog.having_any(self.column, Loss.everything())
        return catalog.alive & ~stated & ~self._kept_from(catalog, list(values))

    def _kept_from(self, catalog: Catalog, values: Sequence[str]) -> int:
        if set(LOSSES_NEEDING_ALL_OPTIONS).isdisjoint(values):
            return 0
        return catalog.having_any("content_notes", ContentNote.OPPOSES_ABORTION.bit)

    def saying_this(self, catalog: Catalog, values: Iterable[str]) -> int:
        """Return the listings that name one of `values`, and are not only open to any loss."""
        return catalog.having_any(self.column, self.mask(values) & ~Loss.ANY_LOSS.bit)

    def on_request_values(self, values: Iterable[str]) -> Visibility | None:
        return Visibility.LOSS if {Loss.ABORTION, Loss.TFMR} & set(values) else None


class AudienceFacet(Facet):
    """Whom the service names as its audience. Listings that name nobody do not match."""

    name = "audience"
    label = _("Who it is for")
    help_text = _("Who the service says it is for. Services that name no one are left out.")
    legend = _("Who is it for?")
    is_prominent = True
    vocabulary = Audience
    column = "audiences"
    sentence = _("for %s")
    sentence_words: ClassVar[Mapping[Any, Any]] = {
        Audience.COUPLE: _("couples"),
        Audience.PREGNANT_AFTER_LOSS: _("people who are pregnant again"),
        Audience.TRYING_AGAIN: _("people who are trying again"),
        Audience.PARENTING_AFTER_LOSS: _("people parenting after loss"),
    }

    def on_request_values(self, values: Iterable[str]) -> Visibility | None:
        return Visibility.AUDIENCE if Audience.PROFESSIONALS in values else None


class LedByFacet(Facet):
    """Who leads or answers. What both lead together matches each of them."""

    name = "led_by"
    label = _("Who leads it")
    help_text = _("Who leads or answers.")
    vocabulary = LedBy
    column = "led_by"
    sentence = _("led by %s")
    sentence_words: ClassVar[Mapping[Any, Any]] = {
        LedBy.PEER: _("people who have had a similar loss"),
        LedBy.TRAINED_VOLUNTEER: _("a trained volunteer"),
        LedBy.PROFESSIONAL: _("a professional"),
        LedBy.SUPERVISED_TRAINEE: _("a supervised trainee"),
        LedBy.BOTH: _("a peer and a professional together"),
    }

    def mask(self, values: Iterable[str]) -> int:
        values = list(values)
        together = LedBy.BOTH.bit if {LedBy.PEER, LedBy.PROFESSIONAL} & set(values) else 0
        return super().mask(values) | together


class AccessFacet(Facet):
    """How to join."""

    name = "access"
    label = _("How to join")
    help_text = _("How to join.")
    vocabulary = Access
    column = "access"
    sentence = _("joined by %s")
    sentence_words: ClassVar[Mapping[Any, Any]] = {
        Access.SELF: _("contacting them yourself"),
        Access.DROP_IN: _("just showing up"),
        Access.REGISTER: _("registering or filling in a form first"),
        Access.APPLICATION: _("applying"),
        Access.GP_REFERRAL: _("a referral by your GP or family doctor"),
        Access.HOSPITAL_REFERRAL: _("a referral by the hospital that cared for you"),
        Access.PROFESSIONAL_REFERRAL: _("a referral by any health or social worker"),
        Access.INSURER: _("asking your insurer or employer program"),
        Access.MEMBERSHIP: _("becoming a member"),
    }


class FitFacet(NumberFacet):
    """How closely the service is about pregnancy loss."""

    name = "fit"
    label = _("How close to pregnancy loss")
    help_text = _("How close it is to pregnancy loss.")
    vocabulary = Fit
    column = "fit"


class LanguageFacet(Facet):
    """Languages. One that is not in the list can be recorded and not searched for."""

    name = "language"
    label = _("Language")
    help_text = _("A language help is given in, as a BCP 47 code.")
    legend = _("Which language?")
    column = "languages"
    sentence = _("in %s")

    def choices(self) -> Choices:
        return list(LANGUAGES.items())

    def summary_label(self, value: str) -> str:
        return self.label_of(value)

    def mask(self, values: Iterable[str]) -> int:
        return reduce(or_, map(_mask_of_language, values), 0)


@cache
def _mask_of_language(value: str) -> int:
    """Return the bits of a language and its regional variants. Each value is counted, so they are kept."""
    return sum(language_bit(code) for code in LANGUAGES if _same_language(code, value))


def _same_language(code: str, other: str) -> bool:
    """True if one is a regional variant of the other: "fr" and "fr-CA"."""
    return code == other or code.startswith(f"{other}-") or other.startswith(f"{code}-")


class FaithFacet(Facet):
    """Faith-based, or known not to be. Listings nobody has reviewed match neither value."""

    name = "faith"
    label = _("Faith")
    help_text = _("Faith-based, or known not to be.")
    columns: ClassVar[dict[str, str]] = {
        "faith_based": "content_notes",
        "not_faith_based": "content_clear",
    }
    phrases: ClassVar[dict[str, Any]] = {
        "faith_based": _("faith-based"),
        "not_faith_based": _("not faith-based"),
    }

    def choices(self) -> Choices:
        return [(value, capfirst(phrase)) for value, phrase in self.phrases.items()]

    def summary_label(self, value: str) -> str:
        return str(self.phrases[value])

    def matching(self, catalog: Catalog, values: Iterable[str]) -> int:
        bit = ContentNote.FAITH_BASED.bit
        return union(catalog.having_any(self.columns[value], bit) for value in values)


class AccessibilityFacet(Facet):
    """Accessibility features of the place."""

    name = "accessibility"
    label = _("Access for disabled people")
    help_text = _("Accessibility features the place is known to have.")
    vocabulary = AccessFeature
    column = "accessibility"
    sentence = _("with %s")
    sentence_words: ClassVar[Mapping[Any, Any]] = {
        AccessFeature.STEP_FREE: _("step-free access"),
        AccessFeature.ACCESSIBLE_TOILET: _("an accessible toilet"),
        AccessFeature.LIFT: _("an elevator"),
        AccessFeature.HEARING_LOOP: _("a hearing loop"),
        AccessFeature.QUIET_SPACE: _("a quiet space"),
        AccessFeature.SIGN_LANGUAGE: _("sign language"),
    }


class CountryFacet(Facet):
    """The country of the place, or one that the service serves."""

    name = "country"
    label = _("Country")
    help_text = _("Country where it is, or that it serves. Worldwide services are always included.")
    column = "countries"
    sentence = _("in or serving %s")

    def choices(self) -> Choices:
        return list(COUNTRIES.items())

    def summary_label(self, value: str) -> str:
        return the_country(value)

    def mask(self, values: Iterable[str]) -> int:
        return sum(country_bit(value) for value in set(values))


class AvoidFacet(Facet):
    """Content to avoid, the one facet whose values remove: listings known to mention any of it.

    Those known to be clear of all of it match. What nobody has reviewed is unknown.
    """

    name = "avoid"
    label = _("Avoid")
    help_text = _(
        "Services that mention it are left out. Services known not to mention it are found, and those not"
        " reviewed as `unknown` says."
    )
    vocabulary = ContentNote
    column = "content_notes"
    legend = _("Is there anything you would rather not see?")
    removes = True
    sentence = _("leaving out anything that %s")
    sentence_words: ClassVar[Mapping[Any, Any]] = {
        ContentNote.FAITH_BASED: _("is faith-based"),
        ContentNote.COMMERCIAL: _("is commercial"),
        ContentNote.OPPOSES_ABORTION: _("teaches against abortion"),
    }

    def mask(self, values: Iterable[str]) -> int:
        return self.vocabulary.mask(values)

    def matching(self, catalog: Catalog, values: Iterable[str]) -> int:
        values = list(values)
        return catalog.having_all("content_clear", self.mask(values)) & ~self.mentioning(catalog, values)

    def unknown(self, catalog: Catalog, values: Iterable[str]) -> int:
        values = list(values)
        clear = catalog.having_all("content_clear", self.mask(values))
        return catalog.alive & ~clear & ~self.mentioning(catalog, values)

    def mentioning(self, catalog: Catalog, values: Iterable[str]) -> int:
        """Return the listings known to mention any of `values`."""
        return catalog.having_any(self.column, self.mask(values))

    def part_label(self, value: str) -> str:
        return _("avoid: %s") % self.summary_label(value)


KIND = KindFacet()
COST = CostFacet()
FORMAT = FormatFacet()
LOSS = LossFacet()
AUDIENCE = AudienceFacet()
LANGUAGE = LanguageFacet()
AVOID = AvoidFacet()
FACETS: tuple[Facet, ...] = (
    KIND,
    COST,
    PaymentFacet(),
    FORMAT,
    LOSS,
    AUDIENCE,
    LedByFacet(),
    AccessFacet(),
    FitFacet(),
    LANGUAGE,
    FaithFacet(),
    AccessibilityFacet(),
    CountryFacet(),
    AVOID,
)


# Who asks in words for help after an abortion, or for a crisis line, has asked for it.
_OPENED_BY_WORDS = {concept_of("abortion"): Visibility.LOSS, concept_of("crisis"): Visibility.KIND}


def shown_visibilities(question: Question) -> set[int]:
    """Return the `Visibility` numbers the question may see: the public one and those it asks for."""
    requested = [
        facet.on_request_values(values) for facet in FACETS if (values := question.values(facet.name))
    ]
    by_words = [
        _OPENED_BY_WORDS[concept]
        for term in parse_terms(question.words)
        for concept in term.concepts
        if concept in _OPENED_BY_WORDS
    ]
    if any(asks_for_a_contact(term.concepts) for term in parse_terms(question.words)):
        by_words.append(Visibility.KIND)  # 988 is a crisis line, and so is 988lifeline.org
    opened = [*by_words, *(visibility for visibility in requested if visibility)]
    return {Visibility.NOTHING.number, *(visibility.number for visibility in opened)}
