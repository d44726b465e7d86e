"""Ireland: the routing key of an Eircode ("D02 AF30"), and the districts of Dublin ("Dublin 2", "D2")."""

import re

from resources.geo.schemes.base import Scheme


class Ireland(Scheme):
    """Routing keys of Ireland."""

    country = "IE"
    pattern = re.compile(r"([A-Z][0-9]{2}|D6W)(?:[ -]?[0-9A-Z]{4})?")
    _district = re.compile(r"(?:DUBLIN |D)([0-9]{1,2}|6W)")

    def normalize(self, text: str) -> str | None:
        district = self._district.fullmatch(" ".join(text.upper().split()))
        return f"D{district[1]:0>2}" if district else super().normalize(text)
