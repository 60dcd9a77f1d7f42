"""`shangsou train export`: a run for MLflow."""

import json

import click


@click.command()
@click.argument("name")
@click.option(
    "--tracking-uri",
    required=True,
    metavar="URI",
    help="Database or server of MLflow: sqlite:///mlflow.db, http://127.0.0.1:5000.",
)
@click.option(
    "--experiment", default="shangsou", show_default=True, help="Of MLflow; made where there is none."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def export(name: str, *, tracking_uri: str, experiment: str, as_json: bool) -> None:
    """Write the complete run NAME to MLflow: parameters, curve, figures, card.

    A run that is there already is not written twice.
    """
    from shangsou.settings import read_settings
    from training.encoder.run_folder import RunFolder, check_run
    from training.mlflow_export import check_tracking_uri, export_run
    from training.run_record import read_run_record

    check_tracking_uri(tracking_uri)
    home = read_settings().home
    check_run(home, name)
    run = RunFolder(home, name)
    with run.locked():
        exported = export_run(read_run_record(run, home), tracking_uri, experiment)
    if as_json:
        click.echo(json.dumps({"run": name, "experiment": experiment, **exported._asdict()}))
        return
    what = "was written to" if exported.is_new else "was there already, and its card was written anew: in"
    click.echo(f"{name} {what} the experiment {experiment} of MLflow, as run {exported.run_id}")
