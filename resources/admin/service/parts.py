"""The parts of the page of a service: fields and rows about one thing, open where the kind needs them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.forms import BooleanField, ModelChoiceField
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from resources.models import Service
from resources.vocabulary import CLINICS, Kind

Rows = str | tuple[str, ...]

MEETING = (Kind.SUPPORT_GROUP, Kind.PEER_MENTOR, Kind.COUNSELLING, Kind.BEREAVEMENT_CARE, Kind.REMEMBRANCE)
CARE = (*CLINICS, Kind.COUNSELLING, Kind.BEREAVEMENT_CARE)
LINES = (Kind.HELPLINE, Kind.CRISIS_LINE)
FREE_TO_READ = (*LINES, Kind.FORUM, Kind.DIRECTORY, Kind.INFORMATION)
EVERY = tuple(Kind)
EMPTY: tuple[Any, ...] = (None, "", (), [], False)
MAX_SAID, MAX_WORDS = 5, 60  # values of a folded part, and characters of each


@dataclass(frozen=True)
class Part:
    """`fields` and `inlines` (models of rows, by name) stand in the order of the page: fields first.

    It is open for these `kinds`; for others it is folded.
    """

    code: str
    title: Any
    fields: tuple[Rows, ...]
    inlines: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = EVERY


PARTS = (
    Part(
        "what",
        gettext_lazy("What it is"),
        (
            "kind",
            ("organization", "new_organization"),
            ("name", "alternate_name"),
            "description",
            ("fit", "alert"),
        ),
    ),
    Part("reach", gettext_lazy("How to reach it"), (("url", "email"),), ("phone",)),
    Part(
        "when",
        gettext_lazy("When and where"),
        ("formats", "where"),
        ("schedule", "serviceatlocation"),
        tuple(kind for kind in Kind if kind not in (Kind.DIRECTORY, Kind.INFORMATION)),
    ),
    Part(
        "who",
        gettext_lazy("Who it is for"),
        ("losses", "open_to", "eligibility_description", ("minimum_age", "maximum_age")),
        ("language", "serviceaudience", "servicearea"),
    ),
    Part(
        "cost",
        gettext_lazy("What it costs"),
        ("fees_description", "payments", ("fee_rule", "proof_of_income")),
        ("costoption",),
        tuple(kind for kind in Kind if kind not in FREE_TO_READ),
    ),
    Part(
        "lead",
        gettext_lazy("Who leads it"),
        ("led_by", "accreditations", "all_options", "organization_link"),
        ("credential",),
        (*MEETING, *CLINICS),
    ),
    Part(
        "join",
        gettext_lazy("How to join"),
        ("access", "application_process"),
        ("requireddocument",),
        (*CARE, Kind.SUPPORT_GROUP, Kind.PEER_MENTOR, Kind.FINANCIAL_HELP, Kind.PRACTICAL_HELP),
    ),
    Part(
        "notes",
        gettext_lazy("Content notes, topics and interpreters"),
        ("content_notes", "content_clear", "topics", "interpretation_services"),
        kinds=(),
    ),
    Part(
        "record",
        gettext_lazy("Checks and source"),
        (("assured_date", "assurer_email"), ("status_with_reason", "last_modified"), "provenance", "comment"),
        ("contact",),
        kinds=(),
    ),
)
ONLY_WHEN_ADDING = ("new_organization",)
ONLY_OF_RECORDS = ("organization_link", "status_with_reason", "last_modified", "provenance")


@dataclass
class ShownPart:
    """A part as the page shows it. `filled` and `errors` are numbers of fields and rows."""

    part: Part
    fieldset: Any
    inlines: list[Any] = field(default_factory=list)
    filled: int = 0
    errors: int = 0
    asks: bool = False  # the listing policy asks something that is not answered
    is_typed: bool = False  # it holds what was typed and is not saved
    says: str = ""
    is_open: bool = False

    @property
    def kinds(self) -> str:
        """The kinds that it is open for, for the page's script."""
        return ",".join(self.part.kinds)


