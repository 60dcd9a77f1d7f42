"""The audit log."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shangsou import audit
from shangsou.audit import AuditLog


def lines(home: Path) -> list[dict[str, object]]:
    files = sorted((home / "audit").glob("audit*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def test_a_line_says_who_did_what_and_names_no_shopper(tmp_path: Path) -> None:
    log = AuditLog(tmp_path)
    log.write("erp", "users.delete", address="192.0.2.7", subject="user\n1", details={"events": 3})
    [line] = lines(tmp_path)
    assert (line["who"], line["action"], line["outcome"], line["events"]) == (
        "erp",
        "users.delete",
        "done",
        3,
    )
    assert line["subject"] == log.hash_of("user\n1")
    assert line["address"] == AuditLog(tmp_path).hash_of("192.0.2.7")
    assert "192.0.2.7" not in (tmp_path / "audit" / "audit.jsonl").read_text("utf-8")


def test_other_homes_have_other_hashes(tmp_path: Path) -> None:
    assert AuditLog(tmp_path / "a").hash_of("u1") != AuditLog(tmp_path / "b").hash_of("u1")


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    AuditLog(tmp_path).write("erp", "x", subject="u")
    for path in (tmp_path / "audit").glob("*.jsonl"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "audit" / "salt").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "audit").stat().st_mode) == 0o700


def test_many_writers_lose_no_line_while_files_are_rotated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "_MAX_BYTES", 1_000)
    monkeypatch.setattr(audit, "_MAX_FILES", 1_000)
    logs = [AuditLog(tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(
            pool.map(
                lambda number: logs[number % 4].write("erp", "x", details={"number": number}), range(200)
            )
        )
    assert sorted(line["number"] for line in lines(tmp_path)) == list(range(200))  # type: ignore[type-var]
    assert all(path.stat().st_size <= 1_000 for path in (tmp_path / "audit").glob("*.jsonl"))


def test_the_oldest_files_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_MAX_BYTES", 200)
    monkeypatch.setattr(audit, "_MAX_FILES", 3)
    log = AuditLog(tmp_path)
    for number in range(50):
        log.write("erp", "x", details={"number": number})
    assert len(list((tmp_path / "audit").glob("*.jsonl"))) == 4
    assert lines(tmp_path)[-1]["number"] == 49


def test_a_folder_that_cannot_be_written_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "audit").write_text("no folder", "utf-8")
    AuditLog(tmp_path).write("erp", "users.delete")
    assert "the audit log lacks that erp did users.delete (done)" in caplog.text
