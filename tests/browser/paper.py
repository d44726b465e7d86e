"""What a browser puts on paper."""

from __future__ import annotations

import re

from playwright.sync_api import Page

PAGE_OBJECT = re.compile(rb"/Type\s*/Page\b(?!s)")
POINTS = {"a4": (595, 842), "letter": (612, 792)}


def pdf_of(sheet: Page) -> bytes:
    return sheet.pdf(prefer_css_page_size=True)


def size_of(pdf: bytes) -> tuple[int, int]:
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    assert box
    return round(float(box[1])), round(float(box[2]))


CUT = """() => {
  const cut = [];
  const within = (inner, outer) => {
    const [a, b] = [inner.getBoundingClientRect(), outer.getBoundingClientRect()];
    return a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
  };
  const sheet = document.querySelector(".sheet"), list = document.querySelector(".sheet-list");
  for (const part of sheet.children) if (!within(part, sheet)) cut.push(part.className);
  for (const entry of list.children) {
    // A whole listing may be left out; none may be shown in part.
    const out = entry.getBoundingClientRect().left >= list.getBoundingClientRect().right - 1;
    if (!out && !within(entry, list)) cut.push(entry.textContent);
    for (const part of entry.querySelectorAll("p, svg")) if (!within(part, entry)) cut.push(part.textContent);
  }
  return cut;
}"""
LEFT_OUT = """() => {
  const list = document.querySelector(".sheet-list"), end = list.getBoundingClientRect().right - 1;
  return [...list.children].filter((entry) => entry.getBoundingClientRect().left >= end).length;
}"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll(".sheet p")].map(
  (each) => parseFloat(getComputedStyle(each).fontSize)))"""
# The width between the margins, in CSS pixels.
WIDTH = {"a4": 703, "letter": 725}


def printed(sheet: Page, paper: str) -> tuple[list[str], int]:
    """What is cut, and how many listings are left out, as the paper lays it out."""
    sheet.set_viewport_size({"width": WIDTH[paper], "height": 1000})
    sheet.emulate_media(media="print")
    return sheet.evaluate(CUT), sheet.evaluate(LEFT_OUT)
