"""Unsaved input of the page of a record: its bound forms, and what saving them would do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.admin.utils import flatten_fieldsets
from django.db import models, transaction
from django.forms.formsets import all_valid
from django.http import HttpRequest


class RolledBack(Exception):
    """Rolls the transaction back and carries a result out of it."""

    def __init__(self, result: Any) -> None:
        self.result = result


class TypedForms:
    """The form of a record and its formsets, bound to `data`. A `record` of None is to be added."""

    def __init__(self, page: Any, request: HttpRequest, record: models.Model | None, data: Any) -> None:
        change = record is not None
        names = flatten_fieldsets(page.get_fieldsets(request, record))
        form_class = page.get_form(request, record, change=change, fields=names)
        self.form = form_class(data, request.FILES, instance=record)
        self.formsets, _inlines = page._create_formsets(request, self.form.instance, change=change)
        self.form.is_valid()  # first, as Django does: inline forms read their parent record

    def is_valid(self) -> bool:
        return all_valid(self.formsets) and self.form.is_valid()

    def number_of_errors(self) -> int:
        """Count the fields with errors, and the errors of forms and formsets as a whole."""
        row_errors = sum(len(row) for formset in self.formsets for row in formset.errors)
        formset_errors = sum(len(formset.non_form_errors()) for formset in self.formsets)
        return len(self.form.errors) + row_errors + formset_errors

    def preview(self, read: Callable[[Any], Any]) -> Any:
        """Return what `read` returns for the record that these valid forms would save.

        Rolls everything back.
        """
        try:
            with transaction.atomic():
                record = self.form.save()
                for formset in self.formsets:
                    formset.save()
                raise RolledBack(read(record))
        except RolledBack as rolled_back:
            return rolled_back.result
