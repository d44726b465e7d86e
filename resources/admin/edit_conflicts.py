"""Edit conflicts and reviews: two curators on one record, rows that are gone, edits that wait for a reviewer.

A form contains the version of the record that it shows. Submitted for another version it saves nothing: it is
shown again with everything that was typed and with what has changed, and saving it again overwrites that.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
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

from resources.admin import drafts
from resources.admin.forms import REFUSAL
from resources.admin.unsaved import TypedForms
from resources.curation import pending_edits, permissions
from resources.curation.drafts import discard_draft
from resources.curation.permissions import Action, NotAllowed
from resources.curation.restore import lock
from resources.history import revisions
from resources.history.diffs import Difference, differences
from resources.history.snapshots import Snapshot, is_same, place_snapshot, row_of
from resources.models import Draft, ServiceAtLocation

VERSION = "_version"
View = Callable[[dict[str, Any]], HttpResponse]
ROW = re.compile(r"(\d+)-(.+)", re.ASCII)


class HeldForReview(Exception):
    """Rolls a written edit back and carries it out of the transaction, because it needs a review."""

    def __init__(self, record: models.Model, after: Snapshot) -> None:
        self.record, self.after = record, after


@dataclass(frozen=True)
class FormConflict:
    """Someone else has changed the record since the form was shown.

    `their_changes`: None if the earlier state of the record is unknown. `your_changes`: what saving the form
    would change now, None if the form has errors.
    """

    refusal: str
    their_changes: list[Difference] | None
    your_changes: list[Difference] | None


def changeform_view(page: Any, request: Any, object_id: str | None, view: View) -> HttpResponse:
    """Show or save the page of one record by Django's `view`, unless the edit conflicts or needs a review.

    `page.owner_of` names the record whose history an edit belongs to. `view` takes extra template context.
    """
    draft = drafts.show_requested_draft(page, request, object_id)
    record = _get_editable(page, request, object_id)
    if record is None and object_id is not None:
        return view({})  # Django refuses, or says that there is no such record
    owner = None if record is None else page.owner_of(record)
    if request.method != "POST":
        # The version of what was read just now, before the form reads the record: a change in between then
        # causes a false conflict, never a missed one.
        version = read_version(owner) if owner else ""
        return view({"version": version, **drafts.draft_context(page, request, object_id)})
    with transaction.atomic():
        response = _answer_submitted(page, request, record, owner, view, draft)
        if response.status_code == 302 and draft is None:
            discard_draft(by=request.user, model=page.model, object_id=object_id)
        return response


def _answer_submitted(
    page: Any, request: Any, record: Any, owner: Any, view: View, draft: Draft | None
) -> HttpResponse:
    """Save the submitted form, or show it again. A `draft` is only shown."""
    context = drafts.draft_context(page, request, None if record is None else str(record.pk))
    context["draft"] = None

    def show(extra: dict[str, Any]) -> HttpResponse:
        return view({**context, **extra})

    version = ""
    if owner is not None:
        lock(owner)
        version = record_version(owner)
        conflict = _find_conflict(page, request, record, version)
        if conflict is not None:
            return _refuse(request, show, conflict.refusal, version=version, conflict=conflict)
    if draft is None:
        return _save(page, request, record, version, show)
    request.POST[REFUSAL] = _("Not saved yet.")
    return show({"version": version, "restored": draft})


def hold_for_review(record: models.Model, by: User) -> None:
    """Raise HeldForReview if the edit needs a review. Call it after the form is saved."""
    if permissions.needs_review(by, record):
        permissions.require_permission(by, Action.EDIT, [record])
        raise HeldForReview(record, revisions.current_snapshot(record))


def waiting_edits(record: models.Model | None, by: User) -> list[dict[str, Any]]:
    """Return the open edits of a record: one's own with their changes, those of others without."""
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


def _get_editable(page: Any, request: Any, object_id: str | None) -> Any:
    """Return the record to be changed; None if there is none, or if Django will refuse."""
    record = None if object_id is None else page.get_object(request, unquote(object_id))
    if record is None or not page.has_view_or_change_permission(request, record):
        return None
    if request.method == "POST" and not page.has_change_permission(request, record):
        return None
    return record


