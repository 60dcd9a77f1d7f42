"""`shangsou ranking`: the versions of the ranking recipe."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from shangsou.settings import read_settings

if TYPE_CHECKING:
    from shangsou.search.ranking.versions import RankingVersion, RankingVersions

_json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
# Fields that describe a recipe and rank nothing.
_DESCRIPTIVE_FIELDS = ("version", "origin")


@click.group()
def ranking() -> None:
    """List the versions of the ranking recipe and go back to one."""


@ranking.command("list")
@_json_option
def list_versions(*, as_json: bool) -> None:
    """List the versions, the newest first; `*` marks the live one."""
    from shangsou.search.ranking.recipe import RECIPE_FILE

    versions = _versions()
    all_versions, default = versions.versions(), versions.is_default()
    by_hand = not default and not any(version.live for version in all_versions)
    if as_json:
        payload = {
            "live": "default"
            if default
            else next((version.number for version in all_versions if version.live), RECIPE_FILE),
            "versions": [_to_json(version) for version in all_versions],
        }
        click.echo(json.dumps(payload, ensure_ascii=False))
        return
    if by_hand:
        click.echo(
            f"* {RECIPE_FILE} was written by hand; it is kept as a version before another takes its place"
        )
    for version in all_versions:
        held_out = version.figures.get("held_out")
        gain = f"  {_format_gain(version.figures, held_out)}" if held_out else ""
        live = version.live and not default
        click.echo(f"{'*' if live else ' '} {version.number:5}  {version.kept_at}  {version.origin}{gain}")
    click.echo(f"{'*' if default else ' '} default  the recipe that ships with this version of shangsou")


@ranking.command()
@click.argument("first")
@click.argument("second", default="live")
@_json_option
def diff(first: str, second: str, *, as_json: bool) -> None:
    """Show what differs from version FIRST to SECOND.

    Each is a number, `live` (for SECOND unless given) or `default`.
    """
    versions = _versions()
    before, after = (dict(_flatten(json.loads(versions.text(name)))) for name in (first, second))
    changed = {
        name: (before.get(name), after.get(name))
        for name in [*before, *(name for name in after if name not in before)]
        if before.get(name) != after.get(name) and name not in _DESCRIPTIVE_FIELDS
    }
    if as_json:
        payload = {name: {"before": old, "after": new} for name, (old, new) in changed.items()}
        click.echo(json.dumps(payload, ensure_ascii=False))
        return
    if not changed:
        click.echo(f"{first} and {second} rank alike")
    for name, (old, new) in changed.items():
        click.echo(f"{name}  {_format_value(old)} → {_format_value(new)}")


@ranking.command("back-to")
@click.argument("version")
@_json_option
def back_to(version: str, *, as_json: bool) -> None:
    """Make a VERSION live again, or `default`.

    What was live is kept as a version, also if it was written by hand.
    """
    number = _versions().restore(version)
    if as_json:
        click.echo(json.dumps({"live": version, "version": number}))
    else:
        click.echo(f"{version} is live within 2 seconds; searches say ranking {number}")


def _versions() -> "RankingVersions":
    """Return the versions of the shop; what the command changes of them is handed on when it ends."""
    from shangsou.search.ranking.versions import RankingVersions
    from shangsou.search.service.home_sync import shared_home

    settings = read_settings()
    click.get_current_context().with_resource(shared_home(settings))
    return RankingVersions(settings.home)


def _to_json(version: "RankingVersion") -> dict[str, object]:
    return {
        "version": version.number,
        "live": version.live,
        "kept_at": version.kept_at,
        "origin": version.origin,
        "figures": version.figures,
        "recipe": json.loads(version.text),
    }


def _format_gain(figures: Mapping[str, Any], held_out: Mapping[str, float]) -> str:
    return (
        f"{figures.get('measure')} {figures.get('before', 0):.3f} → {figures.get('after', 0):.3f}, held out "
        f"{held_out['mean']:+.3f} [{held_out['low']:+.3f}, {held_out['high']:+.3f}]"
    )


def _flatten(payload: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield each value with its path."""
    for name, value in payload.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _format_value(value: object) -> str:
    return "not there" if value is None else json.dumps(value, ensure_ascii=False)
