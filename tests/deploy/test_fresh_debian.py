"""The commands of docs/deploy.md on a fresh Debian: HTTPS by name, a visit recorded offline and sent.

`make deploy-test` runs it, as root on a Debian; it takes some minutes and needs Debian's archive and the
registry of Python packages.
"""

import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, Response, expect, sync_playwright

from app import __version__
from deploy import make_release
from tests.conftest import skip_without
from tests.deploy.debian import Debian, missing_programs
from tests.deploy.installed import build_wheel
from tests.docs.sources import ROOT
from tests.e2e.conftest import ARGUMENTS, DESKTOP, PHONE, TIMEOUT_MS
from tests.e2e.steps import fill_visit, submit_sign_in, wait_for_heading
from tests.machine import chromium

pytestmark = pytest.mark.deploy

NAME = "tungnha.internal"
ADDRESS = f"https://{NAME}"
SYSTEMD = ("systemd", "systemd-sysv", "dbus")  # what a Debian that boots has


def commands(heading: str) -> list[str]:
    """The blocks of commands below a heading of docs/deploy.md."""
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    part = page.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"```sh\n(.+?)```", part, re.DOTALL)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Debian:
    """A fresh Debian on which the commands of *1. Install* have run."""
    if missing := missing_programs():
        skip_without(", ".join(missing))
    machine = Debian(tmp_path_factory.mktemp("debian") / "root")
    machine.create(*SYSTEMD)
    for name in ("python3", "node", "caddy"):
        assert machine.run(f"command -v {name} || true") == "", f"a fresh Debian has no {name}"
    dist = tmp_path_factory.mktemp("dist")
    build_wheel(dist)
    shutil.copy(make_release.archive(__version__, ROOT, dist), machine.root / "root")
    for block in commands("1. Install"):
        machine.run(block)
    return machine


@pytest.fixture(scope="module")
def machine(installed: Debian) -> Iterator[Debian]:
    """The machine, booted, named as inside an office's network, and started."""
    hosts = installed.root / "etc" / "hosts"
    hosts.write_text(f"127.0.0.1 localhost {NAME}\n")
    installed.boot()
    try:
        _, office = commands("2. Name the server")
        (start,) = commands("3. Start")
        installed.execute(office)
        assert installed.execute(start).split() == ["active", "active"]
        yield installed
    finally:
        installed.stop()