def _save(page: Any, request: Any, record: Any, version: str, view: View) -> HttpResponse:
    try:
        with _discard_messages_on_rollback(request):
            return view({"version": version})
    except HeldForReview as edit:
        return _submit_for_review(page, request, record, edit)
    except NotAllowed as error:
        return _refuse(request, view, _("Nothing was saved. %(why)s") % {"why": error}, version=version)


def _refuse(request: Any, view: View, refusal: str, **context: Any) -> HttpResponse:
    """Show the page again with everything that was typed and the reason, which `CuratedForm` also reads."""
    request.POST = request.POST.copy()
    request.POST[REFUSAL] = refusal
    return view({"refusal": refusal, **context})


def _submit_for_review(page: Any, request: Any, record: Any, edit: HeldForReview) -> HttpResponse:
    """Store the rolled-back edit for review. `record` is None for one to be added."""
    pending = pending_edits.submit_for_review(
        record=edit.record,
        before={} if record is None else revisions.current_snapshot(record),
        after=edit.after,
        by=request.user,
        at=timezone.now(),
    )
    if pending is None:
        messages.info(request, _("Nothing was changed."))
    else:
        message = _("Your edit is awaiting review. Visitors still see the current version.")
        messages.success(request, message)
    target = edit.record if record is not None else page.owner_of(edit.record)
    if record is not None and (following := page.url_after_save(request, record)):
        return HttpResponseRedirect(following)
    address = reverse(f"admin:resources_{target._meta.model_name}_change", args=[target.pk])
    is_popup = IS_POPUP_VAR in request.POST
    return HttpResponseRedirect(f"{address}?{IS_POPUP_VAR}=1" if is_popup else address)


@contextmanager
def _discard_messages_on_rollback(request: Any) -> Iterator[None]:
    """Remove messages about changes that were rolled back."""
    storage: Any = messages.get_messages(request)
    before = list(storage._queued_messages)  # there is no public API for it
    try:
        yield
    except (HeldForReview, NotAllowed):
        storage._queued_messages[:] = before
        raise


# ---- conflicts


def _find_conflict(page: Any, request: Any, record: Any, version: str) -> FormConflict | None:
    """Return the conflict; None if the form shows the current record. Fixes submitted rows that are gone."""
    submitted = request.POST.get(VERSION, "")
    if submitted == version:
        return None
    owner = page.owner_of(record)
    current = revisions.current_snapshot(record)
    base = _submitted_base(record, owner, submitted)
    if base is not None and is_same(base, current):
        return None
    _rebuild_formsets(page, request, record, base)
    return FormConflict(
        refusal=_conflict_message(request, owner),
        their_changes=None if base is None else differences(base, current),
        your_changes=_your_changes(page, request, record, current),
    )


def _your_changes(page: Any, request: Any, record: Any, current: Snapshot) -> list[Difference] | None:
    """Return what saving the form would change: saved and rolled back. None if the form has errors."""
    typed = TypedForms(page, request, page.get_object(request, str(record.pk)), request.POST)
    return differences(current, typed.preview(revisions.current_snapshot)) if typed.is_valid() else None


def _rebuild_formsets(page: Any, request: Any, record: Any, base: Snapshot | None) -> None:
    """Handle rows that were deleted since the form was loaded.

    Rows the user edited become new rows; untouched rows are dropped.
    """
    data = request.POST.copy()
    prefixes: dict[str, int] = {}
    for formset, _inline in page.get_formsets_with_inlines(request, record):
        prefix = formset.get_default_prefix()
        prefixes[prefix] = number = prefixes.get(prefix, 0) + 1
        prefix = prefix if number == 1 else f"{prefix}-{number}"
        _SubmittedFormset(formset, prefix, data, record, base).rebuild()
    request.POST = data


