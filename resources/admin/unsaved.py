"""What is typed into the page of a record: its forms as Django makes them, and what they would write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.admin.utils import flatten_fieldsets
from django.db import models, transaction
from django.forms.formsets import all_valid
from django.http import HttpRequest


class TakenBack(Exception):
    """Carries what was seen out of the transaction that it takes back."""

    def __init__(self, seen: Any) -> None:
        self.seen = seen


class TypedForms:
    """The form of a record and the rows of each kind, bound to `data`. A `record` of None is to be added."""

    def __init__(self, page: Any, request: HttpRequest, record: models.Model | None, data: Any) -> None:
        change = record is not None
        names = flatten_fieldsets(page.get_fieldsets(request, record))
        form_class = page.get_form(request, record, change=change, fields=names)
        self.form = form_class(data, request.FILES, instance=record)
        self.formsets, _inlines = page._create_formsets(request, self.form.instance, change=change)
        self.form.is_valid()  # first, as Django does it: rows look at the record they hang on

    def is_valid(self) -> bool:
        return all_valid(self.formsets) and self.form.is_valid()

    def number_of_errors(self) -> int:
        """How many boxes are marked, and sentences about the form or a kind of rows as a whole."""
        rows = sum(len(row) for formset in self.formsets for row in formset.errors)
        whole = sum(len(formset.non_form_errors()) for formset in self.formsets)
        return len(self.form.errors) + rows + whole

    def look(self, at: Callable[[Any], Any]) -> Any:
        """What `at` sees of the record that these valid forms would write. All of it is taken back."""
        try:
            with transaction.atomic():
                record = self.form.save()
                for formset in self.formsets:
                    formset.save()
                raise TakenBack(at(record))
        except TakenBack as taken:
            return taken.seen
