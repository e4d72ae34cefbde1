"""`compose.yaml` passes every setting, and what it passes by default is accepted."""

import re

import pytest

from app.core.config import PREFIX, Settings
from app.upkeep.maintenance.nightly.encryption import KeyPair
from tests.docs.sources import ROOT

DEPLOY = ROOT / "deploy"
# What belongs to the image: its mode, its address, the mount points of its volumes.
OF_THE_IMAGE = {"mode", "host", "data_dir", "backup_dir"}
CHOSEN = {
    "database_url": "postgresql+psycopg://tungnha@/tungnha?host=/run/postgresql",
    "read_url": "postgresql+psycopg://tungnha:x&y@standby/tungnha?sslmode=verify-full",
    "public_url": "https://tham-ho.example",
    "allowed_hosts": "tham-ho.internal",
    "trusted_proxies": "172.30.72.0/24",
    "min_build": "0.1.0",
    "desk_log": "/backups/desk-log.jsonl",
    "id_key_file": "/secrets/id-key",
    "backup_public_key": KeyPair().public_key,
    "metrics_token": "mot-ma-de-thu-dai-hon-20",
    "second_factor": "offered",
    "encrypted_at_rest": "yes",
    "hosted_by": "Trung tâm dữ liệu tỉnh Thử",
    "workers": "4",
    "after_promotion": "refuse",
}


def written() -> dict[str, str]:
    """The environment of the service `app` as it is written."""
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    part = text.split("environment: &settings\n")[1].split("\n\n")[0]
    return dict(re.findall(rf"^ +({PREFIX}\w+): (.+)$", part, re.MULTILINE))


def passed(**chosen: str) -> dict[str, str]:
    """What the server gets with these lines in `.env`, as compose and the image set it."""

    def value(found: re.Match[str]) -> str:
        name, kind, default = found.groups()
        return chosen.get(name) or (default if kind == ":-" else "")

    image = dict(
        re.findall(rf"^ENV ({PREFIX}\w+)=(.+)$", (DEPLOY / "Containerfile").read_text("utf-8"), re.M)
    )
    return image | {
        name: re.sub(r"\$\{(\w+)(:-|:\?)([^}]*)\}", value, line) for name, line in written().items()
    }


def settings(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Settings.from_environment()


def test_every_setting_is_passed_or_the_images() -> None:
    names = {name.removeprefix(PREFIX).lower() for name in passed()}
    assert names == set(Settings.model_fields)


def test_every_setting_that_is_not_the_images_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert CHOSEN.keys() == set(Settings.model_fields) - OF_THE_IMAGE
    found = settings(
        monkeypatch, passed(**{f"{PREFIX}{name.upper()}": text for name, text in CHOSEN.items()})
    )
    for name, text in CHOSEN.items():
        assert str(getattr(found, name)) == text, name


def test_without_a_choice_the_defaults_are_those_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch, passed(TUNGNHA_PUBLIC_URL="https://tham-ho.example"))
    assert found.mode == "production"
    assert str(found.desk_log_file) == "/data/desk-log.jsonl"
    assert str(found.key_file) == "/data/id-key"
    assert (found.workers, found.metrics_token, found.database_url) == (1, "", "")


def test_images_are_pinned_by_digest() -> None:
    """Except the project's own, which is built from it."""
    text = (DEPLOY / "Containerfile").read_text("utf-8") + (DEPLOY / "compose.yaml").read_text("utf-8")
    images = set(re.findall(r"^(?:FROM| +image:) (\S+)", text, re.MULTILINE)) - {"tung-nha"}
    assert len(images) == 3
    assert [image for image in images if not re.fullmatch(r"[a-z]+:[\w.-]+@sha256:[0-9a-f]{64}", image)] == []
