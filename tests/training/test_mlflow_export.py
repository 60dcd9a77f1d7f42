"""A complete run goes to MLflow with all that it left, once, however often it is exported."""

import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

from shangsou.encoding.registry import mark_erased
from shangsou.errors import TrainingFailed, UnusableInput
from tests.fixtures.trained_models import CARD, install_toy
from training.encoder.fine_tuning import Result
from training.encoder.run_folder import Metrics, RunFolder
from training.mlflow_export import check_tracking_uri, export_run
from training.run_record import RunRecord, read_run_record

pytestmark = pytest.mark.skipif(find_spec("mlflow") is None, reason="the export needs the extra [mlflow]")
CURVE = [Metrics(0, 0.0, None, 0.5, 0.0, 0.0), Metrics(50, 1.0, 2.5, 0.625, 1e-5, 3.0)]
RESULT = Result(50, 50, 0.625, 0.5, 0.8, 0.75, {"0": 0.5, "0.8": 0.75})
LEARNED = replace(
    CARD, limits=("Knows umbrellas alone.",), trained_on_events_until="2026-11-30T00:00:00+00:00"
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """With the complete run spring, whose model is installed."""
    home = tmp_path / "home"
    run = RunFolder(home, "spring")
    with run.locked():
        run.begin({"seed": 1, "loss": "catalog", "hard_negatives": False}, {"torch": "2.15"})
        run.write_metrics(CURVE)
        run.write_result(RESULT)
    install_toy(home, "spring", card=LEARNED)
    return home


@pytest.fixture(scope="session")
def made_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MLflow's empty tables, which take it seconds to make."""
    path = tmp_path_factory.mktemp("mlflow") / "empty.db"
    export_run(RunRecord("first", {"a": "b"}, [], {}, {}), f"sqlite:///{path}", "others")
    return path


@pytest.fixture
def uri(tmp_path: Path, made_database: Path) -> str:
    (tmp_path / "mlflow.db").write_bytes(made_database.read_bytes())
    return f"sqlite:///{tmp_path / 'mlflow.db'}"


def record(home: Path) -> RunRecord:
    return read_run_record(RunFolder(home, "spring"), home)


def runs_of(uri: str):
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=uri)
    return client, client.search_runs([client.get_experiment_by_name("shop").experiment_id])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_parameters_curve_figures_and_card_are_what_the_run_left(home: Path, uri: str):
    exported = export_run(record(home), uri, "shop")
    client, (run,) = runs_of(uri)
    assert exported == (run.info.run_id, True)
    assert (run.info.run_name, run.info.status) == ("spring", "FINISHED")
    assert run.data.params == {
        "seed": "1", "loss": "catalog", "hard_negatives": "false", "surroundings.torch": "2.15",
    }  # fmt: skip
    curve = client.get_metric_history(run.info.run_id, "mrr")
    assert sorted((point.step, point.value) for point in curve) == [(0, 0.5), (50, 0.625)]
    # The base has no loss.
    assert [point.step for point in client.get_metric_history(run.info.run_id, "loss")] == [50]
    assert run.data.metrics["result.tried.0.8"] == run.data.metrics["result.mrr"] == 0.75
    assert run.data.tags["card.licences.base"] == CARD.licences["base"]
    assert run.data.tags["card.limits"] == '["Knows umbrellas alone."]'


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_figures_of_a_card_may_have_names_that_mlflow_does_not_take(home: Path, uri: str):
    distilled = replace(record(home), card={"figures.the teacher's ten nearest, found (share)": "0.54"})
    export_run(distilled, uri, "shop")
    assert export_run(distilled, uri, "shop").is_new is False
    _, (run,) = runs_of(uri)
    assert run.data.tags["card.figures.the teachers ten nearest found share"] == "0.54"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_run_exported_again_is_not_written_twice_and_says_whom_it_lost_since(home: Path, uri: str):
    first = export_run(record(home), uri, "shop")
    mark_erased(home, datetime(2026, 12, 2, tzinfo=UTC))
    assert export_run(record(home), uri, "shop") == (first.run_id, False)
    _, (run,) = runs_of(uri)
    assert run.data.tags["card.erased_since"].startswith("2026-12-02")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_a_complete_run_was_called_again_on_makes_no_other_run(home: Path, uri: str):
    first = export_run(record(home), uri, "shop")
    run = RunFolder(home, "spring")
    run.begin({"seed": 1, "loss": "catalog", "hard_negatives": False}, {"torch": "2.16"})
    assert export_run(record(home), uri, "shop") == (first.run_id, False)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_card_that_is_gone_is_gone_from_mlflow_too(home: Path, uri: str):
    export_run(record(home), uri, "shop")
    shutil.rmtree(home / "models" / "spring")
    export_run(record(home), uri, "shop")
    _, (run,) = runs_of(uri)
    assert not [name for name in run.data.tags if name.startswith("card.")]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_an_interrupted_export_left_is_replaced(home: Path, uri: str, monkeypatch):
    from mlflow import MlflowClient

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(MlflowClient, "set_terminated", killed)
        with pytest.raises(KeyboardInterrupt):
            export_run(record(home), uri, "shop")
    _, (left,) = runs_of(uri)
    exported = export_run(record(home), uri, "shop")
    _, (run,) = runs_of(uri)
    assert (run.info.run_id, run.info.status) == (exported.run_id, "FINISHED")
    assert run.info.run_id != left.info.run_id


