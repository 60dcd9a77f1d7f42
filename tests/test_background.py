"""Tasks in a background process: their order, their results, and their failures."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shangsou.background import COMMAND, BackgroundWorker, start_process
from shangsou.errors import IndexingFailed

WAIT_S = 20


class Diary:
    """Notes in which process what was said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, text: str) -> None:
        self.lines.append(f"{os.getpid()} {text}\n")

    def write(self, path: Path, *, end: str = "") -> None:
        path.write_text("".join(self.lines) + end, "utf-8")

    def fill_the_disk(self) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    def end(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def sleep(self, path: Path) -> None:
        self.note("asleep")
        self.write(path)
        time.sleep(60)


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shangsou.background.usable_cores", lambda: 2)


def noted(path: Path) -> tuple[set[int], list[str]]:
    """Return the processes that noted something, and what they noted."""
    lines = [line.split() for line in path.read_text("utf-8").splitlines()]
    return {int(process) for process, _ in lines}, [text for _, text in lines]


@pytest.mark.usefixtures("two_cores")
def test_much_work_is_done_in_order_in_one_other_process(tmp_path: Path) -> None:
    with BackgroundWorker(Diary) as diary:
        for number in range(10):
            diary.submit(Diary.note, str(number))
        diary.submit(Diary.write, tmp_path / "diary", end=f"{os.getpid()} 完")
        diary.join()
        processes, texts = noted(tmp_path / "diary")
    assert len(processes - {os.getpid()}) == 1
    assert texts == [*map(str, range(10)), "完"]


@pytest.mark.usefixtures("two_cores")
def test_little_work_is_done_here(tmp_path: Path) -> None:
    with BackgroundWorker(Diary) as diary:
        diary.submit(Diary.note, "a")
        diary.submit(Diary.write, tmp_path / "diary")
        diary.join()
    assert noted(tmp_path / "diary") == ({os.getpid()}, ["a"])


def test_with_one_core_all_is_done_here_and_not_kept_for_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shangsou.background.usable_cores", lambda: 1)
    with BackgroundWorker(Diary) as diary:
        for number in range(5):
            diary.submit(Diary.note, str(number))
        diary.submit(Diary.write, tmp_path / "diary")
        assert noted(tmp_path / "diary") == ({os.getpid()}, list("01234"))
        diary.join()


@pytest.mark.usefixtures("two_cores")
def test_what_fails_there_is_raised_here_and_nothing_is_done_after_it(tmp_path: Path) -> None:
    with BackgroundWorker(Diary) as diary:
        for _ in range(3):
            diary.submit(Diary.note, "a")
        diary.submit(Diary.fill_the_disk)
        diary.submit(Diary.write, tmp_path / "diary")
        with pytest.raises(OSError, match="no space left") as raised:
            diary.join()
    assert raised.value.errno == errno.ENOSPC
    assert "fill_the_disk" in "".join(raised.value.__notes__)
    assert not (tmp_path / "diary").exists()


@pytest.mark.usefixtures("two_cores")
def test_a_process_that_is_killed_is_reported() -> None:
    with BackgroundWorker(Diary) as diary:
        for _ in range(3):
            diary.submit(Diary.end)
        with pytest.raises(IndexingFailed, match=r"ended with -9; if the memory ran out, make some free"):
            diary.join()


class Unreadable:
    """Raises an error in the process that receives it."""

    def __reduce__(self) -> tuple[type[int], tuple[str, ...]]:
        return int, ("no number",)


@pytest.mark.usefixtures("two_cores")
def test_a_process_that_cannot_read_what_it_is_sent_ends_and_is_reported() -> None:
    with BackgroundWorker(Diary) as diary:
        for _ in range(3):
            diary.submit(Diary.note, Unreadable())  # type: ignore[arg-type]
        with pytest.raises(IndexingFailed, match="ended with 1"):
            diary.join()


@pytest.mark.usefixtures("two_cores")
def test_leaving_early_ends_the_process_in_the_middle_of_its_work(tmp_path: Path) -> None:
    with BackgroundWorker(Diary) as diary:
        for _ in range(3):
            diary.submit(Diary.sleep, tmp_path / "diary")
        process = slept(tmp_path / "diary")
    assert not is_alive(process)


def test_the_process_ends_in_the_middle_of_its_work_when_the_first_one_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; import shangsou.background\n"
        "from tests.test_background import Diary\n"
        "shangsou.background.usable_cores = lambda: 2\n"
        "diary = shangsou.background.BackgroundWorker(Diary)\n"
        "for _ in range(3): diary.submit(Diary.sleep, Path(sys.argv[1]))\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, tmp_path / "diary"]) as first:
        try:
            process = slept(tmp_path / "diary")
        finally:
            first.kill()
    give_up = time.monotonic() + WAIT_S
    while is_alive(process):
        assert time.monotonic() < give_up, "it works on"
        time.sleep(0.05)


def slept(diary: Path) -> int:
    """Return the process that fell asleep, once it has."""
    give_up = time.monotonic() + WAIT_S
    while not diary.exists() or not diary.read_text("utf-8"):
        assert time.monotonic() < give_up, "nothing was noted"
        time.sleep(0.05)
    [process], _ = noted(diary)
    return process


def is_alive(process: int) -> bool:
    """Return whether a process runs; one that nobody has waited for yet does not."""
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False


def test_a_process_whose_parent_is_gone_before_it_is_sent_anything_ends_without_a_word(
    capfd: pytest.CaptureFixture[str],
) -> None:
    process, connection = start_process(COMMAND)
    connection.close()
    assert process.wait() == 0
    assert capfd.readouterr().err == ""
