"""Keys: made, kept as hashes, rotated, ended."""

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from searchapi.commands.key import key as key_command
from searchapi.key_filters import parse_key_filters
from searchapi.keys import Role, hash_secret, new_key, read_keys, rotate, write_keys
from shangsou.errors import UnusableInput

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def test_a_file_holds_hashes_and_no_secrets_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    key, secret = new_key("erp", ("catalog",), NOW)
    write_keys(path, [key], NOW)
    assert secret not in path.read_text("utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_keys(path) == [key]
    assert hash_secret(secret) == key.sha256


def test_secrets_have_256_random_bits() -> None:
    _, first = new_key("erp", ("catalog",), NOW)
    _, second = new_key("erp", ("catalog",), NOW)
    assert first != second
    # 43 characters of base64 are 258 bits.
    assert len(first.removeprefix("shangsou_")) == 43


def test_a_key_ends_when_it_says(tmp_path: Path) -> None:
    key, _ = new_key("erp", ("catalog",), NOW, timedelta(days=1))
    assert key.is_valid(NOW + timedelta(hours=23))
    assert not key.is_valid(NOW + timedelta(days=1))
    write_keys(tmp_path / "keys.json", [key], NOW + timedelta(days=2))
    assert read_keys(tmp_path / "keys.json") == []


def test_two_secrets_of_a_name_are_valid_while_it_is_rotated_and_no_third() -> None:
    key, _ = new_key("erp", ("catalog",), NOW)
    keys, _ = rotate([key], "erp", NOW, timedelta(days=7))
    assert [one.expires_at for one in keys] == [NOW + timedelta(days=7), None]
    with pytest.raises(UnusableInput, match="2 valid secrets"):
        rotate(keys, "erp", NOW + timedelta(days=1), timedelta(days=7))
    again, _ = rotate(keys, "erp", NOW + timedelta(days=8), timedelta(days=7))
    assert sum(one.is_valid(NOW + timedelta(days=9)) for one in again) == 2


def test_a_key_keeps_its_filters_in_the_file_and_when_it_is_rotated(tmp_path: Path) -> None:
    filters = parse_key_filters(["shop=云上衣舍", "brand=甲", "brand=乙", "attributes.颜色=红=粉"])
    key, _ = new_key("cloud", ("search",), NOW, filters=filters)
    write_keys(tmp_path / "keys.json", [key], NOW)
    assert read_keys(tmp_path / "keys.json") == [key]
    rotated, _ = rotate([key], "cloud", NOW, timedelta(days=1))
    assert [one.filters for one in rotated] == 2 * [
        {"shop": ("云上衣舍",), "brand": ("甲", "乙"), "attributes.颜色": ("红=粉",)}
    ]


@pytest.mark.parametrize("role", ["events", "catalog", "judge", "adjudicate", "metrics", "admin"])
def test_a_key_with_filters_has_no_role_that_sees_beyond_them(role: Role) -> None:
    with pytest.raises(UnusableInput, match=f"cannot have the role {role}"):
        new_key("cloud", ("search", role), NOW, filters={"shop": ("云上衣舍",)})


def test_what_has_ended_or_does_not_exist_is_not_rotated() -> None:
    key, _ = new_key("erp", ("catalog",), NOW, timedelta(days=1))
    with pytest.raises(UnusableInput, match='no valid key "erp"'):
        rotate([key], "erp", NOW + timedelta(days=2), timedelta(0))


WITH_FILTERS = (
    '{"keys": [{"name": "a", "sha256": "b", "roles": ["search"], "created_at": "2026-12-01T00:00:00+00:00", '
    '"filters": %s}]}'
)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"keys": [7]}', '{"keys": [{"name": "a"}]}', "{" * 100_000,
     '{"keys": [{"name": "a", "sha256": "b", "roles": ["god"], "created_at": "2026-12-01T00:00:00+00:00"}]}',
     # A filter that is misspelt lets nobody see everything.
     WITH_FILTERS % '{"shops": ["a"]}', WITH_FILTERS % '{"shop": []}', WITH_FILTERS % '["shop"]',
     WITH_FILTERS % '{"shop": "a"}', (WITH_FILTERS % '{"shop": ["a"]}').replace("search", "admin")],
)  # fmt: skip
def test_a_file_that_holds_no_keys_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.json").write_text(text, "utf-8")
    with pytest.raises(UnusableInput, match=r"keys\.json cannot be read as keys"):
        read_keys(tmp_path / "keys.json")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path))
    return CliRunner()


