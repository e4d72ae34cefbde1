"""What an operator repeats after a restore: inviting people and importing lists, each in its own process."""

import re
from pathlib import Path

from app.core.config import Settings
from tests.operator import run_forked
from tests.phone import Phone
from tests.upkeep.maintenance.conftest import Instance

SEN = "0900000021"  # invited after the backup
NAMES = {SEN: "Triệu Thị Sen"}


def command(settings: Settings, *arguments: str) -> str:
    """Run a command that must succeed, and return its output."""
    done = run_forked(settings.database, *arguments, TUNGNHA_DATA_DIR=str(settings.data_dir))
    assert done.returncode == 0, done.stderr
    return done.stdout


def invite(
    settings: Settings, phone: str = SEN, hamlet: str = "Thôn Đông", commune: str = "06391", *more: str
) -> str:
    """Invite somebody; returns the code."""
    who = ("--name", NAMES.get(phone, "Vi Văn Mới"), "--phone", phone, "--commune", commune)
    said = command(settings, "invite", *who, "--hamlet", hamlet, "--create-hamlet", *more)
    return str(re.findall(r"\b\d{8}\b", said)[0])


def import_list(settings: Settings, file: Path) -> str:
    """Import a list, new hamlets included."""
    return command(
        settings, "import-households", str(file), "--commune", "06391", "--write", "--create-hamlets"
    )


def write_list(folder: Path, *rows: tuple[str, str, str], name: str = "danh-sach.csv") -> Path:
    """Write a list with rows of hamlet, head and house number."""
    file = folder / name
    lines = ["Thôn,Họ và tên chủ hộ,Số nhà", *(",".join(row) for row in rows)]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def sign_in_again(instance: Instance, before: Phone, code: str, number: str = SEN) -> Phone:
    """Sign in on the same phone with another code; device id and `seq` go on if the account is the same."""
    more = {"device_id": before.device_id, "next_seq": before.seq + 1}
    phone = instance.phone((number, code), **more)
    assert phone.account_id == before.account_id, "the phone would open an empty account"
    phone.seq, phone.held, phone.state = before.seq, before.held, before.state
    return phone
