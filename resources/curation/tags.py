"""Adding the same words to many services, or taking them away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from resources.curation import permissions
from resources.curation.attribution import record_attribution
from resources.curation.permissions import Action
from resources.curation.propagation import ids_of, propagate_edit, service_batches
from resources.history import revisions
from resources.models import Service, TaxonomyTerm

TOPICS = "topics"
CODES = ("losses", "formats", "payments", "led_by", "access")
# By part of the record: terms under `topics`, codes of its vocabulary under each of the others.
TagChange = Mapping[str, Iterable[Any]]


class NoTagsSelected(ValidationError):
    """No word was chosen, or the same one both to add and to take away."""


@transaction.atomic
def retag(
    *, services: Iterable[Service], add: TagChange, remove: TagChange, by: User | None, at: datetime
) -> int:
    """Adds these words to every one of these services and takes those away; returns how many changed.

    Raises NothingToTag.
    """
    services = list(services)
    permissions.require_permission(by, Action.TAG, services)
    added, removed = _chosen(add), _chosen(remove)
    _validate_tags(added, removed)
    changed = [
        service for batch in service_batches(ids_of(services)) for service in _changing(batch, added, removed)
    ]
    if not changed:
        return 0
    comment = _("Retagged: %(words)s") % {"words": ", ".join(_said(added, removed))}
    with revisions.record_revision(changed, by=by, at=at, comment=comment):
        for batch in service_batches(ids_of(changed)):
            _retag(batch, added, removed)
        record_attribution(ids_of(changed), sorted({*added, *removed}), at=at)
        propagate_edit(ids_of(changed), at=at)
    return len(changed)


def _chosen(tags: TagChange) -> dict[str, list[Any]]:
    """Without what says nothing; codes as members of their vocabulary. ValueError for what is none."""
    chosen = {name: list(words) for name, words in tags.items()}
    for name in set(chosen) & set(CODES):
        vocabulary = _vocabulary(name)
        chosen[name] = [vocabulary(word) for word in chosen[name]]
    return {name: words for name, words in chosen.items() if words}


def _vocabulary(name: str) -> Any:
    field: Any = Service._meta.get_field(name)
    return field.vocabulary


def _validate_tags(added: Mapping[str, Sequence[Any]], removed: Mapping[str, Sequence[Any]]) -> None:
    if not (added or removed):
        raise NoTagsSelected(_("Tick something to add or to take away."))
    for name in added.keys() & removed.keys():
        if both := [word for word in added[name] if word in removed[name]]:
            raise NoTagsSelected(
                _("Ticked both to add and to take away: %(words)s.") % {"words": ", ".join(map(_word, both))}
            )


def _changing(rows: Any, added: Mapping[str, Any], removed: Mapping[str, Any]) -> Iterator[Service]:
    """Those that are not tagged so already."""
    for service in rows.only("name", "last_modified", *CODES).prefetch_related(TOPICS).order_by("pk"):
        if any(
            _after(service, name, added, removed) != _before(service, name) for name in {*added, *removed}
        ):
            yield service


def _before(service: Service, name: str) -> set[Any]:
    return set(service.topics.all()) if name == TOPICS else set(getattr(service, name))


def _after(service: Service, name: str, added: Mapping[str, Any], removed: Mapping[str, Any]) -> set[Any]:
    return (_before(service, name) - set(removed.get(name, ()))) | set(added.get(name, ()))


def _retag(rows: Any, added: Mapping[str, Any], removed: Mapping[str, Any]) -> None:
    names = [name for name in CODES if name in added or name in removed]
    services = list(rows.prefetch_related(TOPICS))
    if names:
        for service in services:
            for name in names:
                setattr(service, name, tuple(_after(service, name, added, removed)))
        Service.objects.bulk_update(services, names)
    rows_of_topics: Any = Service.topics.through
    ids = ids_of(services)
    rows_of_topics.objects.filter(service__in=ids, taxonomyterm__in=removed.get(TOPICS, ())).delete()
    rows_of_topics.objects.bulk_create(
        [
            rows_of_topics(service_id=pk, taxonomyterm_id=term.pk)
            for pk in ids
            for term in added.get(TOPICS, ())
        ],
        ignore_conflicts=True,
    )


def _said(added: Mapping[str, Any], removed: Mapping[str, Any]) -> Iterator[str]:
    for sign, tags in (("+", added), ("-", removed)):
        for words in tags.values():
            yield from (f"{sign}{_word(word)}" for word in words)


def _word(word: Any) -> str:
    return word.name if isinstance(word, TaxonomyTerm) else str(word.label)
