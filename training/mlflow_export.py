"""Export of a run to MLflow's tracking API (the extra `[mlflow]`)."""

import hashlib
import json
import os
import re
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import shorten
from typing import TYPE_CHECKING, Final, NamedTuple

from shangsou.atomic_files import UNFINISHED, atomic_replace, remove_unfinished
from shangsou.errors import TrainingFailed, UnusableInput
from shangsou.extras import check_installed
from training.run_record import SURROUNDINGS, RunRecord

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run
    from sqlalchemy.engine import URL

_LIBRARIES = ("mlflow", "sqlalchemy", "alembic")
_SERVER_SCHEMES = ("http", "https")
# By which a run that was exported before is known again.
_HASH_TAG = "shangsou.hash"
_CARD = "card."
# What MLflow takes in no name.
_UNNAMEABLE = re.compile(r"[^\w\-. :/]")
_ADVICE = (
    "give a database, as sqlite:///mlflow.db, or the address of a tracking server, as http://127.0.0.1:5000"
)
# MLflow's limit of a tag is 5,000 in databases that are not new.
_MAX_TAG_CHARACTERS = 5_000
_MAX_PROBLEM_CHARACTERS = 200
# Where the user has not set them. MLflow would wait 120 s for a server, try seven times, log each table that
# it makes, and report its use.
_ENVIRONMENT: Final = {
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}


class Exported(NamedTuple):
    """A run as MLflow has it."""

    run_id: str
    is_new: bool
    """It was not there before."""


def check_tracking_uri(uri: str) -> None:
    """Raise `UnusableInput` where MLflow cannot keep runs at an address, or a library is missing.

    The address is in no message: it may hold a password.
    """
    check_installed("mlflow", _LIBRARIES)
    _read_address(uri)


def export_run(record: RunRecord, uri: str, experiment: str) -> Exported:
    """Write a run with its parameters, curve, figures and card; nothing is written twice.

    The same run exported again gets the card as it is now, which an erasure may have marked. What an
    interrupted export left is removed. Another run of the same name stays beside it.

    Parameters
    ----------
    uri
        Of a database or a tracking server, which `check_tracking_uri` let pass.
    experiment
        Its name; made where there is none.

    Raises
    ------
    UnusableInput
        The address cannot be read, the driver of its database is missing, or the experiment was deleted.
    TrainingFailed
        It cannot be reached, or fails.
    """
    with _quiet_mlflow():
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException
        from sqlalchemy.exc import SQLAlchemyError

        place = _open_once(uri)
        try:
            _make_tables(_read_address(uri))
            return _export(MlflowClient(tracking_uri=uri), record, experiment)
        except (MlflowException, SQLAlchemyError) as problem:
            raise TrainingFailed(
                f"the run {record.name} was not exported to {place}: {_first_line(problem, uri, place)}; "
                "nothing of the run is lost: export it again"
            ) from None


def _export(client: "MlflowClient", record: RunRecord, experiment: str) -> Exported:
    found = client.get_experiment_by_name(experiment)
    if found and found.lifecycle_stage != "active":
        raise UnusableInput(
            f"the experiment {experiment} was deleted in MLflow: restore it there, or give another "
            "--experiment"
        )
    experiment_id = found.experiment_id if found else client.create_experiment(experiment)
    content = _hash(record)
    complete = None
    for run in client.search_runs([experiment_id], f"tags.`{_HASH_TAG}` = '{content}'"):
        if run.info.status == "FINISHED":
            complete = run
        else:
            # Of an export that was interrupted.
            client.delete_run(run.info.run_id)
    run = complete or client.create_run(experiment_id, run_name=record.name, tags={_HASH_TAG: content})
    if complete is None:
        _write_run(client, run, record)
    _write_card(client, run, record)
    client.set_terminated(run.info.run_id)
    return Exported(run.info.run_id, complete is None)


