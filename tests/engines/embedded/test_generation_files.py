"""The files of a generation, and disks they cannot be written to."""

import json
from pathlib import Path

import pytest

from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.engines.generations import roll_back
from shangsou.errors import UnusableInput
from shangsou.product import Product
from tests.engines.catalog import documents, index


def test_of_generations_that_do_not_say_what_they_replaced_the_one_before_by_number_is_gone_back_to(
    tmp_path: Path,
) -> None:
    store = EmbeddedStore(tmp_path)
    for name in ("a", "b", "c"):
        index(store, documents([Product(name, "thing")]))
    for name in ("gen-2", "gen-3"):
        stamp = tmp_path / name / "generation.json"
        plain = json.loads(stamp.read_text())
        del plain["replaces"]
        stamp.write_text(json.dumps(plain))
    assert roll_back(store)[0].name == "gen-2"
    assert roll_back(store)[0].name == "gen-1"


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(UnusableInput, match="home is no folder that can be written to; set SHANGSOU_HOME"):
        EmbeddedStore(tmp_path / "home" / "index").check_writable()
    EmbeddedStore(tmp_path / "new" / "index").check_writable()
    assert not (tmp_path / "new").exists()
