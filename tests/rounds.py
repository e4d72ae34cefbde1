"""How often the random and repeated tests run: `make test` few times, `make faults` at length.

FAULTS=long    at length: more rounds, both databases also where the fault lies before the database
HISTORIES=500  that many random histories of each kind, beside those with which a seeded bug is detected
SEED=7         from this number on; `make faults` takes another one each day, and prints it
"""

import os

import pytest

LONG = os.environ.get("FAULTS") == "long"
SEED = int(os.environ.get("SEED", "1"))
HISTORIES = int(os.environ.get("HISTORIES", "40" if LONG else "0"))
DATABASES = ("sqlite", "postgresql")

# For tests of what is the same on both databases: the network, the phone, the processes of a server. Both at
# length, one in `make test`.
on_sqlite_first = pytest.mark.parametrize("database_url", DATABASES if LONG else ["sqlite"], indirect=True)
on_postgresql_first = pytest.mark.parametrize(
    "database_url", DATABASES if LONG else ["postgresql"], indirect=True
)


def seeds(most: int, *chosen: int) -> list[int]:
    """Seeds of a random test that is quick: two, and `chosen`, with which a planted bug is seen; at length
    `most` more, from SEED on."""
    return [0, 1, *chosen] + ([SEED + number for number in range(most)] if LONG else [])


def histories(fixture: str, *numbers: int) -> pytest.MarkDecorator:
    """Parametrizes a test of random histories with `fixture`, which takes the database's name, and `number`.

    `numbers` are those with which a seeded bug is detected, or any two: all of them run on SQLite, the last
    also on PostgreSQL. HISTORIES more follow on both, from SEED on.
    """
    chosen = [("sqlite", number) for number in numbers] + [("postgresql", numbers[-1])]
    random = [(database, number) for number in range(SEED, SEED + HISTORIES) for database in DATABASES]
    return pytest.mark.parametrize(
        (fixture, "number"), [*chosen, *(pair for pair in random if pair not in chosen)], indirect=[fixture]
    )
