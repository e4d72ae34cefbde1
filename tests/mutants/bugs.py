"""All bugs that are planted here."""

from tests.mutants import databases, domain, exchange, figures, screens

PLANTED = (*domain.BUGS, *figures.BUGS, *exchange.BUGS, *databases.BUGS, *screens.BUGS)
