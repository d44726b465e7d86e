"""Parts of a page that are the same on the next one."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()
MOST = 100  # kept of one part


class KeptNode(template.Node):
    """Draws its content once for each language and value of `by`; each time where `unless` is not empty."""

    def __init__(self, content: template.NodeList, unless: Any, by: Any) -> None:
        self.content, self.unless, self.by = content, unless, by
        self.drawn: dict[tuple[str | None, Any], SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        if self.unless.resolve(context, ignore_failures=True):
            return self.content.render(context)
        key = get_language(), self.by.resolve(context, ignore_failures=True)
        if key not in self.drawn:
            if len(self.drawn) >= MOST:
                self.drawn.clear()
            self.drawn[key] = mark_safe(self.content.render(context))  # noqa: S308  (it is drawn already)
        return self.drawn[key]


@register.tag
def kept(parser: Any, token: Any) -> KeptNode:
    """Keep what stands before `endkept`: `{% kept unless list.url by request.resolver_match.view_name %}`.

    `by` is of few values: names of views, or what is drawn, never what a visitor gave.
    """
    _name, _unless, unless, _by, by = token.split_contents()
    content = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(content, parser.compile_filter(unless), parser.compile_filter(by))
