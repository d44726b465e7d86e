"""Import: upload a list, say what its columns are, correct it, confirm its plan, and undo it as one step."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from resources.admin.base import current_user
from resources.admin.fields import CheckboxGroup, PlainTextField
from resources.admin.service.filters import held_services_url
from resources.curation import permissions
from resources.curation.permissions import Action
from resources.curation.validators import validate_no_bidi_controls, validate_no_markup
from resources.exchange import sheets, uploads
from resources.exchange.columns import ChoiceColumn
from resources.exchange.formats.csv import BYTE_ORDER_MARK, EncodingWriter, escape_formula
from resources.exchange.layout import BY_NAME, COLUMNS, RowContext
from resources.exchange.mapping import WAITS_FOR_CURATOR
from resources.exchange.preview import column_label, line_of
from resources.exchange.reading import MAX_CELL_LENGTH, FileRefused
from resources.exchange.sources.spreadsheet import Correction
from resources.exchange.undo import CannotUndo, UndoPlan, plan_undo
from resources.exchange.uploads import DEFAULT_COLUMNS, MAX_UPLOAD_BYTES, HeadingChoice, UploadChanged
from resources.models import ImportRun, PlannedRow, Service, Source, Upload
from resources.vocabulary import COUNTRIES, Kind, Loss, PlannedOutcome, UploadStep

PAGE_SIZE = 25  # rows of the plan on one page
MAX_NAMED = 50  # services of a run on its page, and those that undoing it keeps
MAX_CORRECTIONS = 60  # cells of one line
NOT_CHOSEN = "?"  # a heading whose column nobody has chosen yet
SECONDS_TO_REFRESH = 3
RECENT_RUNS = 10
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What the plan can be filtered by: the name in the address, its label, and the rows.
FILTERS: Mapping[str, tuple[Any, Q]] = {
    "new": (PlannedOutcome.NEW.label, Q(outcome=PlannedOutcome.NEW)),
    "changed": (PlannedOutcome.CHANGED.label, Q(outcome=PlannedOutcome.CHANGED)),
    "unchanged": (PlannedOutcome.UNCHANGED.label, Q(outcome=PlannedOutcome.UNCHANGED)),
    "held": (PlannedOutcome.HELD.label, Q(outcome=PlannedOutcome.HELD)),
    "to_correct": (PlannedOutcome.REFUSED.label, Q(has_refusals=True)),
    "duplicates": (gettext_lazy("Possible duplicates"), Q(has_duplicates=True)),
    "withdrawn": (PlannedOutcome.WITHDRAWN.label, Q(outcome=PlannedOutcome.WITHDRAWN)),
}
SHOWN_FIRST = ("to_correct", "duplicates", "new", "changed", "held", "withdrawn", "unchanged")

View = Callable[..., Any]


def for_importers(view: View) -> View:
    """Let in those who may import; everyone else reads why not, in the look of the admin."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if permissions.can(current_user(request), Action.IMPORT):
            return view(request, *args, **kwargs)
        context = {**admin.site.each_context(request), "title": _("Import")}
        return TemplateResponse(request, "admin/import/not_allowed.html", context, status=403)

    return checked


# ---- forms


