"""The order of addresses and of names is the phone's: 20,000 of each other's neighbours."""

import gzip
from pathlib import Path

from app.core.text import by_address, by_given_name

FILE = Path(__file__).parents[1] / "contract" / "vectors" / "order.txt.gz"


def test_addresses_and_names_are_in_the_order_of_the_phone() -> None:
    wrong, before, count = [], (0, b""), 0
    for line in gzip.decompress(FILE.read_bytes()).decode().splitlines():
        mark, *fields = line.split("\t")
        key = (len(fields), by_address(*fields) if len(fields) > 1 else by_given_name(*fields))
        kind, last = before
        if kind == len(fields) and ("=" if key[1] == last else "<" if key[1] > last else ">") != mark:
            wrong.append(line)
        before, count = key, count + 1
    assert (count, wrong[:20]) == (20_000, [])
