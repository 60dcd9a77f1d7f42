"""Settings: how they are read, and which are refused."""

from pathlib import Path

import pytest

from shangsou.errors import UnusableInput
from shangsou.settings import read_settings


def test_a_tilde_in_shangsou_toml_is_the_users_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SHANGSOU_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/merchant")
    monkeypatch.chdir(tmp_path)
    Path("shangsou.toml").write_text('home = "~/shop"\n', "utf-8")
    assert read_settings().home == Path("/home/merchant/shop")


@pytest.mark.parametrize("ending", ["-write", "-lock", "-building", "-7"])
def test_an_index_may_not_be_called_as_one_of_our_own(monkeypatch: pytest.MonkeyPatch, ending: str):
    monkeypatch.setenv("SHANGSOU_ELASTIC_INDEX", f"shop{ending}")
    with pytest.raises(UnusableInput) as refused:
        read_settings()
    assert f"SHANGSOU_ELASTIC_INDEX: a name that ends in {ending} " in str(refused.value)
    assert f"got 'shop{ending}'" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ELASTIC_TIMEOUT_S", "inf"),
        ("ELASTIC_TIMEOUT_S", "1e999999"),
        ("RETENTION_DAYS", "1000000000"),
        ("RETENTION_DAYS", "9" * 5_000),
        ("WORKERS", "1000000"),
        ("THREADS", "1000000"),
    ],
    ids=lambda part: part[:12],
)
def test_a_number_that_no_machine_could_live_up_to_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
):
    monkeypatch.setenv(f"SHANGSOU_{name}", value)
    with pytest.raises(UnusableInput, match=f"SHANGSOU_{name}"):
        read_settings()


@pytest.mark.parametrize(
    "content",
    [b"workers = " + b"9" * 5_000, b"x = " + b"[" * 5_000, b"workers = [", b"\xff\xfe"],
    ids=range(4),
)
def test_a_shangsou_toml_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
):
    monkeypatch.chdir(tmp_path)
    Path("shangsou.toml").write_bytes(content)
    with pytest.raises(UnusableInput, match=r"shangsou\.toml cannot be read"):
        read_settings()


def test_digits_and_words_of_ours_elsewhere_in_the_name_are_no_matter(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHANGSOU_ELASTIC_INDEX", "lock-shop2")
    assert read_settings().elastic_index == "lock-shop2"


def test_the_key_of_the_server_may_be_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    file = tmp_path / "admin-key"
    file.write_text("0123456789abcdef\n")
    monkeypatch.setenv("SHANGSOU_ADMIN_KEY_FILE", str(file))
    assert read_settings().admin_key == "0123456789abcdef"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("short\n", "SHANGSOU_ADMIN_KEY: String should have at least 16 characters"),
        ("", "is empty; write the secret into it"),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_a_file_that_holds_no_key_is_named_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None, words: str
):
    file = tmp_path / "admin-key"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("SHANGSOU_ADMIN_KEY_FILE", str(file))
    with pytest.raises(UnusableInput) as refused:
        read_settings()
    assert words in str(refused.value)
    assert "short" not in str(refused.value)