class UploadForm(forms.Form):
    """A file, and the list it is of."""

    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        help_text=gettext_lazy("An Excel workbook (.xlsx) or a CSV file, up to 16 MB."),
        error_messages={
            "required": gettext_lazy("Select a file."),
            "empty": gettext_lazy("This file is empty. Select another."),
        },
    )
    source = forms.ModelChoiceField(
        label=gettext_lazy("Which list is this?"),
        queryset=Source.objects.none(),
        required=False,
        empty_label=gettext_lazy("A new list"),
        help_text=gettext_lazy("A newer file of the same list updates what the list added before."),
    )
    list_name = PlainTextField(
        label=gettext_lazy("Name of the new list"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For example “Riverside Hospital groups”. Curators see it as the source."),
        validators=[validate_no_markup, validate_no_bidi_controls],
    )
    is_whole_list = forms.BooleanField(
        label=gettext_lazy("This file is the whole list"),
        required=False,
        help_text=gettext_lazy(
            "Withdraw services of this list that are not in the file. You see them first."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["source"].queryset = uploads.lists()  # type: ignore[attr-defined]
        self.fields["file"].widget.attrs["accept"] = ".csv,.tsv,.txt,.xlsx"

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD_BYTES:
            raise ValidationError(
                _("This file is larger than %(most)d MB. Split it and upload the parts.")
                % {"most": MAX_UPLOAD_BYTES // 1024**2}
            )
        return file

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        name = cleaned.get("list_name", "")
        if cleaned.get("source") is None and "source" not in self.errors:
            if not name and "list_name" not in self.errors:
                self.add_error("list_name", _("Enter a name for the new list, or choose the list above."))
            elif uploads.lists().filter(name__iexact=name).exists():
                self.add_error("list_name", _("There is a list of this name. Choose it above."))
        return cleaned


class DefaultsForm(forms.Form):
    """What is the same for every row that does not say otherwise."""

    organization = PlainTextField(label=gettext_lazy("Organization"), required=False, max_length=255)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    region = PlainTextField(label=gettext_lazy("State or region"), required=False, max_length=120)
    languages = PlainTextField(
        label=gettext_lazy("Languages"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Separate several with semicolons."),
    )
    losses = forms.MultipleChoiceField(label=gettext_lazy("Losses it names"), required=False)
    is_whole_list = forms.BooleanField(
        label=gettext_lazy("This file is the whole list"),
        required=False,
        help_text=gettext_lazy("Withdraw services of this list that are not in the file."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        nothing = ("", _("Not the same for all"))
        self.fields["kind"].choices = [nothing, *Kind.choices]  # type: ignore[attr-defined]
        self.fields["country"].choices = [nothing, *COUNTRIES.items()]  # type: ignore[attr-defined]
        losses: Any = self.fields["losses"]
        losses.choices = [(code, capfirst(label)) for code, label in Loss.choices]
        losses.widget = CheckboxGroup(label=losses.label, choices=losses.choices)

    def cells(self) -> dict[str, str]:
        """Return the cell of each column."""
        values = {name: self.cleaned_data[name] for name in DEFAULT_COLUMNS}
        return {
            name: "; ".join(value) if isinstance(value, list) else value for name, value in values.items()
        }


def _defaults_form(upload: Upload) -> DefaultsForm:
    cells = upload.source.defaults
    initial = {**cells, "losses": [part for part in cells.get("losses", "").split("; ") if part]}
    return DefaultsForm(initial={**initial, "is_whole_list": upload.is_whole_list})


# ---- the start: upload, and what there is


@require_http_methods(["GET", "HEAD", "POST"])
@for_importers
def start_view(request: HttpRequest) -> HttpResponse:
    """Show the form to upload a list, files that wait, and the last imports."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            upload = uploads.receive(
                by=current_user(request),
                at=timezone.now(),
                name=form.cleaned_data["file"].name,
                data=form.cleaned_data["file"].read(),
                source=form.cleaned_data["source"],
                list_name=form.cleaned_data["list_name"],
                is_whole_list=form.cleaned_data["is_whole_list"],
            )
        except FileRefused as refused:
            form.add_error("file", str(refused))
        else:
            return HttpResponseRedirect(_upload_url(upload))
    context = {
        **admin.site.each_context(request),
        "title": _("Import a list"),
        "form": form,
        "uploads": uploads.open_uploads(),
        "runs": ImportRun.objects.filter(source__is_list=True, finished_at__isnull=False).select_related(
            "source", "made_by"
        )[:RECENT_RUNS],
    }
    return TemplateResponse(request, "admin/import/start.html", context, status=400 if form.errors else 200)


@require_safe
@for_importers
def template_view(request: HttpRequest, ending: str) -> HttpResponse:
    """Download the template of a list."""
    rows = sheets.template_rows()
    if ending == "xlsx":
        response = HttpResponse(sheets.write_xlsx(rows), content_type=WORKBOOK_TYPE)
    elif ending == "csv":
        response = HttpResponse(b"".join(sheets.write_csv(rows)), content_type="text/csv; charset=utf-8")
    else:
        raise Http404
    response.headers["Content-Disposition"] = f'attachment; filename="list-template.{ending}"'
    return response


# ---- the plan of a file


@require_http_methods(["GET", "HEAD", "POST"])
@for_importers
def upload_view(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the plan of an uploaded file; a POST changes, confirms or discards it."""
    upload = get_object_or_404(Upload.objects.select_related("source", "uploaded_by", "run"), pk=pk)
    if request.method == "POST":
        return _act(request, upload)
    return _show(request, upload)


def _act(request: HttpRequest, upload: Upload) -> HttpResponse:
    action = ACTIONS.get(request.POST.get("do", ""))
    if action is None:
        return HttpResponseRedirect(_upload_url(upload))
    try:
        return action(request, upload)
    except UploadChanged as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(_upload_url(upload) if _exists(upload) else reverse("admin:import"))


def _read(request: HttpRequest, upload: Upload) -> HttpResponse:
    form = DefaultsForm(request.POST)
    columns = {}
    for number, choice in enumerate(uploads.heading_choices(upload)):
        chosen = request.POST.get(f"column-{number}", NOT_CHOSEN)
        if chosen in BY_NAME or not chosen:
            columns[choice.heading] = chosen
    if form.is_valid():
        try:
            uploads.change_reading(
                upload=upload,
                by=current_user(request),
                version=_version(request),
                columns=columns,
                defaults=form.cells(),
                is_whole_list=form.cleaned_data["is_whole_list"],
            )
        except UploadChanged:
            raise
        except ValidationError as error:
            form.add_error(None, error)
    if form.errors:
        return _show(request, upload, form=form, columns=columns)
    return HttpResponseRedirect(_upload_url(upload))


def _correct(request: HttpRequest, upload: Upload) -> HttpResponse:
    line = _number(request.POST.get("line", ""))
    corrections = []
    for number in range(MAX_CORRECTIONS):
        column = request.POST.get(f"column-{number}", "")
        old, new = (request.POST.get(f"{name}-{number}", "")[:MAX_CELL_LENGTH] for name in ("old", "new"))
        if column in BY_NAME and new.strip() != old.strip():
            corrections.append(Correction(line, column, old, new.strip()))
    if line and corrections:
        uploads.correct(
            upload=upload, by=current_user(request), version=_version(request), corrections=corrections
        )
    else:
        messages.info(request, _("You have not changed a cell."))
    return _back(request, upload)


def _leave_out(request: HttpRequest, upload: Upload) -> HttpResponse:
    line = _number(request.POST.get("line", ""))
    if line:
        uploads.correct(
            upload=upload,
            by=current_user(request),
            version=_version(request),
            corrections=[Correction(line)],
        )
        messages.success(request, _("Line %(line)d is left out.") % {"line": line})
    return _back(request, upload)


def _confirm(request: HttpRequest, upload: Upload) -> HttpResponse:
    uploads.confirm(
        upload=upload,
        by=current_user(request),
        at=timezone.now(),
        version=_version(request),
        publishes="publish" in request.POST,
    )
    return HttpResponseRedirect(_upload_url(upload))


def _discard(request: HttpRequest, upload: Upload) -> HttpResponse:
    uploads.discard(upload=upload, by=current_user(request))
    messages.success(request, _("%(name)s was discarded. Nothing has changed.") % {"name": upload.file_name})
    return HttpResponseRedirect(reverse("admin:import"))


ACTIONS: Mapping[str, Callable[[HttpRequest, Upload], HttpResponse]] = {
    "read": _read,
    "correct": _correct,
    "leave-out": _leave_out,
    "confirm": _confirm,
    "discard": _discard,
}


def _show(
    request: HttpRequest,
    upload: Upload,
    *,
    form: DefaultsForm | None = None,
    columns: Mapping[str, str] | None = None,
) -> HttpResponse:
    context = {**admin.site.each_context(request), "upload": upload}
    if upload.step == UploadStep.APPLIED:
        return HttpResponseRedirect(_run_url(upload.run) if upload.run else reverse("admin:import"))
    if upload.step != UploadStep.READY:
        context |= {"title": upload.get_step_display(), "seconds": SECONDS_TO_REFRESH}
        response = TemplateResponse(request, "admin/import/working.html", context)
        response.headers["Refresh"] = str(SECONDS_TO_REFRESH)
        return response
    choices = uploads.heading_choices(upload)
    shown = _shown_filter(request, upload)
    page = Paginator(upload.rows.filter(FILTERS[shown][1]), PAGE_SIZE).get_page(request.GET.get("p"))
    counts = upload.counts
    context |= {
        "title": _("What this file would do"),
        "counts": counts,
        "filters": [
            {
                "label": label,
                "count": counts.get(name, 0),
                "url": f"?show={name}",
                "is_current": name == shown,
            }
            for name, (label, _rows) in FILTERS.items()
            if counts.get(name) or name in ("new", "changed", "unchanged", "to_correct")
        ],
        "shown": shown,
        "shown_label": FILTERS[shown][0],
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "rows": [_row_context(row) for row in page],
        "headings": [_heading_context(number, choice, columns) for number, choice in enumerate(choices)],
        "columns": [(column.name, column_label(column.name), column.help) for column in COLUMNS],
        "unchosen": sum(choice.column is None for choice in choices),
        "form": form or _defaults_form(upload),
        "to_import": sum(counts.get(name, 0) for name in ("new", "changed", "held", "withdrawn")),
        "waits_url": held_services_url(WAITS_FOR_CURATOR),
    }
    status = 400 if form is not None and form.errors else 200
    return TemplateResponse(request, "admin/import/plan.html", context, status=status)


def _shown_filter(request: HttpRequest, upload: Upload) -> str:
    asked = request.GET.get("show", "")
    if asked in FILTERS:
        return asked
    return next((name for name in SHOWN_FIRST if upload.counts.get(name)), "new")


def _heading_context(number: int, choice: HeadingChoice, columns: Mapping[str, str] | None) -> dict[str, Any]:
    column = choice.column if columns is None else columns.get(choice.heading)
    return {
        "number": number,
        "heading": choice.heading,
        "example": choice.example,
        "column": NOT_CHOSEN if column is None else column,
        "is_personal": choice.is_personal and not column,
    }


def _row_context(row: PlannedRow) -> dict[str, Any]:
    facts = row.facts
    refusals = [
        {**refusal, "label": column_label(refusal["column"]), "choices": _choices(refusal["column"])}
        for refusal in facts.get("refusals", ())
    ]
    return {
        **facts,
        "outcome": row.outcome,
        "outcome_label": row.get_outcome_display(),
        "name": row.name,
        "refusals": refusals,
        "can_correct": facts["line"] > 0 and any(refusal["column"] in BY_NAME for refusal in refusals),
        "can_leave_out": facts["line"] > 0 and row.outcome != PlannedOutcome.UNCHANGED,
        "changes": [(column_label(name), old, new) for name, old, new in facts.get("changes", ())],
        "id": row.pk,
        "service_url": _service_url(facts["service"]) if facts.get("service") else "",
        "duplicates": [
            {**duplicate, "url": _service_url(duplicate["service"])}
            for duplicate in facts.get("duplicates", ())
        ],
    }


def _choices(column: str) -> list[tuple[str, Any]]:
    """Return the choices of a column with one coded value; [] for others, which are typed."""
    sheet_column = BY_NAME.get(column)
    if sheet_column is None or sheet_column.several:
        return []
    kind = sheet_column.kind(RowContext())
    return list(kind.vocabulary.choices) if isinstance(kind, ChoiceColumn) else []


@require_safe
@for_importers
def refused_view(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """Download the cells of a plan that are refused."""
    upload = get_object_or_404(Upload.objects.only("file_name"), pk=pk)
    rows = upload.rows.filter(has_refusals=True).values_list("facts", flat=True).iterator(chunk_size=500)
    return _refused_file(refusal for facts in rows for refusal in facts.get("refusals", ()))


def _refused_file(refusals: Iterable[Mapping[str, Any]]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_refused_lines(refusals), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="refused-cells.csv"'
    return response


def _refused_lines(refusals: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    line = csv.writer(EncodingWriter(), lineterminator="\r\n").writerow
    yield BYTE_ORDER_MARK.encode() + line(["line", "column", "cell", "why", "read as"])
    for refusal in refusals:
        cells = (refusal[name] for name in ("column", "cell", "reason", "taken"))
        yield line([refusal["line"] or "", *(escape_formula(str(cell)) for cell in cells)])


# ---- a run: what it did, and undoing it


def run_context(run: ImportRun, by: Any) -> dict[str, Any]:
    """Return what the page of an import run shows."""
    created = Service.objects.filter(source_records__first_run=run).distinct().order_by("name", "pk")
    undo, why_not = _undo_plan(run)
    return {
        "run": run,
        "counts": run.counts,
        "refusals": len(run.refusals),
        "services": created.select_related("organization")[:MAX_NAMED],
        "more": max(0, created.count() - MAX_NAMED),
        "waiting": created.filter(held=True, status_reason=WAITS_FOR_CURATOR).count(),
        "waits_url": held_services_url(WAITS_FOR_CURATOR),
        "undo": undo if permissions.can(by, Action.IMPORT) else None,
        "why_not": why_not,
        "is_being_undone": run.undo_asked_at is not None and run.undone_at is None,
    }


def _undo_plan(run: ImportRun) -> tuple[UndoPlan | None, str]:
    try:
        return plan_undo(run), ""
    except CannotUndo as refused:
        return None, str(refused)


@require_http_methods(["GET", "HEAD", "POST"])
@for_importers
def undo_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what undoing a run would do, with what it would keep; a POST undoes it."""
    run = get_object_or_404(ImportRun.objects.select_related("source"), pk=pk)
    plan, why_not = _undo_plan(run)
    if plan is None:
        messages.error(request, why_not)
        return HttpResponseRedirect(_run_url(run))
    if request.method == "POST":
        return _undo(request, run)
    context = {
        **admin.site.each_context(request),
        "title": _("Undo this import"),
        "run": run,
        "removed": len(plan.removed),
        "restored": len(plan.restored),
        "number_kept": len(plan.kept),
        "kept": Service.objects.filter(pk__in=sorted(plan.kept)[:MAX_NAMED]).order_by("name", "pk"),
    }
    return TemplateResponse(request, "admin/import/undo.html", context)


def _undo(request: HttpRequest, run: ImportRun) -> HttpResponse:
    try:
        undone = uploads.ask_to_undo(run=run, by=current_user(request), at=timezone.now())
    except CannotUndo as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _undone_words(undone) if undone else _("This import is being undone."))
    return HttpResponseRedirect(_run_url(run))


def _undone_words(undone: Any) -> str:
    parts = [
        ngettext("%d service was removed.", "%d services were removed.", undone.removed) % undone.removed,
        ngettext("%d was restored.", "%d were restored.", undone.restored) % undone.restored,
    ]
    if undone.kept:
        words = ngettext("%d was edited since and stays.", "%d were edited since and stay.", undone.kept)
        parts.append(words % undone.kept)
    return " ".join(parts)


@require_safe
def run_refused_view(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Download the cells that a run could not read."""
    if not request.user.has_perm("resources.view_importrun"):
        raise Http404
    run = get_object_or_404(ImportRun, pk=pk)
    nothing = {"taken": ""}
    return _refused_file(
        {**nothing, **refusal, "line": line_of(refusal["where"])} for refusal in run.refusals
    )


# ---- addresses


def import_urls() -> list[Any]:
    """Return the URLs of these pages, before Django's own."""
    view = admin.site.admin_view
    return [
        path("import/", view(start_view), name="import"),
        path("import/template.<str:ending>", view(template_view), name="import_template"),
        path("import/<uuid:pk>/", view(upload_view), name="import_upload"),
        path("import/<uuid:pk>/refused.csv", view(refused_view), name="import_refused"),
        path("import/run/<int:pk>/undo/", view(undo_view), name="import_undo"),
        path("import/run/<int:pk>/refused.csv", view(run_refused_view), name="import_run_refused"),
    ]


def _upload_url(upload: Upload) -> str:
    return reverse("admin:import_upload", args=[upload.pk])


def _run_url(run: ImportRun) -> str:
    return reverse("admin:resources_importrun_change", args=[run.pk])


def _service_url(pk: str) -> str:
    return reverse("admin:resources_service_change", args=[pk])


def _back(request: HttpRequest, upload: Upload) -> HttpResponse:
    """Return to the same part of the plan."""
    shown, page = request.POST.get("show", ""), _number(request.POST.get("p", ""))
    query = {"show": shown} if shown in FILTERS else {}
    query |= {"p": str(page)} if page > 1 else {}
    return HttpResponseRedirect(f"{_upload_url(upload)}?{urlencode(query)}" if query else _upload_url(upload))


def _exists(upload: Upload) -> bool:
    return Upload.objects.filter(pk=upload.pk).exists()


def _version(request: HttpRequest) -> int:
    return _number(request.POST.get("version", ""))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
