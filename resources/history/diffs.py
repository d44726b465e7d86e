"""What differs between two snapshots of a record, in words: plain sentences, for the door to lay out."""

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
LONG = 80  # signs; a longer text is compared sentence by sentence
MOST_NAME = 60  # signs of a row's own name
# What says to which record a row belongs: that goes without saying.
OWNERS = frozenset({"service", "organization", "location", "service_at_location"})
MONEY = frozenset({"amount", "amount_max", "full_fee", "income_over", "income_up_to"})
PERCENT = frozenset({"percent_off", "guideline_over", "guideline_up_to"})
SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")

Names = dict[type[models.Model], dict[str, str]]


@dataclass(frozen=True)
class Difference:
    """One field that says something else, or one row that came or went.

    `of` names the row, "" where it is the record itself. `before` and `after` are what a person reads.
    `lines` are the sentences of a long text: (SAME, GONE or NEW, sentence).
    """

    model: str
    pk: str
    field: str
    kind: str
    of: str
    label: str
    before: str
    after: str
    lines: tuple[tuple[str, str], ...] = ()

    @property
    def what(self) -> str:
        """ "Name", "Phone number 555 0100: note", "Phone number 555 0100"."""
        return ": ".join(part for part in (self.of, self.label) if part)

    def __str__(self) -> str:
        if self.kind == CHANGED:
            words = _("%(what)s: from “%(before)s” to “%(after)s”")
        elif self.kind == ADDED:
            words = _("%(what)s: added (%(after)s)") if self.after else _("%(what)s: added")
        else:
            words = _("%(what)s: removed (%(before)s)") if self.before else _("%(what)s: removed")
        return words % {"what": self.what, "before": self.before, "after": self.after}


def differences(before: Snapshot, after: Snapshot) -> list[Difference]:
    return differences_of([(before, after)])[0]


def differences_of(pairs: Sequence[tuple[Snapshot, Snapshot]]) -> list[list[Difference]]:
    """Of each pair. All names are looked up together, so that a page of them asks no more than one."""
    names = _names(pairs)
    return [list(_of_pair(before, after, names)) for before, after in pairs]


def _of_pair(before: Snapshot, after: Snapshot, names: Names) -> Iterable[Difference]:
    own = snapshot_model(before, after)
    for model_name, pk, old, new in changed_rows(before, after):
        row = _Row(model_name, pk, old, new, names, _places(before, after), is_own=model_name == own)
        yield from row.differences()


class _Row:
    """One row of which something differs."""

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
        said: Any = old if old is not None else new
        self.of = "" if is_own and old is not None and new is not None else self._name(said, places)

    def differences(self) -> Iterable[Difference]:
        if self.old is None or self.new is None:
            yield self._whole()
            return
        changed = set(changed_fields(self.old, self.new))
        for field in _fields(self.model):
            if field.name in changed:
                yield self._changed(field)

    def _changed(self, field: Any) -> Difference:
        before, after = (self._said(field, row) or _("nothing") for row in (self.old, self.new))
        label = str(field.verbose_name)
        lines = _lines(self._said(field, self.old), self._said(field, self.new))
        return Difference(
            *self.at,
            field.name,
            CHANGED,
            self.of,
            label if self.of else capfirst(label),
            before,
            after,
            lines,
        )

    def _whole(self) -> Difference:
        came = self.old is None
        said = self._summary(self.new if came else self.old)
        before, after = ("", said) if came else (said, "")
        return Difference(*self.at, "", ADDED if came else REMOVED, self.of, "", before, after)

    def _summary(self, fields: Any) -> str:
        """All that the row says, but for what is empty."""
        said = []
        for field in _fields(self.model):
            if field.name in DERIVED_FIELDS or self._is_owner(field) or fields.get(field.name) is False:
                continue
            if words := self._said(field, fields):
                said.append(f"{field.verbose_name}: {words}")
        return "; ".join(said)

    def _is_owner(self, field: Any) -> bool:
        if self.is_own and self.model is not ServiceAtLocation:
            return False
        return field.name in OWNERS and (self.model, field.name) != (ServiceAtLocation, "location")

    def _name(self, fields: Fields, places: dict[str, str]) -> str:
        """ "Phone number 555 0100", "Schedule TU (The Hall, Dallas)"."""
        kind = capfirst(str(self.model._meta.verbose_name))
        name = Truncator(_own_name(self.model, self.at[1], fields, self.names)).chars(MOST_NAME)
        there = self.names[Location].get(places.get(str(fields.get("service_at_location")), ""), "")
        return " ".join(part for part in (kind, name, f"({there})" if there else "") if part)

    def _said(self, field: Any, fields: Any) -> str:
        """What people read of it; "" where it says nothing."""
        value = fields.get(field.name)
        if value is None or value in ("", []):
            return ""
        if field.is_relation:
            known = self.names[field.related_model]
            gone = _("a record that is gone")
            return join_words(sorted(known.get(one, gone) for one in ids_in(value)))
        if field.name in MONEY:
            return money(Decimal(value), fields.get("currency") or "")
        if field.name in PERCENT:
            return f"{Decimal(value).normalize():f}%"
        return _in_words(self.model, field, value)


