"""Saving with care: two curators on one record, rows that are gone meanwhile, edits that wait for a reviewer.

A form carries the version of the record that it shows. Sent for another version it saves nothing: it comes
back with all that was typed and with what has changed, and pressing Save again is a decision.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.db import models, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from resources.admin.forms import REFUSAL
from resources.admin.unsaved import TypedForms
from resources.curation import pending_edits, permissions
from resources.curation.permissions import Action, NotAllowed
from resources.curation.restore import lock
from resources.history import revisions
from resources.history.diffs import Difference, differences
from resources.history.snapshots import Snapshot, is_same, place_snapshot, row_of
from resources.models import ServiceAtLocation

VERSION = "_version"
View = Callable[[dict[str, Any]], HttpResponse]
ROW = re.compile(r"(\d+)-(.+)", re.ASCII)


class HeldForReview(Exception):
    """The edit is written and waits for a reviewer: carries it out of the transaction that takes it back."""

    def __init__(self, record: models.Model, after: Snapshot) -> None:
        self.record, self.after = record, after


@dataclass(frozen=True)
class FormConflict:
    """Somebody else has changed the record since the form was shown.

    `meanwhile` is what they changed, None where it was not kept how the record was; `typed` is what saving
    the form would change today, None where the form cannot be saved as it is.
    """

    refusal: str
    meanwhile: list[Difference] | None
    typed: list[Difference] | None


def changeform_view(page: Any, request: Any, object_id: str | None, view: View) -> HttpResponse:
    """The page of one record as Django's `view` makes it, unless the edit conflicts, or has to wait.

    `page.owner_of` names the record whose history an edit belongs to. `view` takes what its template needs.
    """
    record = _changeable(page, request, object_id)
    owner = None if record is None else page.owner_of(record)
    if request.method != "POST":
        # Before the form reads the record: a change in between is a clash too many, never one missed.
        return view({"version": record_version(owner) if owner else ""})
    with transaction.atomic():
        if owner is None:
            return _save(page, request, None, "", view)
        lock(owner)
        version = record_version(owner)
        conflict = _find_conflict(page, request, record, version)
        if conflict is None:
            return _save(page, request, record, version, view)
        return _refuse(request, view, conflict.refusal, version=version, clash=conflict)


def hold_for_review(record: models.Model, by: User) -> None:
    """Called when the form is written, ahead of the verb. Raises HeldForReview for an edit that waits."""
    if permissions.needs_review(by, record):
        permissions.require_permission(by, Action.EDIT, [record])
        raise HeldForReview(record, revisions.current_snapshot(record))


def waiting_edits(record: models.Model | None, by: User) -> list[dict[str, Any]]:
    """Edits of this record that wait: one's own with what it changes, of others only that they do."""
    if record is None or record.pk is None:
        return []
    return [
        {
            "edit": edit,
            "is_own": edit.made_by_id == by.pk,
            "changes": pending_edits.changes_of(edit) if edit.made_by_id == by.pk else [],
        }
        for edit in pending_edits.open_edits(record)
    ]


def _changeable(page: Any, request: Any, object_id: str | None) -> Any:
    """The record to be changed; None where there is none, or where Django is going to refuse."""
    record = None if object_id is None else page.get_object(request, unquote(object_id))
    if record is None or not page.has_view_or_change_permission(request, record):
        return None
    if request.method == "POST" and not page.has_change_permission(request, record):
        return None
    return record


def _save(page: Any, request: Any, record: Any, version: str, view: View) -> HttpResponse:
    try:
        with _messages_taken_back(request):
            return view({"version": version})
    except HeldForReview as held:
        return _submit_for_review(page, request, record, held)
    except NotAllowed as refused:
        return _refuse(request, view, _("Nothing was saved. %(why)s") % {"why": refused}, version=version)


def _refuse(request: Any, view: View, refusal: str, **context: Any) -> HttpResponse:
    """The page again with all that was typed, and with why it is not saved: `CuratedForm` reads that too."""
    request.POST = request.POST.copy()
    request.POST[REFUSAL] = refusal
    return view({"refusal": refusal, **context})


