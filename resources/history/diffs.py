"""Differences between two snapshots of a record, in words, for pages to lay out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from resources.history.snapshots import (
    DERIVED_FIELDS,
    Fields,
    Snapshot,
    changed_fields,
    changed_rows,
    foreign_keys_of,
    ids_in,
    snapshot_model,
)
from resources.models import Language, Location, Phone, Revision, ServiceAtLocation
from resources.models.codes import CodesField
from resources.models.dates import DatesField
from resources.wording import clock, country_name, join_words, language_name
from resources.wording.prices import money

CHANGED, ADDED, REMOVED = "changed", "added", "removed"
SAME, GONE, NEW = "same", "gone", "new"
MIN_DIFF_LENGTH = 80  # characters; a longer text is compared sentence by sentence
MAX_NAME_LENGTH = 60  # characters of a row's own name
# Fields that name the record a row belongs to: the reader knows it.
OWNERS = frozenset({"service", "organization", "location", "service_at_location"})
MONEY = frozenset({"amount", "amount_max", "full_fee", "income_over", "income_up_to"})
PERCENT = frozenset({"percent_off", "guideline_over", "guideline_up_to"})
SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")

Names = dict[type[models.Model], dict[str, str]]


@dataclass(frozen=True)
class Difference:
    """A changed field, or an added or removed row.

    `row_label` names the row, "" for the record itself. `before` and `after` are texts for people.
    `line_diff` has the sentences of a long text: (SAME, GONE or NEW, sentence).
    """

    model: str
    pk: str
    field: str
    kind: str
    row_label: str
    label: str
    before: str
    after: str
    line_diff: tuple[tuple[str, str], ...] = ()

    @property
    def part(self) -> str:
        """The key of the part in a form: model, id and field."""
        return "|".join((self.model, self.pk, self.field))

    @property
    def description(self) -> str:
        """What has changed: "Name", "Phone number 555 0100: note" or "Phone number 555 0100", for example."""
        return ": ".join(part for part in (self.row_label, self.label) if part)

    def __str__(self) -> str:
        if self.kind == CHANGED:
            words = _("%(what)s: from “%(before)s” to “%(after)s”")
        elif self.kind == ADDED:
            words = _("%(what)s: added (%(after)s)") if self.after else _("%(what)s: added")
        else:
            words = _("%(what)s: removed (%(before)s)") if self.before else _("%(what)s: removed")
        return words % {"what": self.description, "before": self.before, "after": self.after}


def differences(before: Snapshot, after: Snapshot) -> list[Difference]:
    """Return the differences between two snapshots of a record."""
    return differences_of([(before, after)])[0]


def differences_of(pairs: Sequence[tuple[Snapshot, Snapshot]]) -> list[list[Difference]]:
    """Return the differences of each pair of snapshots.

    Names of related records are looked up together, so that many pairs need no more queries than one.
    """
    names = _names(pairs)
    return [list(_of_pair(before, after, names)) for before, after in pairs]


def _of_pair(before: Snapshot, after: Snapshot, names: Names) -> Iterable[Difference]:
    own = snapshot_model(before, after)
    for model_name, pk, old, new in changed_rows(before, after):
        row = _Row(model_name, pk, old, new, names, _places(before, after), is_own=model_name == own)
        yield from row.differences()


class _Row:
    """A row that differs between two snapshots."""

    def __init__(
        self,
        model_name: str,
        pk: str,
        old: Fields | None,
        new: Fields | None,
        names: Names,
        places: dict[str, str],
        *,
        is_own: bool,
    ) -> None:
        self.model: type[models.Model] = apps.get_model(model_name)
        self.at = (model_name, pk)
        self.old, self.new, self.names, self.is_own = old, new, names, is_own
        fields: Any = old if old is not None else new
        self.row_label = "" if is_own and old is not None and new is not None else self._name(fields, places)

    def differences(self) -> Iterable[Difference]:
        if self.old is None or self.new is None:
            yield self._row_difference()
            return
        changed = set(changed_fields(self.old, self.new))
        for field in _fields(self.model):
            if field.name in changed:
                yield self._field_difference(field)

    def _field_difference(self, field: Any) -> Difference:
        before, after = (self._display_value(field, row) or _("nothing") for row in (self.old, self.new))
        label = str(field.verbose_name)
        line_diff = _lines(self._display_value(field, self.old), self._display_value(field, self.new))
        return Difference(
            *self.at,
            field.name,
            CHANGED,
            self.row_label,
            label if self.row_label else capfirst(label),
            before,
            after,
            line_diff,
        )

    def _row_difference(self) -> Difference:
        is_new = self.old is None
        summary = self._summary(self.new if is_new else self.old)
        before, after = ("", summary) if is_new else (summary, "")
        return Difference(*self.at, "", ADDED if is_new else REMOVED, self.row_label, "", before, after)

    def _summary(self, fields: Any) -> str:
        """Return everything the row contains, without empty fields."""
        parts = []
        for field in _fields(self.model):
            if field.name in DERIVED_FIELDS or self._is_owner(field) or fields.get(field.name) is False:
                continue
            if text := self._display_value(field, fields):
                parts.append(f"{field.verbose_name}: {text}")
        return "; ".join(parts)

    def _is_owner(self, field: Any) -> bool:
        if self.is_own and self.model is not ServiceAtLocation:
            return False
        return field.name in OWNERS and (self.model, field.name) != (ServiceAtLocation, "location")

    def _name(self, fields: Fields, places: dict[str, str]) -> str:
        """Return the row's name: "Phone number 555 0100" or "Schedule TU (The Hall, Dallas)", for example."""
        kind = capfirst(str(self.model._meta.verbose_name))
        name = Truncator(_row_name(self.model, self.at[1], fields, self.names)).chars(MAX_NAME_LENGTH)
        location = self.names[Location].get(places.get(str(fields.get("service_at_location")), ""), "")
        return " ".join(part for part in (kind, name, f"({location})" if location else "") if part)

    def _display_value(self, field: Any, fields: Any) -> str:
        """Return a field's value for people; "" if it is empty."""
        value = fields.get(field.name)
        if value is None or value in ("", []):
            return ""
        if field.is_relation:
            names = self.names[field.related_model]
            missing_name = _("a record that is gone")
            return join_words(sorted(names.get(pk, missing_name) for pk in ids_in(value)))
        if field.name in MONEY:
            return money(Decimal(value), fields.get("currency") or "")
        if field.name in PERCENT:
            return f"{Decimal(value).normalize():f}%"
        return _format_value(self.model, field, value)