class _SubmittedFormset:
    """The submitted rows of one kind, some of which may be gone."""

    def __init__(self, formset: Any, prefix: str, data: Any, record: Any, base: Snapshot | None) -> None:
        self.formset, self.prefix, self.data, self.record = formset, prefix, data, record
        self.base = None if base is None else base.get(formset.model._meta.label_lower, {})

    def rebuild(self) -> None:
        """Turn edited rows that are gone into new rows, and drop untouched ones."""
        counts = [self.data.get(f"{self.prefix}-{name}_FORMS", "") for name in ("TOTAL", "INITIAL")]
        if not all(count.isascii() and count.isdigit() and len(count) < 4 for count in counts):
            return  # Django reports the bad count
        total, initial = map(int, counts)
        ids = {number: self._id(number) for number in range(min(initial, total))}
        existing = self._existing_ids()
        gone = [number for number, pk in ids.items() if pk and pk not in existing]
        if not gone:
            return
        edited = [number for number in gone if self._is_edited(number, ids[number])]
        remaining = [number for number in range(total) if number not in gone]
        self._renumber([*remaining, *edited], initial=initial - len(gone))

    def _id(self, number: int) -> str:
        return str(self.data.get(f"{self.prefix}-{number}-{self._pk}", ""))

    @property
    def _pk(self) -> str:
        return str(self.formset.model._meta.pk.name)

    def _existing_ids(self) -> set[str]:
        rows = self.formset.model._default_manager.filter(**{self.formset.fk.name: self.record})
        return {str(pk) for pk in rows.values_list("pk", flat=True)}

    def _is_edited(self, number: int, pk: str) -> bool:
        """Return True if the submitted row differs from its earlier state, or that state is unknown."""
        if self.data.get(f"{self.prefix}-{number}-DELETE"):
            return False
        if self.base is None or pk not in self.base:
            return True
        row = row_of(self.formset.model, pk, self.base[pk])
        form = self.formset.form(self.data, prefix=f"{self.prefix}-{number}", instance=row)
        return bool(form.has_changed())

    def _renumber(self, order: list[int], *, initial: int) -> None:
        """Put the rows in this order; those from `initial` on become new rows."""
        rows: dict[int, dict[str, list[str]]] = {}
        for name in list(self.data):
            match = ROW.fullmatch(name.removeprefix(f"{self.prefix}-"))
            if match:
                rows.setdefault(int(match[1]), {})[match[2]] = self.data.pop(name)
        for place, number in enumerate(order):
            for name, values in rows.get(number, {}).items():
                new = place >= initial and name == self._pk
                self.data.setlist(f"{self.prefix}-{place}-{name}", [""] if new else values)
        self.data[f"{self.prefix}-TOTAL_FORMS"] = str(len(order))
        self.data[f"{self.prefix}-INITIAL_FORMS"] = str(initial)


def record_version(owner: models.Model) -> str:
    """Return the version of a record in the database: its `last_modified`, or its last revision."""
    if getattr(owner, "last_modified", None) is None:
        return read_version(owner)
    current: datetime | None = (
        type(owner)._default_manager.filter(pk=owner.pk).values_list("last_modified", flat=True).first()
    )
    return current.isoformat() if current else ""


def read_version(owner: models.Model) -> str:
    """Return the version of a record as it was read: its `last_modified`, or its last revision."""
    at: datetime | None = getattr(owner, "last_modified", None)
    if at is not None:
        return at.isoformat()
    last = revisions.last_revision(owner)
    return f"revision {last.pk}" if last else "revision 0"


def _submitted_base(record: models.Model, owner: models.Model, version: str) -> Snapshot | None:
    """Return the record as the submitted form showed it; None if that state is unknown."""
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
    record_revisions = revisions.revisions_of(owner)
    # There was no revision when the form was shown: the first one has the state before the next edit.
    revision = (
        record_revisions.filter(pk=int(number)).first()
        if int(number)
        else record_revisions.order_by("pk").first()
    )
    return None if revision is None else revision.snapshot


def _conflict_message(request: Any, owner: models.Model) -> str:
    if not request.POST.get(VERSION):
        return _(
            "Nothing was saved, because we cannot tell which version you edited. Review it below and"
            " save again."
        )
    who = _who_changed(owner, request.user)
    return _(
        "%(who)s changed this record while you were editing. Your changes are not saved yet, but they"
        " are still here. Review the differences, then save again to keep your version."
    ) % {"who": who}


def _who_changed(owner: models.Model, by: User) -> str:
    current = revisions.current_snapshot(owner)
    # The first revision with the current state: later ones only have a comment.
    same = takewhile(lambda one: is_same(one.snapshot, current), revisions.revisions_of(owner).iterator())
    last = next(iter(deque(same, maxlen=1)), None)
    if last is None:
        return _("An import, or an edit to a related record,")
    if last.made_by_id == by.pk:
        return _("You, in another window,")
    return revisions.revision_author(last) or _("An import")
