"""What the sites of one operator are called together, and which of them are at one address."""

from __future__ import annotations

import pytest

from resources.exchange.sources.operators import Door, is_street, operator_name, shared_doors

NAMES = [
    # host, names of its sites, the operator's name ("": not known)
    ("ummaclinic.org", ["UMMA Health Florence Clinic", "UMMA Health Vermont Clinic"], "UMMA Health"),
    ("sihf.org", ["SIHF Healthcare - Bethalto", "SIHF Healthcare - Cahokia", "Alton"], "SIHF Healthcare"),
    (
        "swlahealth.org",
        ["SWLA Center for Health Services - Crowley", "SWLA Center For Health Services - Oberlin"],
        "SWLA Center for Health Services",
    ),
    (
        "mvnhc.org",
        ["Homeless Mobile Van", "Mount Vernon Neighborhood Health Center", "Greenburgh Health Center"],
        "Mount Vernon Neighborhood Health Center",
    ),
    (
        "molokaichc.org",
        ["MCHC Temporary Location", "Molokai Community Health Center"],
        "Molokai Community Health Center",
    ),
    ("mainlinehealth.net", ["Mainline Health Magnolia Clinic", "Wilmot"], "Mainline Health"),
    ("monroehealthcenter.com", ["Monroe Health Center-Peterstown", "Union"], "Monroe Health Center"),
    ("greaterfamilyhealth.org", ["373 Summit St", "450 Dundee Ave", "3901 Mercy Dr"], ""),
    ("klamathhealth.org", ["Chiloquin Open Door", "Main Clinic"], ""),
    (
        "hamiltoncenter.org",
        ["Grace Clinic East", "Grace Clinic West"],
        "",
    ),  # two that begin alike are too few
    ("health.org", ["Health Center North", "Health Center South"], ""),  # general words name nobody
    ("x.org", ["X Clinic", "X Center"], ""),
    ("nobody.org", [], ""),
]


@pytest.mark.parametrize(("host", "names", "operator"), NAMES)
def test_an_operator_is_named_by_its_sites_or_not_at_all(host: str, names: list[str], operator: str) -> None:
    assert operator_name(host, names) == operator


STREETS = [
    ("1 Randall Square Suite 202", True),
    ("213 N. McDonald Street Suite C & D, Ludowici, GA 31316", True),
    ("777 Burnside Ave", True),
    ("6th Street Health Center", False),
    ("14th Ave Clinic", False),
    ("219 Health Network - 1545 W US Highway 30", False),
    ("Union Street Family Practice", False),
]


@pytest.mark.parametrize(("name", "is_address"), STREETS)
def test_an_address_is_told_from_a_name(name: str, is_address: bool) -> None:
    assert is_street(name) == is_address


def test_sites_of_one_operator_at_one_address_are_listed_with_the_first() -> None:
    doors = [
        Door("a", "A clinic", "host:one.org", "800-555-0100", "10 Main St, Suite 1", "10001"),
        Door("b", "B clinic", "host:one.org", "800-555-0199", "10 Main St #2", "10001-1234"),  # one website
        Door("c", "C clinic", "", "(800) 555-0100 x5", "10 MAIN ST", "10001"),  # one number
        Door("d", "D clinic", "host:two.org", "800-555-0111", "10 Main St", "10001"),  # somebody else's
        Door("e", "E clinic", "host:one.org", "800-555-0100", "10 Main St", "20002"),  # another town
        Door("g", "A Clinic - Suite 9", "", "", "10 Main St Apartment 9", "10001"),  # one name
        Door("f", "F clinic", "host:one.org", "800-555-0100", "", "10001"),  # nowhere
    ]
    assert shared_doors(doors) == {"b": "a", "c": "a", "g": "a"}
