"""What a phone on a slow line has to fetch before the app works without one stays within its budget."""

from benchmarks import first_visit


def test_the_first_visit_stays_within_its_budget() -> None:
    seen, _seconds = first_visit.visited()
    fetched = {exchange.path: exchange.received for exchange in seen}
    assert sum(fetched.values()) <= first_visit.BUDGET * first_visit.KB, fetched
    assert {exchange.encoding for exchange in seen if exchange.kind == "text/javascript"} == {"br"}
    assert any(path.endswith("/sw.js") for path in fetched)
