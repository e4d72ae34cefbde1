"""How many households of each stratum are drawn, and which: the same from the same households and seed."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class StratumKey(NamedTuple):
    """A hamlet, and who met the household there last."""

    hamlet_id: str
    recorded_by: str


@dataclass(frozen=True)
class MetHousehold:
    """A household that was met, and the visit that met it last. `has_sign`: a rule of flags says of that
    visit what makes one doubt."""

    household_id: str
    visit_id: str
    stratum: StratumKey
    has_sign: bool = False


@dataclass(frozen=True)
class Draw:
    """The households drawn from each stratum, of all that it has, in the order of the strata."""

    strata: tuple[tuple[StratumKey, int, tuple[MetHousehold, ...]], ...]

    @property
    def drawn(self) -> list[MetHousehold]:
        """All that were drawn."""
        return [one for _key, _size, drawn in self.strata for one in drawn]


def draw(population: Iterable[MetHousehold], size: int, seed: int) -> Draw:
    """Draw `size` households: at least one of each stratum, and otherwise in proportion to how many it has,
    where one with a sign counts twice: more is looked at where less is certain, and the estimate gives each
    stratum its due.

    `size` is between the number of strata and that of the households. In a stratum those are drawn whose hash
    with the seed is lowest, so that a household that is added or left out changes the draw of no other
    stratum (permanent random numbers: Ohlsson, in *Business Survey Methods*, Wiley 1995, chapter 9).
    """
    members: defaultdict[StratumKey, list[MetHousehold]] = defaultdict(list)
    for one in population:
        members[one.stratum].append(one)
    keys = sorted(members)
    signs = [sum(one.has_sign for one in members[key]) for key in keys]
    numbers = allocate([len(members[key]) for key in keys], size, signs)
    ordered = {key: sorted(members[key], key=lambda one: _rank(one, seed)) for key in keys}
    return Draw(
        tuple(
            (key, len(members[key]), tuple(ordered[key][:number]))
            for key, number in zip(keys, numbers, strict=True)
        )
    )


def allocate(sizes: Sequence[int], total: int, extra: Sequence[int] = ()) -> list[int]:
    """How many of `total` each stratum gets: in proportion to its size and its `extra` weight by largest
    remainders, at least one and at most all. Raises `ValueError` unless `total` is between the number of
    strata and the sum of sizes.
    """
    if not len(sizes) <= total <= sum(sizes):
        raise ValueError(total)
    weights = [size + more for size, more in zip(sizes, extra or [0] * len(sizes), strict=True)]
    quotas = [total * weight / sum(weights) for weight in weights]
    numbers = [min(size, max(1, int(quota))) for size, quota in zip(sizes, quotas, strict=True)]
    while sum(numbers) != total:
        step = 1 if sum(numbers) < total else -1
        may = [i for i, (n, size) in enumerate(zip(numbers, sizes, strict=True)) if 1 <= n + step <= size]
        numbers[max(may, key=lambda i: step * (quotas[i] - numbers[i]))] += step
    return numbers


def population_hash(population: Iterable[MetHousehold]) -> str:
    """A fingerprint of households, their strata and signs, whatever their order (SHA-256, hexadecimal)."""
    lines = sorted(
        f"{one.household_id} {one.stratum.hamlet_id} {one.stratum.recorded_by}{' sign' * one.has_sign}"
        for one in population
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def sizes_of(population: Iterable[MetHousehold]) -> Mapping[StratumKey, int]:
    """How many households each stratum has."""
    sizes: defaultdict[StratumKey, int] = defaultdict(int)
    for one in population:
        sizes[one.stratum] += 1
    return sizes


def _rank(household: MetHousehold, seed: int) -> bytes:
    return hashlib.sha256(f"{seed} {household.household_id}".encode()).digest()