def fieldsets(*, adding: bool) -> list[tuple[None, dict[str, Any]]]:
    """Return the fields of each part as Django's fieldsets. The titles stand in the page's template."""
    hidden = ONLY_OF_RECORDS if adding else ONLY_WHEN_ADDING
    return [(None, {"fields": _without(part.fields, hidden)}) for part in PARTS]


def shown_parts(
    context: dict[str, Any], service: Service | None, asked: Collection[str] = ()
) -> list[ShownPart]:
    """Return the parts of a page, from the fieldsets and inlines in its context.

    `asked` are the fields and relations about which the listing policy has an open question. A new service
    has the parts open that fit its kind, before a kind is chosen the first. A saved one has those open that
    need something: the rest say what they hold in one line.
    """
    form = context["adminform"].form
    inlines = {inline.formset.model._meta.model_name: inline for inline in context["inline_admin_formsets"]}
    kind = form["kind"].value() if "kind" in form.fields else getattr(service, "kind", "")
    shown = []
    for part, fieldset in zip(PARTS, context["adminform"], strict=True):
        own = ShownPart(part, fieldset, [inlines[name] for name in part.inlines if name in inlines])
        names = [name for name in _flat(part.fields) if name in form.fields]
        own.errors = _number_of_errors(form, names, own.inlines) if context.get("errors") else 0
        own.is_typed = form.is_bound and _is_typed(form, names, own.inlines)
        own.filled = _number_filled(form, names, own.inlines)
        own.says = _words(form, names, own.inlines)
        prefixes = [inline.formset.prefix for inline in own.inlines]
        own.asks = any(name in asked for name in (*_flat(part.fields), *prefixes))
        fits = kind in part.kinds if kind else part is PARTS[0]
        own.is_open = _is_open(own, fits=fits, is_saved=service is not None, is_read=not form.fields)
        shown.append(own)
    return shown


def _is_open(part: ShownPart, *, fits: bool, is_saved: bool, is_read: bool) -> bool:
    if part.errors or part.is_typed:
        return True
    return fits and (part.asks or not is_saved or is_read)


def _without(rows: Sequence[Rows], names: Sequence[str]) -> tuple[Rows, ...]:
    kept: list[Rows] = []
    for row in rows:
        left = tuple(name for name in ([row] if isinstance(row, str) else row) if name not in names)
        kept += [left[0] if len(left) == 1 else left] if left else []
    return tuple(kept)


def _flat(rows: Iterable[Rows]) -> list[str]:
    return [name for row in rows for name in ([row] if isinstance(row, str) else row)]


def _number_of_errors(form: Any, names: Sequence[str], inlines: Sequence[Any]) -> int:
    wrong = [name for name in names if name in form.errors]
    for inline in inlines:
        wrong += [name for errors in inline.formset.errors for name in errors]
        wrong += inline.formset.non_form_errors()
    return len(wrong)


def _is_typed(form: Any, names: Sequence[str], inlines: Sequence[Any]) -> bool:
    return any(name in form.changed_data for name in names) or any(
        inline.formset.has_changed() for inline in inlines
    )


def _words(form: Any, names: Sequence[str], inlines: Sequence[Any]) -> str:
    """Return what a part says, in one line, for when it is folded."""
    said = [_value(form[name]) for name in names]
    said += [str(row.instance) for inline in inlines for row in inline.formset.initial_forms]
    short = (Truncator(words).chars(MAX_WORDS) for words in said if words)
    return " · ".join(islice(short, MAX_SAID))


def _value(bound: Any) -> str:
    """Return the value of a field as one reads it; "" for an empty one, and for a choice among records."""
    value, field = bound.value(), bound.field
    if value in EMPTY or isinstance(field, ModelChoiceField):
        return ""
    if isinstance(field, BooleanField):
        return str(bound.label) if value else ""
    if choices := dict(getattr(field, "choices", ())):
        values = value if isinstance(value, (list, tuple)) else [value]
        return ", ".join(str(choices.get(str(one), one)) for one in values)
    return str(value)


def _number_filled(form: Any, names: Sequence[str], inlines: Sequence[Any]) -> int:
    """Count the fields that say something and the rows that are in the record."""
    said = [name for name in names if form[name].value() not in EMPTY]
    rows: int = sum(inline.formset.initial_form_count() for inline in inlines)
    return len(said) + rows
