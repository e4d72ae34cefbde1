"""All bugs that are planted here."""

from tests.mutants import databases, domain, exchange, screens

PLANTED = (*domain.BUGS, *exchange.BUGS, *databases.BUGS, *screens.BUGS)