def _write_run(client: "MlflowClient", run: "Run", record: RunRecord) -> None:
    from mlflow.entities import Metric, Param

    now = int(time.time() * 1_000)
    client.log_batch(run.info.run_id, params=[Param(*named) for named in record.parameters.items()])
    for point in record.curve:
        step = int(point["step"])
        metrics = [Metric(name, value, now, step) for name, value in point.items() if name != "step"]
        client.log_batch(run.info.run_id, metrics=metrics)
    figures = [Metric(f"result.{name}", value, now, 0) for name, value in record.figures.items()]
    client.log_batch(run.info.run_id, metrics=figures)


def _write_card(client: "MlflowClient", run: "Run", record: RunRecord) -> None:
    from mlflow.entities import RunTag

    card = {
        f"{_CARD}{_UNNAMEABLE.sub('', name)}": value[:_MAX_TAG_CHARACTERS]
        for name, value in record.card.items()
    }
    client.log_batch(run.info.run_id, tags=[RunTag(*named) for named in card.items()])
    # Of a card that was there, as that of a model that was removed since.
    for name in run.data.tags:
        if name.startswith(_CARD) and name not in card:
            client.delete_tag(run.info.run_id, name)


def _hash(record: RunRecord) -> str:
    """Return what tells a run from another one of its name: what determined it, and what it came to.

    Neither its card, which an erasure changes, nor what it ran on: that is written again when a complete run
    is called again.
    """
    determined = {
        name: value for name, value in record.parameters.items() if not name.startswith(SURROUNDINGS)
    }
    content = (record.name, determined, record.curve, record.figures)
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _read_address(uri: str) -> "URL":
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(uri)
    except (ArgumentError, ValueError):
        raise UnusableInput(f"--tracking-uri is no address; {_ADVICE}") from None
    if url.drivername == "file":
        raise UnusableInput(f"--tracking-uri names a folder, in which MLflow keeps runs no more; {_ADVICE}")
    if url.drivername.startswith("sqlite") and url.database in {None, "", ":memory:"}:
        raise UnusableInput(f"--tracking-uri names a database in memory, which nobody would find; {_ADVICE}")
    return url


def _open_once(uri: str) -> str:
    """Return the address without secrets, after its database was opened.

    MLflow tries a database that cannot be opened ten times, for two minutes.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

    url = _read_address(uri)
    place = url.set(query={}).render_as_string()
    if url.drivername in _SERVER_SCHEMES:
        return place
    try:
        engine = create_engine(url)
    except NoSuchModuleError:
        raise UnusableInput(f"--tracking-uri {place} is of no known kind; {_ADVICE}") from None
    except ModuleNotFoundError as problem:
        raise UnusableInput(
            f"--tracking-uri {place} needs {problem.name}, which is not installed; install it, or {_ADVICE}"
        ) from None
    try:
        with engine.connect():
            return place
    except SQLAlchemyError as problem:
        raise TrainingFailed(f"{place} cannot be opened: {_first_line(problem, uri, place)}") from None
    finally:
        engine.dispose()


def _make_tables(url: "URL") -> None:
    """Make MLflow's tables in a new SQLite file, all or none.

    MLflow makes them one after the other, and reads no file in which it was killed at that.
    """
    path = Path(url.database or "")
    if not url.drivername.startswith("sqlite") or (path.exists() and path.stat().st_size):
        return
    from mlflow import MlflowClient

    remove_unfinished(path.parent)
    with TemporaryDirectory(dir=path.parent, prefix=UNFINISHED) as folder:
        made = Path(folder) / "mlflow.db"
        MlflowClient(tracking_uri=str(url.set(database=str(made)))).search_experiments()
        atomic_replace(made, path)


def _first_line(problem: Exception, uri: str, place: str) -> str:
    line = str(problem).partition("\n")[0].replace(uri, place)
    return shorten(line, _MAX_PROBLEM_CHARACTERS, placeholder=" …")


@contextmanager
def _quiet_mlflow() -> Iterator[None]:
    """Set what MLflow does where the user has not, and keep to us what its libraries warn of."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
