"""Canada: the first half of a postal code ("T2P"), typed alone or as part of the whole ("T2P 1J9")."""

import re

from resources.geo.schemes.base import Scheme


class Canada(Scheme):
    """Forward sortation areas, as Canada Post calls the first half of a code."""

    country = "CA"
    # Without the letters that Canada Post never uses, so that British codes match less often.
    pattern = re.compile(r"([ABCEGHJ-NPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z])(?:[ -]?[0-9][A-Z][0-9])?")