_EXPORT = """
import sys
from training.mlflow_export import export_run
from training.run_record import RunRecord
export_run(RunRecord("first", {}, [], {}, {}), sys.argv[1], "shop")
"""


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_first_export_that_is_killed_while_tables_are_made_is_done_again(home: Path, tmp_path: Path):
    folder = tmp_path / "new"
    folder.mkdir()
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    with subprocess.Popen([sys.executable, "-c", _EXPORT, uri]) as process:
        # The first tables are there, some seconds before the last.
        while not any(path.stat().st_size for path in folder.glob(".shangsou-*/*.db")):
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert export_run(record(home), uri, "shop").is_new


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_another_run_of_the_same_name_stays_beside_it(home: Path, uri: str):
    first = export_run(record(home), uri, "shop")
    RunFolder(home, "spring").write_metrics([*CURVE, Metrics(100, 2.0, 2.0, 0.7, 1e-6, 3.0)])
    assert export_run(record(home), uri, "shop") != first
    assert len(runs_of(uri)[1]) == 2


def test_a_run_that_is_not_complete_is_not_exported(home: Path):
    (home / "runs" / "spring" / "result.json").unlink()
    with pytest.raises(UnusableInput, match="spring is not complete: run the command that began it"):
        record(home)


def test_a_run_whose_model_was_removed_has_no_card(home: Path):
    shutil.rmtree(home / "models" / "spring")
    assert record(home).card == {}


SECRET = "s3cret"


@pytest.mark.parametrize(
    ("uri", "problem"),
    [
        ("mlruns", "is no address"),
        ("./mlruns", "is no address"),
        ("http:127.0.0.1:5000", "is no address"),
        ("http://127.0.0.1:abc", "is no address"),
        ("http://[::1", "is no address"),
        (f"//anna:{SECRET}@host/shop", "is no address"),
        (f"postgresql://anna:{SECRET}@host:x/shop", "is no address"),
        ("file:///tmp/mlruns", "names a folder, in which MLflow keeps runs no more"),
        ("sqlite://", "names a database in memory"),
        ("sqlite:///:memory:", "names a database in memory"),
    ],
)
def test_an_address_where_nothing_can_be_kept_is_refused_with_what_to_give_instead(uri: str, problem: str):
    with pytest.raises(UnusableInput, match=f"{problem}.*give a database, as sqlite:///mlflow.db") as refused:
        check_tracking_uri(uri)
    assert SECRET not in str(refused.value)


def test_a_database_of_an_unknown_kind_is_named_without_its_secrets(home: Path):
    with pytest.raises(UnusableInput, match=r"unknown://anna:.*@shop is of no known kind") as refused:
        export_run(record(home), f"unknown://anna:{SECRET}@shop?token={SECRET}", "shop")
    assert SECRET not in str(refused.value)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_deleted_experiment_is_named(home: Path, uri: str):
    export_run(record(home), uri, "shop")
    client, (run,) = runs_of(uri)
    client.delete_experiment(run.info.experiment_id)
    with pytest.raises(UnusableInput, match="shop was deleted in MLflow: restore it there, or give another"):
        export_run(record(home), uri, "shop")


def test_a_database_that_cannot_be_opened_is_named(home: Path, tmp_path: Path):
    with pytest.raises(TrainingFailed, match=r"absent/mlflow\.db cannot be opened: .*unable to open"):
        export_run(record(home), f"sqlite:///{tmp_path}/absent/mlflow.db", "shop")


def test_a_file_that_is_no_database_is_named(home: Path, tmp_path: Path):
    (tmp_path / "notes.txt").write_text("no database " * 100)
    with pytest.raises(TrainingFailed, match=r"not exported to sqlite:.*notes\.txt: .*not a database"):
        export_run(record(home), f"sqlite:///{tmp_path}/notes.txt", "shop")


def test_a_server_that_is_not_there_is_named_without_its_password(home: Path, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        place = f"127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(TrainingFailed) as failed:
        export_run(record(home), f"http://anna:secret@{place}", "shop")
    assert f"not exported to http://anna:***@{place}" in str(failed.value)
    assert "secret" not in str(failed.value)
