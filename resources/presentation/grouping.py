"""One card for the services of one organization, or for all that is at one door: pure functions over results.

The results are those of `presentation.results.result_context`, in the order in which they are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.utils.translation import gettext as _

Result = dict[str, Any]
Key = Callable[[Result], Any]
T = TypeVar("T")


def organization_of(result: Result) -> Any:
    """Return what results of one organization share; None for a result that stands alone."""
    return result["organization"] and result["organization"]["url"]


def door_of(result: Result) -> Any:
    """Return what results at one address share; None where no street is known."""
    return result["door"] or None


def cards_of(results: Sequence[Result], *, key: Key = organization_of, gather: bool = True) -> list[Result]:
    """Return a card for all results of the same `key`; see `grouped`.

    A card of several results has them as `services`, and says only what holds for all of them.
    """
    return [
        group[0] if len(group) == 1 else card_of(group) for group in grouped(results, key=key, gather=gather)
    ]


def grouped(results: Sequence[T], *, key: Callable[[T], Any], gather: bool) -> list[list[T]]:
    """Return the results of the same `key` together, where the first of them stood. A key of None is alone.

    Without `gather`, only results that follow each other are together: where an order was asked for, nothing
    may leave it.
    """
    groups: list[list[T]] = []
    known: dict[Any, list[T]] = {}
    for result in results:
        name = key(result)
        group = known.get(name) if name is not None else None
        if group is not None and (gather or group is groups[-1]):
            group.append(result)
            continue
        groups.append([result])
        if name is not None:
            known[name] = groups[-1]
    return groups


def card_of(group: Sequence[Result]) -> Result:
    """Return one card for several results."""
    first = group[0]
    one_organization = len({organization_of(result) for result in group}) == 1
    notes = _shared(group, "content_notes")
    card = {
        **first,
        **{name: _shared(group, name) for name in SAID_OF_ALL},
        "content_notes": notes,
        "id": " ".join(result["id"] for result in group),
        "anchor": first["id"],
        "is_unstated": not any(result["cost_phrase"] for result in group),
        "meetings": [],
        "when": [],
        "opening": "",
        "found": [],
        "actions": _actions(group),
        "phones": next((result["phones"] for result in group if result["phones"]), []),
        "has_noted_services": not notes and any(result["content_notes"] for result in group),
        "services": [_service_row(result, group) for result in group],
    }
    if one_organization and first["organization"]:
        return {
            **card,
            "name": first["organization"]["name"],
            "url": first["organization"]["url"],
            "organization": None,
            "operator_stated": first["organization"]["operator_stated"],
        }
    return {
        **card,
        "name": _("At %(address)s") % {"address": first["place"]},
        "url": "",
        "organization": None,
    }


# What a card of several says only where it holds for each of them.
SAID_OF_ALL = (
    *("kind_label", "fit_note", "summary", "cost_phrase", "is_free", "formats", "losses", "access"),
    *(
        "for_whom",
        "only_for",
        "rows",
        "place",
        "where",
        "door",
        "distance",
        "why",
        "areas",
        "website",
        "assured",
    ),
)


def _shared(group: Sequence[Result], name: str) -> Any:
    """Return the value that all results have; [] or "" otherwise."""
    value = group[0][name]
    if all(result[name] == value for result in group):
        return value
    return [] if isinstance(value, list) else ""


def _actions(group: Sequence[Result]) -> list[dict[str, str]]:
    """Return the ways to reach the first that can be reached without reading a page, else the first's."""
    direct = (
        result["actions"] for result in group if any(way["sign"] != "website" for way in result["actions"])
    )
    actions: list[dict[str, str]] = next(direct, group[0]["actions"])
    return actions


def _service_row(result: Result, group: Sequence[Result]) -> dict[str, Any]:
    """Return one service as a row of the card: what the card does not say of all stands here."""
    said = {
        name: "" if _shared(group, name) else result[name] for name in ("kind_label", "assured", "only_for")
    }
    differs = any(other["cost_phrase"] != result["cost_phrase"] for other in group)
    cost = (result["cost_phrase"] or _("Cost not stated: ask")) if differs else ""
    where = "" if _shared(group, "place") else result["place"]
    name = result["name"]
    if where and _shared(group, "name"):  # one service at several places: links of one name would say nothing
        name, where = where, ""
    notes = [] if _shared(group, "content_notes") else result["content_notes"]
    return {
        "name": name,
        "url": result["url"],
        "content_notes": notes,
        "only_for": said["only_for"],
        "facts": [phrase for phrase in (str(said["kind_label"]), cost, where, *result["found"]) if phrase],
        "assured": said["assured"],
    }