def _format_value(model: type[models.Model], field: Any, value: Any) -> str:
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if (model, field.name) == (Language, "code"):
        return language_name(value)
    if field.name == "country" and model in (Phone, Location):
        return country_name(value)
    for kind, words in FORMATTERS:
        if isinstance(field, kind):
            return words(field.to_python(value))
    return str(value)


def _format_datetime(at: Any) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _format_date(day: Any) -> str:
    return date_format(day)


# DateTimeField is a subclass of DateField, so it comes first.
FORMATTERS: tuple[tuple[type[models.Field], Callable[[Any], str]], ...] = (
    (CodesField, lambda codes: ", ".join(str(code.label) for code in codes)),
    (DatesField, lambda days: ", ".join(map(_format_date, days))),
    (models.BooleanField, lambda value: _("yes") if value else _("no")),
    (models.DateTimeField, _format_datetime),
    (models.DateField, _format_date),
    (models.TimeField, clock),
)


def _row_name(model: type[models.Model], pk: str, fields: Fields, names: Names) -> str:
    if model is ServiceAtLocation:
        return names[Location].get(str(fields.get("location")), "")
    plain = {
        field.name: field.to_python(fields[field.name])
        for field in model._meta.concrete_fields
        if field.name in fields and not field.is_relation
    }
    if model is Language:
        return language_name(plain["code"])
    name = str(model(pk=pk, **plain))
    return "" if name == pk else name


def _lines(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """Compare long texts sentence by sentence: what stayed, what went and what is new."""
    if max(len(before), len(after)) <= MIN_DIFF_LENGTH:
        return ()
    old, new = (list(filter(None, SENTENCES.split(text))) for text in (before, after))
    lines: list[tuple[str, str]] = []
    for opcode, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if opcode == "equal":
            lines += [(SAME, line) for line in old[first:last]]
        else:
            lines += [(GONE, line) for line in old[first:last]]
            lines += [(NEW, line) for line in new[start:end]]
    return tuple(lines)


def _fields(model: type[models.Model]) -> list[Any]:
    """Return the fields in the order of the model. Columns that no longer exist are left out."""
    return [*model._meta.concrete_fields, *model._meta.many_to_many]


def _places(*snapshots: Snapshot) -> dict[str, str]:
    """Map the id of each place of a service to the id of its location."""
    label = ServiceAtLocation._meta.label_lower
    return {
        pk: str(fields.get("location"))
        for snapshot in snapshots
        for pk, fields in snapshot.get(label, {}).items()
    }


def _names(pairs: Iterable[tuple[Snapshot, Snapshot]]) -> Names:
    """Look up the names of all records that the pairs refer to: a query per model, two if some are gone."""
    wanted: dict[type[models.Model], set[str]] = defaultdict(set)
    for before, after in pairs:
        wanted[Location].update(_places(before, after).values())
        for model_name, _pk, old, new in changed_rows(before, after):
            model: Any = apps.get_model(model_name)
            for field, target in foreign_keys_of(model):
                for row in (old, new):
                    wanted[target].update(ids_in((row or {}).get(field.name)))
    return defaultdict(dict, {model: _names_of(model, ids) for model, ids in wanted.items()})


def _names_of(model: type[models.Model], ids: Iterable[str]) -> dict[str, str]:
    if not (wanted := set(ids)):
        return {}
    names = {str(record.pk): str(record) for record in model._default_manager.filter(pk__in=wanted)}
    gone = wanted - set(names)
    if gone and isinstance(model._meta.pk, models.UUIDField):
        revisions = Revision.objects.filter(model=model._meta.label_lower, object_id__in=gone).order_by("pk")
        names |= {str(pk): name for pk, name in revisions.values_list("object_id", "name")}
    return names
