"""Where a guide stands among the others: as its file in the library says, or the commune that added it."""

from dataclasses import dataclass

from app.commune.guides.models import StoredPlace

# Begins the codes of guides that communes have added. No file of the library may be called so (`library`),
# and no code of a service is.
OWN = "own-"
GROUPS = ("team", "eid", "cashless", "services", "more")  # in their order: before a visit, then the pillars
_AFTER_LIBRARY = 100_000  # the positions of the library are below


@dataclass(frozen=True)
class Place:
    """`group`: a pillar of the catalog, or *team* for what concerns every visit. `services`: the codes of the
    services that it helps with. `position`: its place among all."""

    group: str
    services: tuple[str, ...]
    position: int


def is_added(code: str) -> bool:
    """Whether the commune has added this guide, which no release of the library has."""
    return code.startswith(OWN)


def place_added(stored: StoredPlace) -> Place:
    """Where an added guide stands: after those of the library, in the order in which they were added."""
    return Place(stored["group"], tuple(stored["services"]), _AFTER_LIBRARY + stored["position"])
