"""docs/listing-policy.md as the page about us says it: one text, read by curators and by visitors."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from resources.pages.files import ROOT

FILE = ROOT / "docs" / "listing-policy.md"


@cache
def listing_policy() -> list[dict[str, Any]]:
    """Its paragraphs and lists in order: `{"text": ...}` or `{"list": [...]}`. The title is left out."""
    return blocks_of(FILE.read_text(encoding="utf-8"))


def blocks_of(markdown: str) -> list[dict[str, Any]]:
    """The few forms that the policy uses: a title, paragraphs, and lists whose items begin with a dash."""
    blocks = [block for block in re.split(r"\n\s*\n", markdown.strip()) if not block.startswith("#")]
    return [_block(block) for block in blocks]


def _block(block: str) -> dict[str, Any]:
    if block.startswith("- "):
        return {"list": [_one_line(item) for item in re.split(r"^- ", block, flags=re.MULTILINE)[1:]]}
    return {"text": _one_line(block)}


def _one_line(text: str) -> str:
    return " ".join(text.split())