def _submit_for_review(page: Any, request: Any, record: Any, held: HeldForReview) -> HttpResponse:
    """`record` is None for one that was to be added. Under the lock it is still as before."""
    kept = pending_edits.submit_for_review(
        record=held.record,
        before={} if record is None else revisions.current_snapshot(record),
        after=held.after,
        by=request.user,
        at=timezone.now(),
    )
    if kept is None:
        messages.info(request, _("Nothing was changed."))
    else:
        told = _("Your edit waits for a reviewer. Visitors see the record as it was.")
        messages.success(request, told)
    shown = held.record if record is not None else page.owner_of(held.record)
    address = reverse(f"admin:resources_{shown._meta.model_name}_change", args=[shown.pk])
    is_popup = IS_POPUP_VAR in request.POST
    return HttpResponseRedirect(f"{address}?{IS_POPUP_VAR}=1" if is_popup else address)


@contextmanager
def _messages_taken_back(request: Any) -> Iterator[None]:
    """Takes back what was told the curator of a deed that was taken back."""
    told: Any = messages.get_messages(request)
    before = list(told._queued_messages)  # Django has no word for it
    try:
        yield
    except (HeldForReview, NotAllowed):
        told._queued_messages[:] = before
        raise


# ---- two curators on one record


def _find_conflict(page: Any, request: Any, record: Any, version: str) -> FormConflict | None:
    """None where the form shows the record as it is. Rows that are gone are put right in what was sent."""
    sent = request.POST.get(VERSION, "")
    if sent == version:
        return None
    owner = page.owner_of(record)
    today = revisions.current_snapshot(record)
    base = _submitted_base(record, owner, sent)
    if base is not None and is_same(base, today):
        return None
    _keep_rows_that_are_gone(page, request, record, base)
    return FormConflict(
        refusal=_clash_in_words(request, owner),
        meanwhile=None if base is None else differences(base, today),
        typed=_typed_changes(page, request, record, today),
    )


def _typed_changes(page: Any, request: Any, record: Any, today: Snapshot) -> list[Difference] | None:
    """What saving the form would change: tried, and taken back."""
    typed = TypedForms(page, request, page.get_object(request, str(record.pk)), request.POST)
    return differences(today, typed.look(revisions.current_snapshot)) if typed.is_valid() else None


def _keep_rows_that_are_gone(page: Any, request: Any, record: Any, base: Snapshot | None) -> None:
    """What was typed into a row that somebody has taken away stands as a new row; untouched ones go."""
    data = request.POST.copy()
    prefixes: dict[str, int] = {}
    for formset, _inline in page.get_formsets_with_inlines(request, record):
        prefix = formset.get_default_prefix()
        prefixes[prefix] = number = prefixes.get(prefix, 0) + 1
        prefix = prefix if number == 1 else f"{prefix}-{number}"
        _SubmittedFormset(formset, prefix, data, record, base).tidy()
    request.POST = data


