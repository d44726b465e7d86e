"""The lists that ship, in the layout of spreadsheets. Nothing in them was checked with the organizations."""

from __future__ import annotations

from resources.exchange.sources.base import DATA
from resources.exchange.sources.spreadsheet import Spreadsheet

LICENSE = "This project's own words (MIT); facts from the public page that each record names"


class StarterCatalog(Spreadsheet):
    """National and other well-known help in six countries. "us-mend:online" is a part of "us-mend"."""

    def __init__(self) -> None:
        super().__init__(
            "starter",
            "Starter catalog of this project",
            licence=LICENSE,
            publishes=True,
            shipped=DATA / "lists" / "starter.csv",
        )

    def split_id(self, row_id: str) -> tuple[str, str]:
        key, _colon, part = row_id.partition(":")
        return key, part


class LocalSupport(Spreadsheet):
    """Local groups, bereavement teams, hospital clinics, counseling and peers in six countries.

    Compiled with the starter catalog: an organization of one name is one in both.
    """

    organizations_of = "starter"

    def __init__(self) -> None:
        super().__init__(
            "local_support",
            "Local support compiled by this project",
            licence=LICENSE,
            publishes=True,
            shipped=DATA / "lists" / "local_support.csv",
        )
