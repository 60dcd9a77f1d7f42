"""The files of a generation, and disks they cannot be written to."""

from pathlib import Path

import pytest

from shangsou.engines.embedded.store import EmbeddedStore
from shangsou.errors import UnusableInput


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(UnusableInput, match="home is no folder that can be written to; set SHANGSOU_HOME"):
        EmbeddedStore(tmp_path / "home" / "index").check_writable()
    EmbeddedStore(tmp_path / "new" / "index").check_writable()
    assert not (tmp_path / "new").exists()