class _SubmittedFormset:
    """The rows of one kind as they were sent, of which some may be gone."""

    def __init__(self, formset: Any, prefix: str, data: Any, record: Any, base: Snapshot | None) -> None:
        self.formset, self.prefix, self.data, self.record = formset, prefix, data, record
        self.base = None if base is None else base.get(formset.model._meta.label_lower, {})

    def tidy(self) -> None:
        counts = [self.data.get(f"{self.prefix}-{name}_FORMS", "") for name in ("TOTAL", "INITIAL")]
        if not all(count.isascii() and count.isdigit() and len(count) < 4 for count in counts):
            return  # Django says what is wrong with it
        total, initial = map(int, counts)
        sent = {number: self._id(number) for number in range(min(initial, total))}
        gone = [number for number, pk in sent.items() if pk and pk not in self._there()]
        if not gone:
            return
        kept = [number for number in gone if self._is_typed_into(number, sent[number])]
        stay = [number for number in range(total) if number not in gone]
        self._renumber([*stay, *kept], initial=initial - len(gone))

    def _id(self, number: int) -> str:
        return str(self.data.get(f"{self.prefix}-{number}-{self._pk}", ""))

    @property
    def _pk(self) -> str:
        return str(self.formset.model._meta.pk.name)

    def _there(self) -> set[str]:
        rows = self.formset.model._default_manager.filter(**{self.formset.fk.name: self.record})
        return {str(pk) for pk in rows.values_list("pk", flat=True)}

    def _is_typed_into(self, number: int, pk: str) -> bool:
        if self.data.get(f"{self.prefix}-{number}-DELETE"):
            return False
        if self.base is None:
            return True
        if pk not in self.base:
            return True
        was = row_of(self.formset.model, pk, self.base[pk])
        form = self.formset.form(self.data, prefix=f"{self.prefix}-{number}", instance=was)
        return bool(form.has_changed())

    def _renumber(self, order: list[int], *, initial: int) -> None:
        """The rows in this order; those from the number `initial` on are new ones."""
        rows: dict[int, dict[str, list[str]]] = {}
        for name in list(self.data):
            found = ROW.fullmatch(name.removeprefix(f"{self.prefix}-"))
            if found:
                rows.setdefault(int(found[1]), {})[found[2]] = self.data.pop(name)
        for place, number in enumerate(order):
            for name, values in rows.get(number, {}).items():
                new = place >= initial and name == self._pk
                self.data.setlist(f"{self.prefix}-{place}-{name}", [""] if new else values)
        self.data[f"{self.prefix}-TOTAL_FORMS"] = str(len(order))
        self.data[f"{self.prefix}-INITIAL_FORMS"] = str(initial)


def record_version(owner: models.Model) -> str:
    """Which version of the record stands in the database: by its `last_modified`, or its last revision."""
    at = getattr(owner, "last_modified", None)
    if at is None:
        last = revisions.last_revision(owner)
        return f"revision {last.pk}" if last else "revision 0"
    now: datetime | None = (
        type(owner)._default_manager.filter(pk=owner.pk).values_list("last_modified", flat=True).first()
    )
    return now.isoformat() if now else ""


def _submitted_base(record: models.Model, owner: models.Model, version: str) -> Snapshot | None:
    """The record as the form that was sent showed it; None where that was not kept."""
    if not hasattr(owner, "last_modified"):
        return _base_by_revision(owner, version)
    try:
        base = revisions.snapshot_at(owner, datetime.fromisoformat(version).astimezone(UTC))
    except (ValueError, OverflowError):
        return None
    return place_snapshot(base, record) if base and isinstance(record, ServiceAtLocation) else base


def _base_by_revision(owner: models.Model, version: str) -> Snapshot | None:
    number = version.removeprefix("revision ")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return None
    past = revisions.revisions_of(owner)
    # None was kept when the form was shown: the first one tells what was before the next edit.
    revision = past.filter(pk=int(number)).first() if int(number) else past.order_by("pk").first()
    return None if revision is None else revision.snapshot


def _clash_in_words(request: Any, owner: models.Model) -> str:
    if not request.POST.get(VERSION):
        return _(
            "Nothing was saved: this form does not say which version of the record it was made from. "
            "Look at it again, and save it from here."
        )
    who = _who_changed(owner, request.user)
    return _(
        "%(who)s changed this record while you were writing. Nothing of yours is saved yet, and all of it is "
        "still here. Look at what differs, and save again if yours should stand."
    ) % {"who": who}


def _who_changed(owner: models.Model, by: User) -> str:
    last = revisions.last_revision(owner)
    if last is None or not is_same(last.snapshot, revisions.current_snapshot(owner)):
        return _("An import, or an edit of something that belongs to it,")
    if last.made_by_id == by.pk:
        return _("You yourself, in another window,")
    return revisions.revision_author(last) or _("An import")
