"""Manifests of folders, and damage that is found by them."""

from pathlib import Path

import pytest

from shangsou.manifest import MANIFEST, find_damage, write_manifest

LONG = bytes(range(256)) * 64


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in {"empty": b"", "short": b"abc", "long": LONG, "with space": b"d"}.items():
        (tmp_path / name).write_bytes(content)
    write_manifest(tmp_path)
    return tmp_path


@pytest.mark.parametrize("fully", [False, True])
def test_files_as_they_were_written_are_whole_and_a_further_one_does_not_matter(folder: Path, fully: bool):
    (folder / "DAMAGED").write_bytes(b"")
    assert find_damage(folder, fully=fully) == ""


def test_a_line_holds_the_hash_the_size_and_the_hash_of_the_head(folder: Path):
    line = next(line for line in (folder / MANIFEST).read_text().splitlines() if line.endswith(" short"))
    # printf abc | sha256sum
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert line == f"{digest} 3 {digest} short"


@pytest.mark.parametrize("fully", [False, True])
@pytest.mark.parametrize(
    ("name", "content", "damage"),
    [
        ("short", b"ab", "short has 2 bytes instead of 3"),
        ("long", LONG + b"x", "long has 16,385 bytes instead of 16,384"),
        ("empty", b"x", "empty has 1 bytes instead of 0"),
        ("short", b"abd", "short holds other bytes"),
        ("with space", b"e", "with space holds other bytes"),
        ("long", b"\1" + LONG[1:], "long holds other bytes"),
        (MANIFEST, b"", "MANIFEST cannot be read"),
        (MANIFEST, b"\xff\xfe", "MANIFEST cannot be read"),
    ],
)
def test_another_size_or_head_is_found_without_reading_all(
    folder: Path, name: str, content: bytes, damage: str, fully: bool
):
    (folder / name).write_bytes(content)
    assert find_damage(folder, fully=fully) == damage


def test_a_byte_behind_the_head_is_found_where_all_is_read(folder: Path):
    (folder / "long").write_bytes(LONG[:-1] + b"x")
    assert find_damage(folder) == ""
    assert find_damage(folder, fully=True) == "long holds other bytes"


def test_a_missing_file_and_a_missing_manifest_are_named(folder: Path):
    (folder / "short").unlink()
    assert find_damage(folder) == "short is missing"
    (folder / MANIFEST).unlink()
    assert find_damage(folder) == "MANIFEST cannot be read"


@pytest.mark.parametrize("position", [0, 70, 200, -70, -2])
def test_a_changed_byte_of_the_manifest_itself_is_found(folder: Path, position: int):
    written = bytearray((folder / MANIFEST).read_bytes())
    written[position] ^= 1
    (folder / MANIFEST).write_bytes(written)
    assert find_damage(folder) == "MANIFEST cannot be read"
