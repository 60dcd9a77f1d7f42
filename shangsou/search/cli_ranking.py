"""`shangsou ranking`: the versions of the ranking recipe."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from shangsou.settings import read_settings

if TYPE_CHECKING:
    from shangsou.search.ranking_versions import Version

_json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
# Said of a recipe rather than ranking by it.
_SAID = ("version", "origin")


@click.group()
def ranking() -> None:
    """List the versions of the ranking recipe and go back to one."""


@ranking.command("list")
@_json_option
def list_versions(*, as_json: bool) -> None:
    """List the versions, the newest first; `*` marks the live one."""
    from shangsou.search.ranking import RECIPE_FILE
    from shangsou.search.ranking_versions import RankingVersions

    versions = RankingVersions(read_settings().home)
    found, default = versions.versions(), versions.is_default()
    by_hand = not default and not any(version.live for version in found)
    if as_json:
        plain = {
            "live": "default" if default else next((one.number for one in found if one.live), RECIPE_FILE),
            "versions": [_to_json(version) for version in found],
        }
        click.echo(json.dumps(plain, ensure_ascii=False))
        return
    if by_hand:
        click.echo(
            f"* {RECIPE_FILE} was written by hand; it is kept as a version before another takes its place"
        )
    for version in found:
        held_out = version.figures.get("held_out")
        gain = f"  {_gain(version.figures, held_out)}" if held_out else ""
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
    from shangsou.search.ranking_versions import RankingVersions

    versions = RankingVersions(read_settings().home)
    before, after = (dict(_flat(json.loads(versions.text(name)))) for name in (first, second))
    changed = {
        name: (before.get(name), after.get(name))
        for name in [*before, *(name for name in after if name not in before)]
        if before.get(name) != after.get(name) and name not in _SAID
    }
    if as_json:
        plain = {name: {"before": one, "after": other} for name, (one, other) in changed.items()}
        click.echo(json.dumps(plain, ensure_ascii=False))
        return
    if not changed:
        click.echo(f"{first} and {second} rank alike")
    for name, (one, other) in changed.items():
        click.echo(f"{name}  {_value(one)} → {_value(other)}")


@ranking.command("back-to")
@click.argument("version")
@_json_option
def back_to(version: str, *, as_json: bool) -> None:
    """Make a VERSION live again, or `default`.

    What was live is kept as a version, also if it was written by hand.
    """
    from shangsou.search.ranking_versions import RankingVersions

    number = RankingVersions(read_settings().home).go_back(version)
    if as_json:
        click.echo(json.dumps({"live": version, "version": number}))
    else:
        click.echo(f"{version} is live within 2 seconds; searches say ranking {number}")


def _to_json(version: "Version") -> dict[str, object]:
    return {
        "version": version.number,
        "live": version.live,
        "kept_at": version.kept_at,
        "origin": version.origin,
        "figures": version.figures,
        "recipe": json.loads(version.text),
    }


def _gain(figures: Mapping[str, Any], held_out: Mapping[str, float]) -> str:
    return (
        f"{figures.get('measure')} {figures.get('before', 0):.3f} → {figures.get('after', 0):.3f}, held out "
        f"{held_out['mean']:+.3f} [{held_out['low']:+.3f}, {held_out['high']:+.3f}]"
    )


def _flat(plain: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, object]]:
    """Yield each value with its path."""
    for name, value in plain.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _value(value: object) -> str:
    return "not there" if value is None else json.dumps(value, ensure_ascii=False)
