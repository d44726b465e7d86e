"""The lines of a fieldset of the admin, written in Python: the form of a service has 120 of them.

Django's template for them took a third of the time of that page. The HTML is the same but for spaces.
"""

from __future__ import annotations

from html import escape
from typing import Any

from django import template
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.widgets import AutocompleteMixin, RelatedFieldWidgetWrapper
from django.forms import ModelChoiceField
from django.forms.boundfield import BoundField
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def fieldset_lines(fieldset: Any) -> SafeString:
    """Return the lines of a `django.contrib.admin.helpers.Fieldset` as HTML."""
    key = _key_of_empty_row(fieldset)
    if key is None:
        return SafeString("".join(map(_line_html, fieldset)))
    if (html := _empty_rows.get(key)) is None:
        if len(_empty_rows) >= MAX_EMPTY_ROWS:
            _empty_rows.clear()
        html = _empty_rows[key] = SafeString("".join(map(_line_html, fieldset)))
    return html


# The lines of rows that the page's script copies to add one: two thirds of all on the page of a service, and
# made of the code alone. Each is kept under everything that it depends on.
MAX_EMPTY_ROWS = 500
_empty_rows: dict[Any, SafeString] = {}


def _key_of_empty_row(fieldset: Any) -> Any:
    """Return what the lines of an empty row depend on; None for other lines, and where records are shown."""
    form = fieldset.form
    if not str(form.prefix).endswith("-__prefix__") or form.is_bound:
        return None
    names = flatten_fieldsets([(None, {"fields": fieldset.fields})])
    if any(name in fieldset.readonly_fields for name in names):
        return None
    relations = []
    for name in names:
        field, widget = form.fields[name], form.fields[name].widget
        if not isinstance(field, ModelChoiceField):
            continue
        if not isinstance(widget, RelatedFieldWidgetWrapper) or not isinstance(
            widget.widget, AutocompleteMixin
        ):
            return None
        may = (widget.can_add_related, widget.can_change_related, widget.can_view_related)
        relations.append((name, *may, widget.can_delete_related))
    inline = fieldset.model_admin
    initial = repr([form.get_initial_for_field(form.fields[name], name) for name in names])
    owner = (type(inline), inline.parent_model, form.prefix)
    return (get_language(), *owner, repr(fieldset.fields), tuple(relations), initial)


def _line_html(line: Any) -> str:
    fields, is_single = list(line), len(line.fields) == 1
    names = "".join(f" field-{name}" for field in fields if (name := _name(field)))
    errors = line.errors() if is_single and _has_errors(fields[0]) else ""
    classes = f"form-row{' errors' if errors else ''}{'' if line.has_visible_field else ' hidden'}{names}"
    boxes = "".join(_field_html(field, is_single=is_single) for field in fields)
    if not is_single:
        boxes = f'<div class="flex-container form-multiline">{boxes}</div>'
    return f'<div class="{classes}">{errors}{boxes}</div>'


def _field_html(field: Any, *, is_single: bool) -> str:
    bound = field.field
    errors = field.errors() if not is_single and _has_errors(field) else ""
    classes = "flex-container" if is_single else _classes_of_box(field, has_errors=bool(errors))
    if field.is_readonly:
        content = f'{field.label_tag()}<div class="readonly">{field.contents()}</div>'
    elif field.is_checkbox:
        classes += " checkbox-row"
        content = f"{bound}{_label_html(field)}"
    else:
        content = f"{_label_html(field)}{bound}"
    return f'<div>{errors}<div class="{classes}">{content}</div>{_help_html(field)}</div>'


def _has_errors(field: Any) -> bool:
    return not field.is_readonly and field.field.name in field.field.form.errors


def _label_html(field: Any) -> str:
    bound, own = field.field, field.field.field
    label: str = conditional_escape(str(bound.label))
    suffix = own.label_suffix if own.label_suffix is not None else bound.form.label_suffix
    if suffix and label and not field.is_checkbox and label[-1] not in _(":?.!"):
        label += escape(suffix)
    classes = {"vCheckboxLabel": field.is_checkbox, "required": own.required, "inline": not field.is_first}
    named = " ".join(name for name, holds in classes.items() if holds)
    target = bound.id_for_label
    attributes = (f' class="{named}"' if named else "") + (f' for="{escape(target)}"' if target else "")
    return f"<label{attributes}>{label}</label>"


def _classes_of_box(field: Any, *, has_errors: bool) -> str:
    name = _name(field)
    classes = ["flex-container", "fieldBox", f"field-{name}" if name else "", "errors" if has_errors else ""]
    return " ".join(filter(None, [*classes, "hidden" if _is_hidden(field) else ""]))


def _help_html(field: Any) -> str:
    bound = field.field
    is_form_field = isinstance(bound, BoundField)
    if not (text := bound.help_text if is_form_field else bound["help_text"]):
        return ""
    target = bound.id_for_label if is_form_field else ""
    name = f' id="{conditional_escape(target)}_helptext"' if target else ""
    # As Django has it, the text is HTML: of the code alone, never of a record.
    return f'<div class="help{" hidden" if _is_hidden(field) else ""}"{name}><div>{text}</div></div>'


def _name(field: Any) -> str:
    """Return the name of a field, which is one of the code's own."""
    return str(field.field.name if isinstance(field.field, BoundField) else field.field["name"])


def _is_hidden(field: Any) -> bool:
    return bool(field.field.is_hidden if isinstance(field.field, BoundField) else field.field["is_hidden"])
