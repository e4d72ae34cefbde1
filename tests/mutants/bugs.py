"""All bugs that are planted here."""

from tests.mutants import databases, derived, domain, exchange, figures, screens, upkeep

PLANTED = (
    *domain.BUGS,
    *figures.BUGS,
    *derived.BUGS,
    *exchange.BUGS,
    *databases.BUGS,
    *screens.BUGS,
    *upkeep.BUGS,
)
