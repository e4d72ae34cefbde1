"""The alert rules, run by Prometheus' own promtool: each fires for what it is about, and not before."""

import json
import re
import shutil
import subprocess
from pathlib import Path

from tests.conftest import skip_without
from tests.docs.sources import ROOT

RULES = ROOT / "deploy" / "monitoring" / "alerts.yaml"
# Of each alert: a series, its values each minute when all is well, those when it is not, minutes until then.
SYNC = 'tungnha_requests_total{area="sync",status="5xx"}'
ALERTS: dict[str, tuple[str, str, str, str]] = {
    "ServerDoesNotAnswer": ('up{job="tung-nha"}', "1x300", "1x60 0x240", "65m"),
    "DatabaseUnavailable": ("tungnha_database_up", "1x300", "1x60 0x240", "65m"),
    "ExchangesFail": (SYNC, "0+1x300", "0+60x300", "100m"),
    "OperationsWait": ('tungnha_operations_total{status="retry"}', "5x300", "0+1x300", "150m"),
    "WritesWait": ('tungnha_write_wait_seconds_bucket{le="1"}', "0+10x300", "0x300", "100m"),
    "TransactionsWait": ("tungnha_lock_waits", "5x300", "6x300", "100m"),
    "FlagsAreNotComputed": ("tungnha_unevaluated_days", "5x50 0x1 5x250", "5x300", "90m"),
    "RecordsAreLate": ("tungnha_oldest_unsent", "604799x300", "604801x300", "100m"),
    "DiskAlmostFull": ("tungnha_disk_free", "2000000000x300", "900000000x300", "100m"),
    "ReplicaNotRead": ('tungnha_replica{state="following"}', "1x300", "1x60 0x240", "80m"),
    "BackupOverdue": ("tungnha_backup_age", "129600x300", "129601x300", "100m"),
    "ArchiveOverdue": ("tungnha_archive_age", "129600x300", "129601x300", "100m"),
    "CommuneSilent": ("tungnha_silent_communes", "0x300", "0x60 1x240", "150m"),
    "PhonesFail": ("tungnha_phone_failures_total", "0+0.3x300", "0+1x300", "100m"),
}
ALSO = {  # what a rule needs beside its series
    "WritesWait": {
        'tungnha_write_wait_seconds_bucket{le="5"}': "0+10x300",
        'tungnha_write_wait_seconds_bucket{le="+Inf"}': "0+10x300",
    }
}


def promtool(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    if shutil.which("promtool") is None:
        skip_without("promtool")
    return subprocess.run(["promtool", *words], cwd=cwd, capture_output=True, text=True, check=False)


def summaries() -> dict[str, str]:
    """The summary of each alert."""
    text = RULES.read_text("utf-8")
    return dict(re.findall(r"- alert: (\w+)\n(?:.*\n)*? +summary: (.+)\n", text))


def case(alert: str, values: str, *, fires: bool) -> dict[str, object]:
    """A test of promtool: these values, and whether the alert fires then."""
    series, _well, _ill, when = ALERTS[alert]
    found = {series: values} | ALSO.get(alert, {})
    labels = {"job": "tung-nha"} if 'job="tung-nha"' in series else {}
    fired = [{"exp_labels": labels, "exp_annotations": {"summary": summaries()[alert]}}]
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": line} for name, line in found.items()],
        "alert_rule_test": [
            {"eval_time": when, "alertname": alert, "exp_alerts": fired if fires else []},
        ],
    }


def run_cases(folder: Path, cases: list[dict[str, object]]) -> subprocess.CompletedProcess[str]:
    shutil.copy(RULES, folder)
    file = folder / "cases.yaml"
    content = {"rule_files": [RULES.name], "evaluation_interval": "1m", "tests": cases}
    file.write_text(json.dumps(content), "utf-8")  # JSON is YAML
    return promtool("test", "rules", file.name, cwd=folder)


def test_rules_are_valid() -> None:
    done = promtool("check", "rules", str(RULES), cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert f"{len(ALERTS)} rules found" in done.stdout


def test_every_alert_is_tested() -> None:
    assert summaries().keys() == ALERTS.keys()


def test_each_alert_fires_for_what_it_is_about_and_not_before(tmp_path: Path) -> None:
    cases = [
        case(alert, values, fires=fires)
        for alert, (_series, well, ill, _when) in ALERTS.items()
        for values, fires in ((well, False), (ill, True))
    ]
    done = run_cases(tmp_path, cases)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_sees_an_alert_that_does_not_fire(tmp_path: Path) -> None:
    done = run_cases(tmp_path, [case("CommuneSilent", "0x300", fires=True)])
    assert done.returncode == 1
