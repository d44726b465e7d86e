"""What a question can be narrowed by. One facet is one class in one list; a filter may only remove.

Within a facet the values are OR, between facets AND. A value finds its parent and its children too.
The form, the address, the API's parameter and its documentation all follow from the class.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import F, Q
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from resources.vocabulary import (
    LANGUAGES,
    Cost,
    Format,
    Kind,
    Loss,
    Vocabulary,
    language_bit,
    with_kin,
)


def any_bit(column: str, mask: int) -> Any:
    """Rows whose mask in `column` shares a bit with `mask`."""
    return GreaterThan(F(column).bitand(mask), 0)


class Facet:
    """A parameter of a question whose values are a closed list kept as a bitmask in one column."""

    name: ClassVar[str]
    label: ClassVar[Any]
    help_text: ClassVar[Any]
    vocabulary: ClassVar[type[Vocabulary]]
    column: ClassVar[str]

    def choices(self) -> list[tuple[str, Any]]:
        return list(self.vocabulary.choices)

    def label_of(self, value: str) -> str:
        return str(dict(self.choices())[value])

    def mask(self, values: Iterable[str]) -> int:
        return self.vocabulary.mask(with_kin(values))

    def narrowing(self, values: Iterable[str]) -> Any:
        return any_bit(self.column, self.mask(values))


class KindFacet(Facet):
    name = "kind"
    label = _("Kind of support")
    help_text = _("What kind of support.")
    vocabulary = Kind
    column = "kind"

    def narrowing(self, values: Iterable[str]) -> Any:
        return Q(kind__in=[Kind(value).number for value in values])


class CostFacet(Facet):
    name = "cost"
    label = _("Cost")
    help_text = _("How it is paid for.")
    vocabulary = Cost
    column = "cost"


class FormatFacet(Facet):
    name = "format"
    label = _("How people meet")
    help_text = _("How people meet or talk.")
    vocabulary = Format
    column = "formats"


class LossFacet(Facet):
    """What welcomes every loss is found by each; abortion and tfmr open what is shown only on request."""

    name = "loss"
    label = _("Kind of loss")
    help_text = _("The loss it is for. What says that it welcomes any loss is always included.")
    vocabulary = Loss
    column = "losses"

    def mask(self, values: Iterable[str]) -> int:
        values = list(values)
        if Loss.ANY_LOSS in values:
            return Loss.everything()
        return super().mask(values) | Loss.ANY_LOSS.bit


class LanguageFacet(Facet):
    name = "language"
    label = _("Language")
    help_text = _("A language help is given in, as a BCP 47 code.")
    column = "languages"

    def choices(self) -> list[tuple[str, Any]]:
        return list(LANGUAGES.items())

    def mask(self, values: Iterable[str]) -> int:
        mask = 0
        for value in values:
            mask |= language_bit(value)
        return mask


FACETS: tuple[Facet, ...] = (KindFacet(), CostFacet(), LossFacet(), FormatFacet(), LanguageFacet())