def test_the_commands_make_list_rotate_and_revoke(run: CliRunner, tmp_path: Path) -> None:
    made = run.invoke(key_command, ["new", "erp", "--role", "catalog", "--role", "events", "--json"])
    secret = json.loads(made.output)["secret"]
    listed = run.invoke(key_command, ["list"])
    assert "erp" in listed.output
    assert "catalog, events" in listed.output
    assert secret not in listed.output
    rotated = json.loads(run.invoke(key_command, ["rotate", "erp", "--json"]).output)["secret"]
    assert {one.sha256 for one in read_keys(tmp_path / "keys.json")} == {
        hash_secret(secret), hash_secret(rotated)
    }  # fmt: skip
    run.invoke(key_command, ["revoke", "erp"], catch_exceptions=False)
    assert read_keys(tmp_path / "keys.json") == []
    audit = (tmp_path / "audit" / "audit.jsonl").read_text("utf-8")
    assert [json.loads(line)["action"] for line in audit.splitlines()] == [
        "key.new",
        "key.rotate",
        "key.revoke",
    ]
    assert secret not in audit


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["new", "erp", "--role", "catalog"], "there is a key"),
        (["new", " ", "--role", "catalog"], "printable characters"),
        (["new", "a", "--role", "search", "--filter", "price=5"], '"price" is no filter'),
        (["new", "a", "--role", "search", "--filter", "attributes.=5"], "is no filter"),
        (["new", "a", "--role", "search", "--filter", "shop="], "lacks a value"),
        (["new", "a", "--role", "search", "--filter", "shop"], "lacks a value"),
        (["new", "a", "--role", "admin", "--filter", "shop=a"], "cannot have the role admin"),
        (["new", "this machine", "--role", "search"], "stands for callers without a key"),
        (["new", "Program of root", "--role", "search"], "stands for callers without a key"),
        (["rotate", "nobody"], "there is no key"),
        (["revoke", "nobody"], "there is no key"),
    ],
)
def test_what_cannot_be_done_is_explained(run: CliRunner, arguments: list[str], words: str) -> None:
    run.invoke(key_command, ["new", "erp", "--role", "search"])
    with pytest.raises(UnusableInput, match=words):
        run.invoke(key_command, arguments, catch_exceptions=False, standalone_mode=False)


def test_commands_that_change_keys_at_once_lose_none(run: CliRunner, tmp_path: Path) -> None:
    names = [f"key {number}" for number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda name: _make_in_a_process(tmp_path, name), names))
    assert sorted(key.name for key in read_keys(tmp_path / "keys.json")) == sorted(names)


def _make_in_a_process(home: Path, name: str) -> None:
    program = f"from searchapi.commands.key import key; key(['new', {name!r}, '--role', 'search'])"
    subprocess.run(
        [sys.executable, "-c", program], env=os.environ | {"SHANGSOU_HOME": str(home)}, check=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def test_keys_behind_a_link_are_written_where_it_leads(run: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "keys.json").symlink_to(tmp_path / "secrets" / "keys.json")
    run.invoke(key_command, ["new", "erp", "--role", "catalog"], catch_exceptions=False)
    run.invoke(key_command, ["revoke", "erp"], catch_exceptions=False)
    assert (tmp_path / "keys.json").is_symlink()
    assert read_keys(tmp_path / "secrets" / "keys.json") == []
