"""United Kingdom and Crown dependencies: the outward code, alone or of a longer part ("M1 1AE", "m11ae")."""

import re

from resources.geo.schemes.base import Scheme


class UnitedKingdom(Scheme):
    """Outward codes of the United Kingdom."""

    country = "GB"
    # Without a space the last digit and two letters are the inward code: M11AE is M1 1AE, M11 is M11.
    pattern = re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]?)(?:[ -]?[0-9][A-Z]{2}|[ -][0-9][A-Z]?)?")
