"""The widgets of forms, written in Python where Django renders a template for each.

The form of a service has some 190 widgets and as many labels and lists of errors. With a template for each,
for its attributes and for every option, they took a third of the time of the page. The HTML is Django's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString


class FormRenderer(DjangoTemplates):
    """Django's renderer, with the templates of WRITERS replaced."""

    def render(self, template_name: str, context: Any, request: Any = None) -> SafeString:
        write = WRITERS.get(template_name)
        if write is None or (template_name in OF_ERRORS and context["errors"]):
            return SafeString(super().render(template_name, context, request))
        return SafeString(write(context))


def _escaped(value: object) -> str:
    text = str(value)
    return text if isinstance(text, SafeString) else escape(text)


def _attributes(attrs: Mapping[str, Any]) -> str:
    return "".join(
        f" {_escaped(name)}" if value is True else f' {_escaped(name)}="{_escaped(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


def _write_input(context: Any) -> str:
    widget = context["widget"]
    value = "" if widget["value"] is None else f' value="{_escaped(widget["value"])}"'
    attributes = _attributes(widget["attrs"])
    return f'<input type="{_escaped(widget["type"])}" name="{_escaped(widget["name"])}"{value}{attributes}>'


def _write_textarea(context: Any) -> str:
    widget = context["widget"]
    text = _escaped(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{_escaped(widget["name"])}"{_attributes(widget["attrs"])}>\n{text}</textarea>'


def _write_select(context: Any) -> str:
    widget = context["widget"]
    groups = "".join(
        f'\n  <optgroup label="{_escaped(name)}">{_options(options)}\n  </optgroup>'
        if name
        else _options(options)
        for name, options, _index in widget["optgroups"]
    )
    return f'<select name="{_escaped(widget["name"])}"{_attributes(widget["attrs"])}>{groups}\n</select>'


def _options(options: Any) -> str:
    return "".join(
        f'\n  <option value="{_escaped(option["value"])}"{_attributes(option["attrs"])}>'
        f"{_escaped(option['label'])}</option>\n"
        for option in options
    )


def _write_label(context: Any) -> str:
    label, tag = _escaped(context["label"]), context["tag"]
    return f"<{tag}{_attributes(context['attrs'] or {})}>{label}</{tag}>" if context["use_tag"] else label


def _write_nothing(_context: Any) -> str:
    return ""


OF_ERRORS = frozenset(f"django/forms/errors/{name}.html" for name in ("list/default", "list/ul"))
INPUTS = ("input", "text", "number", "hidden", "email", "url", "password", "checkbox", "date", "time")
WRITERS: dict[str, Callable[[Any], str]] = {
    **{f"django/forms/widgets/{name}.html": _write_input for name in INPUTS},
    "django/forms/widgets/textarea.html": _write_textarea,
    "django/forms/widgets/select.html": _write_select,
    "django/forms/label.html": _write_label,
    **dict.fromkeys(OF_ERRORS, _write_nothing),
}
