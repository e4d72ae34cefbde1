"""Walks through *Tổng quan* and *Độ phủ*, by name."""

import re
from collections.abc import Iterator

from playwright.sync_api import Page

from tests.e2e.steps import wait_for_heading


def coverage_screens(page: Page) -> Iterator[str]:
    """The hamlets, the households not reached, and the appointments that are overdue."""
    page.goto("/desk/coverage")
    wait_for_heading(page, "Độ phủ")
    yield "desk-coverage"
    page.get_by_role("link", name=re.compile("^Sơ đồ")).first.click()
    wait_for_heading(page, re.compile("^Sơ đồ"))
    yield "desk-hamlet-map"
    page.goto("/desk/coverage/not-reached")
    wait_for_heading(page, "Hộ chưa gặp")
    yield "desk-not-reached"
    page.goto("/desk/coverage/overdue")
    wait_for_heading(page, "Hẹn quá hạn")
    yield "desk-overdue"
    page.goto("/desk/needs")
    wait_for_heading(page, "Nhu cầu")
    yield "desk-needs"


def overview_screens(page: Page) -> Iterator[str]:
    """*Tổng quan* of a month, and the households that were reached for the first time in it."""
    page.goto("/desk/")
    wait_for_heading(page, "Tổng quan")
    page.get_by_role("link", name="Tháng", exact=True).click()
    page.wait_for_url("**period=*")
    yield "desk-overview-month"
    page.get_by_role("link", name="hộ gặp lần đầu").click()
    wait_for_heading(page, "Hộ dân")
    yield "desk-households-new"