def _in_words(model: type[models.Model], field: Any, value: Any) -> str:
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if (model, field.name) == (Language, "code"):
        return language_name(value)
    if field.name == "country" and model in (Phone, Location):
        return country_name(value)
    for kind, words in WORDS:
        if isinstance(field, kind):
            return words(field.to_python(value))
    return str(value)


def _moment(at: Any) -> str:
    return date_format(timezone.localtime(at), "j F Y, H:i")


def _day(day: Any) -> str:
    return date_format(day, "j F Y")


# A moment is a kind of day to Django, so it stands first.
WORDS: tuple[tuple[type[models.Field], Callable[[Any], str]], ...] = (
    (CodesField, lambda codes: ", ".join(str(code.label) for code in codes)),
    (DatesField, lambda days: ", ".join(map(_day, days))),
    (models.BooleanField, lambda value: _("yes") if value else _("no")),
    (models.DateTimeField, _moment),
    (models.DateField, _day),
    (models.TimeField, clock),
)


def _own_name(model: type[models.Model], pk: str, fields: Fields, names: Names) -> str:
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
    """Of long texts: what stayed, went and came, sentence by sentence."""
    if max(len(before), len(after)) <= LONG:
        return ()
    old, new = (list(filter(None, SENTENCES.split(text))) for text in (before, after))
    lines: list[tuple[str, str]] = []
    for deed, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if deed == "equal":
            lines += [(SAME, line) for line in old[first:last]]
        else:
            lines += [(GONE, line) for line in old[first:last]]
            lines += [(NEW, line) for line in new[start:end]]
    return tuple(lines)


def _fields(model: type[models.Model]) -> list[Any]:
    """In the order of the model. A column that is not there any more is not told."""
    return [*model._meta.concrete_fields, *model._meta.many_to_many]


def _places(*snapshots: Snapshot) -> dict[str, str]:
    """The location of each place of a service, by their ids."""
    label = ServiceAtLocation._meta.label_lower
    return {
        pk: str(fields.get("location"))
        for snapshot in snapshots
        for pk, fields in snapshot.get(label, {}).items()
    }


def _names(pairs: Iterable[tuple[Snapshot, Snapshot]]) -> Names:
    """The names of all records that may be named: a query for each kind of them, two where some are gone."""
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
    if not (sought := set(ids)):
        return {}
    found = {str(record.pk): str(record) for record in model._default_manager.filter(pk__in=sought)}
    gone = sought - set(found)
    if gone and isinstance(model._meta.pk, models.UUIDField):
        kept = Revision.objects.filter(model=model._meta.label_lower, object_id__in=gone).order_by("pk")
        found |= {str(pk): name for pk, name in kept.values_list("object_id", "name")}
    return found
