"""What a question can be narrowed by. One facet is one class in one list; a filter may only remove.

Within a facet the values are OR, between facets AND. The form, the address, the API's parameter, its
documentation and the counts all follow from the class. `narrowing` says in SQL what `test` says of one row
in Python, by which the values are counted; both read only `columns`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from django.db.models import BigIntegerField, F, Q, Value
from django.db.models.lookups import Exact, GreaterThan
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from resources.search.question import Question
from resources.vocabulary import (
    COUNTRIES,
    DEFINITIONS,
    LANGUAGES,
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
    with_related_values,
)
from resources.wording import the_country

Choices = list[tuple[str, Any]]
Test = Callable[[Sequence[Any]], bool]  # of a row, given as the values in a facet's columns


def any_bit(column: str, mask: int) -> Any:
    """Rows whose mask in `column` shares a bit with `mask`."""
    return GreaterThan(_shared_bits(column, mask), 0)


def _shared_bits(column: str, mask: int) -> Any:
    """A mask is wider than the integers that a bare number is sent to PostgreSQL as."""
    return F(column).bitand(Value(mask, output_field=BigIntegerField()))  # type: ignore[arg-type]


class Facet:
    """A parameter of a question whose values are a closed list."""

    name: ClassVar[str]
    said: ClassVar[Any]  # what it is called within a sentence; `label` begins with a capital
    help_text: ClassVar[Any]
    columns: ClassVar[tuple[str, ...]]
    vocabulary: ClassVar[
        type[PhraseVocabulary]
    ]  # where it is no vocabulary's, `choices` says the values itself

    def choices(self) -> Choices:
        return list(self.vocabulary.choices)

    def narrowing(self, values: Iterable[str]) -> Any:
        """The condition that keeps what fits."""
        raise NotImplementedError

    def test(self, values: Iterable[str]) -> Test:
        """The same condition of one row."""
        raise NotImplementedError

    def opens(self, values: Iterable[str]) -> Visibility | None:
        """What is shown only on request, and is asked for by `values`."""
        return None

    def definition_of(self, value: str) -> str | None:
        return None

    @property
    def label(self) -> Any:
        return capfirst(self.said)

    def label_of(self, value: str) -> str:
        return str(dict(self.choices())[value])

    def said_of(self, value: str) -> str:
        """The value as it stands in a sentence."""
        return str(self.vocabulary(value).phrase)


class MaskFacet(Facet):
    """Several values at once, kept as the bits of one column. A value finds its parent and children too."""

    def mask(self, values: Iterable[str]) -> int:
        return self.vocabulary.mask(with_related_values(values))

    def narrowing(self, values: Iterable[str]) -> Any:
        return any_bit(self.columns[0], self.mask(values))

    def test(self, values: Iterable[str]) -> Test:
        mask = self.mask(values)
        return lambda row: bool(row[0] & mask)


class NumberFacet(Facet):
    """Exactly one value, kept as its number."""

    def narrowing(self, values: Iterable[str]) -> Any:
        return Q(**{f"{self.columns[0]}__in": self._numbers(values)})

    def test(self, values: Iterable[str]) -> Test:
        numbers = self._numbers(values)
        return lambda row: row[0] in numbers

    def _numbers(self, values: Iterable[str]) -> list[int]:
        return [self.vocabulary(value).number for value in values]


class KindFacet(NumberFacet):
    name = "kind"
    said = _("kind of support")
    help_text = _("What kind of support.")
    vocabulary = Kind
    columns = ("kind",)

    def definition_of(self, value: str) -> str | None:
        return str(DEFINITIONS[Kind(value)])

    def opens(self, values: Iterable[str]) -> Visibility | None:
        return Visibility.KIND if Kind.CRISIS_LINE in values else None


class CostFacet(MaskFacet):
    name = "cost"
    said = _("cost")
    help_text = _("How it is paid for.")
    vocabulary = Cost
    columns = ("cost",)


class PaymentFacet(MaskFacet):
    name = "payment"
    said = _("payment accepted")
    help_text = _("An insurer, a programme or a voucher that may pay.")
    vocabulary = Payment
    columns = ("payments",)


class FormatFacet(MaskFacet):
    name = "format"
    said = _("how people meet")
    help_text = _("How people meet or talk.")
    vocabulary = Format
    columns = ("formats",)


class LossFacet(MaskFacet):
    """What welcomes every loss is found by each."""

    name = "loss"
    said = _("kind of loss")
    help_text = _("The loss it is for. What says that it welcomes any loss is always included.")
    vocabulary = Loss
    columns = ("losses",)

    def mask(self, values: Iterable[str]) -> int:
        values = list(values)
        if Loss.ANY_LOSS in values:
            return Loss.everything()
        return super().mask(values) | Loss.ANY_LOSS.bit

    def opens(self, values: Iterable[str]) -> Visibility | None:
        return Visibility.LOSS if {Loss.ABORTION, Loss.TFMR} & set(values) else None


class AudienceFacet(MaskFacet):
    name = "audience"
    said = _("for whom")
    help_text = _("Whom it says it is for. What names nobody is left out.")
    vocabulary = Audience
    columns = ("audiences",)

    def opens(self, values: Iterable[str]) -> Visibility | None:
        return Visibility.AUDIENCE if Audience.PROFESSIONALS in values else None


class LedByFacet(MaskFacet):
    """What both lead together is led by each."""

    name = "led_by"
    said = _("who leads it")
    help_text = _("Who leads or answers.")
    vocabulary = LedBy
    columns = ("led_by",)

    def mask(self, values: Iterable[str]) -> int:
        values = list(values)
        together = LedBy.BOTH.bit if {LedBy.PEER, LedBy.PROFESSIONAL} & set(values) else 0
        return super().mask(values) | together


class AccessFacet(MaskFacet):
    name = "access"
    said = _("how to join")
    help_text = _("What it takes to join.")
    vocabulary = Access
    columns = ("access",)


class FitFacet(NumberFacet):
    name = "fit"
    said = _("how close to pregnancy loss")
    help_text = _("How close it is to pregnancy loss.")
    vocabulary = Fit
    columns = ("fit",)


class LanguageFacet(Facet):
    """Kept as codes between spaces, because there are more languages than a mask has bits."""

    name = "language"
    said = _("language")
    help_text = _("A language help is given in, as a BCP 47 code.")
    columns = ("languages",)

    def choices(self) -> Choices:
        return list(LANGUAGES.items())

    def said_of(self, value: str) -> str:
        return self.label_of(value)

    def narrowing(self, values: Iterable[str]) -> Any:
        kept = Q(pk__in=())
        for code in sorted(self._codes(values)):
            kept |= Q(languages__contains=f" {code} ")
        return kept

    def test(self, values: Iterable[str]) -> Test:
        codes = self._codes(values)
        return lambda row: not codes.isdisjoint(row[0].split())

    def _codes(self, values: Iterable[str]) -> set[str]:
        return {code for value in values for code in LANGUAGES if _same_language(code, value)}


def _same_language(one: str, other: str) -> bool:
    """ "fr" finds "fr-CA" and "fr-CA" finds "fr", as a child and its parent do."""
    return one == other or one.startswith(f"{other}-") or other.startswith(f"{one}-")


class FaithFacet(Facet):
    """Three-valued, as everything that is noted of content: what nobody has looked at fits neither value."""

    name = "faith"
    said = _("faith")
    help_text = _("Faith-based, or known not to be.")
    columns = ("content_notes", "content_clear")
    phrases: ClassVar[dict[str, Any]] = {
        "faith_based": _("faith-based"),
        "not_faith_based": _("not faith-based"),
    }

    def choices(self) -> Choices:
        return [(value, capfirst(phrase)) for value, phrase in self.phrases.items()]

    def said_of(self, value: str) -> str:
        return str(self.phrases[value])

    def narrowing(self, values: Iterable[str]) -> Any:
        kept = Q(pk__in=())
        for column in self._columns_of(values):
            kept |= Q(any_bit(column, ContentNote.FAITH_BASED.bit))
        return kept

    def test(self, values: Iterable[str]) -> Test:
        places = [self.columns.index(column) for column in self._columns_of(values)]
        return lambda row: any(row[place] & ContentNote.FAITH_BASED.bit for place in places)

    def _columns_of(self, values: Iterable[str]) -> list[str]:
        known = {"faith_based": "content_notes", "not_faith_based": "content_clear"}
        return [known[value] for value in values]


class AccessibilityFacet(MaskFacet):
    name = "accessibility"
    said = _("access for disabled people")
    help_text = _("What the place is known to be arranged for.")
    vocabulary = AccessFeature
    columns = ("accessibility",)


class CountryFacet(MaskFacet):
    name = "country"
    said = _("country")
    help_text = _("Where it is, or a country it serves. What serves the whole world is always included.")
    columns = ("countries",)

    def choices(self) -> Choices:
        return list(COUNTRIES.items())

    def said_of(self, value: str) -> str:
        return the_country(value)

    def mask(self, values: Iterable[str]) -> int:
        return sum(country_bit(value) for value in set(values))


class AvoidFacet(MaskFacet):
    """The one facet whose values take away: what is noted goes, what is not known stays and stands last."""

    name = "avoid"
    label = _("Leave out what mentions")
    help_text = _("What does mention it is left out; what is known not to stands first.")
    vocabulary = ContentNote
    columns = ("content_notes", "content_clear")
    said = _("leaving out")

    def mask(self, values: Iterable[str]) -> int:
        return self.vocabulary.mask(values)

    def narrowing(self, values: Iterable[str]) -> Any:
        return Exact(_shared_bits("content_notes", self.mask(values)), 0)

    def test(self, values: Iterable[str]) -> Test:
        mask = self.mask(values)
        return lambda row: not row[0] & mask

    def known_clear(self, values: Iterable[str]) -> Any:
        """The condition of what is known to mention none of it."""
        mask = self.mask(values)
        return Exact(_shared_bits("content_clear", mask), mask)

    def test_clear(self, values: Iterable[str]) -> Callable[[int], bool]:
        """The same of one row's `content_clear`."""
        mask = self.mask(values)
        return lambda content_clear: content_clear & mask == mask


AVOID = AvoidFacet()
FACETS: tuple[Facet, ...] = (
    KindFacet(),
    CostFacet(),
    PaymentFacet(),
    FormatFacet(),
    LossFacet(),
    AudienceFacet(),
    LedByFacet(),
    AccessFacet(),
    FitFacet(),
    LanguageFacet(),
    FaithFacet(),
    AccessibilityFacet(),
    CountryFacet(),
    AVOID,
)
COLUMNS = tuple(dict.fromkeys(column for facet in FACETS for column in facet.columns))


def opened_by(asked: Question) -> set[int]:
    """What the question asks for of what is shown only on request, as numbers, with what always is."""
    asking = [facet.opens(values) for facet in FACETS if (values := asked.values(facet.name))]
    return {Visibility.NOTHING.number, *(what.number for what in asking if what)}
