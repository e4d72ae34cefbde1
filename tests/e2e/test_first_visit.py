"""What a phone downloads before the app works offline stays within its budget."""

from concurrent.futures import ThreadPoolExecutor

from benchmarks import first_visit


def test_the_first_visit_stays_within_its_budget() -> None:
    # Playwright cannot be started twice in one thread, and the fixture has started it in this one.
    with ThreadPoolExecutor(1) as thread:
        seen, _seconds = thread.submit(first_visit.transfer_first_visit).result()
    fetched = {exchange.path: exchange.received for exchange in seen}
    assert sum(fetched.values()) <= first_visit.BUDGET * first_visit.KB, fetched
    assert {exchange.encoding for exchange in seen if exchange.kind == "text/javascript"} == {"br"}
    assert any(path.endswith("/sw.js") for path in fetched)