@pytest.fixture(scope="module")
def authority(machine: Debian, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of Caddy's authority, where the page says that it is."""
    (copy,) = commands("5. Trust the office's authority")
    machine.execute(copy)
    file = tmp_path_factory.mktemp("authority") / "root.crt"
    file.write_text(machine.execute("cat /tmp/tung-nha-root.crt"))
    return file


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture
def phone(
    playwright: Playwright, machine: Debian, authority: Path, tmp_path: Path
) -> Iterator[BrowserContext]:
    context = open_chromium(playwright, machine, authority, tmp_path / "phone", PHONE)
    yield context
    context.close()


@pytest.fixture
def desk(
    playwright: Playwright, machine: Debian, authority: Path, tmp_path: Path
) -> Iterator[BrowserContext]:
    context = open_chromium(playwright, machine, authority, tmp_path / "desk", DESKTOP)
    yield context
    context.close()


def open_chromium(
    playwright: Playwright, machine: Debian, authority: Path, folder: Path, viewport: dict[str, int]
) -> BrowserContext:
    """Chromium in the machine's network, which trusts `authority` as a phone does after step 5."""
    store = folder / ".pki" / "nssdb"
    store.mkdir(parents=True)
    certutil = ["certutil", "-d", f"sql:{store}"]
    subprocess.run([*certutil, "-N", "--empty-password"], check=True)
    subprocess.run([*certutil, "-A", "-t", "C,,", "-n", "office", "-i", str(authority)], check=True)
    program = folder / "chromium"
    program.write_text(f'#!/bin/sh\nexec nsenter --target={machine.leader} --net {chromium()} "$@"\n')
    program.chmod(0o755)
    context = playwright.chromium.launch_persistent_context(
        str(folder / "profile"),
        executable_path=str(program),
        args=[*ARGUMENTS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"],
        env={"HOME": str(folder)},
        base_url=ADDRESS,
        viewport={"width": viewport["width"], "height": viewport["height"]},
        locale="vi-VN",
    )
    context.set_default_timeout(TIMEOUT_MS)
    return context


def test_the_page_leads_from_a_fresh_debian_to_a_visit_that_was_recorded_offline(
    machine: Debian, phone: BrowserContext, desk: BrowserContext
) -> None:
    operator, supervisor, invitation = people(machine)
    assert re.search(rf"^{ADDRESS}/link/\S+$", operator, re.MULTILINE)

    page = phone.pages[0]
    answer = page.goto("/field/sign-in")
    assert is_https_only(answer)
    code = re.search(r"Mã mời: (\d{8})", invitation)
    assert code, invitation
    submit_sign_in(page, "0900000001", code[1])
    wait_for_heading(page, re.compile("Xin chào, Nguyễn Thị Lan"))
    page.evaluate("navigator.serviceWorker.ready")
    devtools = phone.new_cdp_session(page)
    assert devtools.send("Page.getInstallabilityErrors")["installabilityErrors"] == []

    machine.execute("systemctl stop tung-nha caddy")
    record_offline(page)
    machine.execute("systemctl start tung-nha caddy")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.goto("/field/log")
    expect(page.get_by_text(re.compile(r"Đã gửi \d\d:\d\d"))).to_have_count(2, timeout=90_000)

    see_on_the_desk(desk.pages[0], supervisor)


def people(machine: Debian) -> list[str]:
    """What the commands of *4. Begin a commune* print: a line of the page each."""
    create, begin = commands("4. Begin a commune")
    return [machine.execute(line) for line in (create + begin).strip().splitlines()]


def is_https_only(answer: Response | None) -> bool:
    assert answer is not None
    return answer.ok and answer.headers["strict-transport-security"] == "max-age=31536000"


def record_offline(page: Page) -> None:
    """A household that nobody knew yet, and a visit to it."""
    page.goto("/field/households")
    page.get_by_role("link", name="Thêm hộ mới").first.click()
    page.get_by_label("Tên chủ hộ").fill("Vũ Thị Thắm")
    page.get_by_label("Số nhà").fill("9")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_role("link", name="Ghi", exact=True).first.click()
    fill_visit(page)
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")


def see_on_the_desk(page: Page, printed: str) -> None:
    password = re.search(r"Mật khẩu: (\S+)", printed)
    assert password, printed
    page.goto("/desk/")
    page.get_by_label("Tên đăng nhập").fill("binh")
    page.get_by_label("Mật khẩu").fill(password[1])
    page.get_by_role("button", name="Đăng nhập").click()
    set_up_second_factor(page)
    wait_for_heading(page, "Tổng quan")
    page.goto("/desk/visits")
    expect(page.get_by_role("row").filter(has_text="Vũ Thị Thắm")).to_have_count(1)


def set_up_second_factor(page: Page) -> None:
    wait_for_heading(page, "Đặt xác thực hai lớp")
    secret = page.locator("input[name=secret]").input_value()
    page.get_by_label("6 số đang hiện").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Lưu").click()
    page.get_by_role("link", name="Đã cất mã").click()


def test_http_leads_to_https(machine: Debian) -> None:
    code = (
        f"import http.client as h; c = h.HTTPConnection('{NAME}'); c.request('GET', '/'); r = c.getresponse()"
    )
    printed = machine.execute(f"/usr/bin/python3 -c \"{code}; print(r.status, r.headers['Location'])\"")
    assert printed.split() == ["308", f"{ADDRESS}/"]


def test_server_is_confined_by_systemd(machine: Debian) -> None:
    """systemd's own measure, from 0 (safe) to 10, and that the server cannot write outside its data."""
    printed = machine.execute("systemd-analyze security tung-nha --no-pager | tail -1")
    exposure = re.search(r"(\d+\.\d+)", printed)
    assert exposure
    assert float(exposure[1]) <= 2.0, printed
    leader = machine.execute("systemctl show -P MainPID tung-nha").strip()
    mounts = machine.execute(f"cat /proc/{leader}/mountinfo")
    assert re.search(r" / ro,", mounts), mounts
    assert re.search(r" /var/lib/tung-nha rw,", mounts), mounts
    assert machine.execute(f"grep ^NoNewPrivs /proc/{leader}/status").split() == ["NoNewPrivs:", "1"]


def test_backup_of_the_timer_is_restored_in_a_second_folder(machine: Debian) -> None:
    keys, begin = commands("6. Back up")
    printed = machine.execute(keys)
    private, public = re.findall(r"(AGE-SECRET-KEY-1\S+)|TUNGNHA_BACKUP_PUBLIC_KEY=(\S+)", printed)
    status = machine.execute(f"{SHOW_JOURNAL}{begin}".replace("age1…", public[1]))
    assert re.search(r"^backup +0 hours old: tung-nha-\S+\.age$", status, re.MULTILINE), status
    assert machine.execute("systemctl is-active tung-nha-backup.timer").strip() == "active"
    machine.execute(f"echo '{private[0]}' > /tmp/key")
    done = machine.execute(f"chmod a+r /tmp/key\n{SECOND} restore /var/backups/tung-nha/*.age --key /tmp/key")
    assert "Phones will send again" in done
    assert "derived tables: ok" in machine.execute(f"{SECOND} check"), "its exit code is 0"
    assert "Traceback" not in machine.execute("journalctl -u tung-nha-backup --no-pager")


# A failure of the unit is read in the journal.
SHOW_JOURNAL = "trap 'journalctl -u tung-nha-backup -n 20 --no-pager' ERR\n"
# The command on another data folder, as the server's user.
SECOND = (
    "cd /tmp; runuser -u tungnha -- env TUNGNHA_MODE=production TUNGNHA_DATA_DIR=/var/lib/tung-nha/second "
    "/usr/local/lib/tung-nha/current/bin/tung-nha"
)


def test_archive_with_wheels_installs_without_a_network(machine: Debian, tmp_path: Path) -> None:
    """The booted machine has no network but its own."""
    dist = tmp_path / "dist"
    dist.mkdir()
    build_wheel(dist)
    wheels = make_release.download_wheels(ROOT, tmp_path / "wheels", (platform.machine(),))
    shutil.copy(make_release.archive(__version__, ROOT, dist, wheels), machine.root / "root")
    assert machine.execute("ip route 2>/dev/null || true").strip() == ""
    machine.execute(f"rm -rf /usr/local/lib/tung-nha tung-nha-{__version__}")
    (install,) = commands("Without the internet")
    machine.execute(install)
    machine.execute("systemctl restart tung-nha")
    assert machine.execute("systemctl is-active tung-nha").strip() == "active"
    assert "schema       newest" in machine.execute("tung-nha status")


def test_refusal_is_read_in_the_journal_and_is_not_repeated(machine: Debian) -> None:
    settings = "/etc/tung-nha/settings.env"
    machine.execute(f"echo TUNGNHA_MOD=production >> {settings}; systemctl restart tung-nha")
    until_failed = "until [ $(systemctl is-active tung-nha) = failed ]; do sleep 1; done"
    try:
        machine.execute(f"timeout 120 bash -c '{until_failed}'")
        assert machine.execute("systemctl show -P NRestarts tung-nha").strip() == "0"
        journal = machine.execute("journalctl -u tung-nha -n 5 --no-pager")
        assert "There is no setting TUNGNHA_MOD: is it TUNGNHA_MODE?" in journal
    finally:
        machine.execute(f"sed -i '$d' {settings}; systemctl restart tung-nha")
