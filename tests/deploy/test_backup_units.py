"""The timer of nightly backups, in systemd and in containers."""

from tests.docs.sources import ROOT

SYSTEMD = ROOT / "deploy" / "systemd"
HARDENING = (
    "CapabilityBoundingSet", "LockPersonality", "Memory", "NoNewPrivileges", "Private", "Protect", "Proc",
    "RemoveIPC", "Restrict", "SystemCall", "UMask", "User",
)  # fmt: skip


def rules(unit: str) -> set[str]:
    """The lines of a unit that confine it."""
    return {line for line in (SYSTEMD / unit).read_text("utf-8").splitlines() if line.startswith(HARDENING)}


def test_backup_is_confined_like_the_server_and_writes_to_the_place_alone() -> None:
    assert len(rules("tung-nha.service")) >= 20
    assert rules("tung-nha-backup.service") == rules("tung-nha.service")
    text = (SYSTEMD / "tung-nha-backup.service").read_text("utf-8")
    assert [line for line in text.splitlines() if line.startswith("ReadWritePaths")] == [
        "ReadWritePaths=/var/backups/tung-nha"
    ]


def test_archive_is_confined_like_the_server_as_the_user_who_has_it() -> None:
    differing = rules("tung-nha-archive.service") ^ rules("tung-nha.service")
    assert differing == {"User=tungnha", "User=barman", "MemoryHigh=1G", "MemoryHigh=4G"}
    text = (SYSTEMD / "tung-nha-archive.service").read_text("utf-8")
    assert "ReadWritePaths=/var/lib/barman /var/log/barman\n" in text
    assert "tung-nha nightly-archive\n" in text
    assert "03:00:00 Asia/Ho_Chi_Minh" in (SYSTEMD / "tung-nha-archive.timer").read_text("utf-8")


def test_server_and_backup_wait_for_the_disk_of_the_data() -> None:
    for unit in ("tung-nha.service", "tung-nha-backup.service"):
        lines = (SYSTEMD / unit).read_text("utf-8").splitlines()
        (needed,) = (line for line in lines if line.startswith("RequiresMountsFor="))
        assert "/var/lib/tung-nha" in needed.partition("=")[2].split(), unit


def test_every_timer_runs_the_command_that_encrypts() -> None:
    assert "tung-nha nightly-backup\n" in (SYSTEMD / "tung-nha-backup.service").read_text("utf-8")
    assert "02:00:00 Asia/Ho_Chi_Minh" in (SYSTEMD / "tung-nha-backup.timer").read_text("utf-8")
    compose = (ROOT / "deploy" / "compose.yaml").read_text("utf-8")
    assert "tung-nha nightly-backup" in compose
    assert "tung-nha backup" not in compose
    settings = (ROOT / "deploy" / "settings.env").read_text("utf-8")
    assert "\nTUNGNHA_BACKUP_DIR=/var/backups/tung-nha\n" in settings
