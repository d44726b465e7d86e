"""The drawn signs of the site, each by its name in `directory/icons.svg`."""

from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.utils.html import format_html

register = template.Library()


@register.simple_tag
def icon(name: str) -> str:
    """Return the sign as markup. It is never read aloud: words stand beside it."""
    address = f"{static('directory/icons.svg')}#{name}"
    return format_html('<svg class="icon icon-{}" aria-hidden="true"><use href="{}"/></svg>', name, address)
