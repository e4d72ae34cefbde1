"""All bugs that are planted here."""

from tests.mutants import (
    databases,
    derived,
    domain,
    exchange,
    factors,
    figures,
    keys,
    moving,
    operator,
    papers,
    province,
    requests,
    retention,
    screens,
    tenancy,
    upkeep,
)

PLANTED = (
    *domain.BUGS,
    *figures.BUGS,
    *province.BUGS,
    *operator.BUGS,
    *papers.BUGS,
    *factors.BUGS,
    *derived.BUGS,
    *exchange.BUGS,
    *databases.BUGS,
    *screens.BUGS,
    *upkeep.BUGS,
    *retention.BUGS,
    *keys.BUGS,
    *moving.BUGS,
    *tenancy.BUGS,
    *requests.BUGS,
)
