"""`shangsou key`."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from searchapi.key_filters import parse_key_filters
from searchapi.key_ring import keys_path
from searchapi.keys import (
    ROLES,
    Key,
    Role,
    changing_keys,
    check_name,
    new_key,
    read_keys,
    rotate,
    write_keys,
)
from shangsou.audit import AuditLog
from shangsou.errors import UnusableInput
from shangsou.settings import read_settings

_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def key() -> None:
    """Make, list, rotate and revoke keys of the server."""


@key.command()
@click.argument("name")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice(ROLES),
    help="What it may do; repeatable.",
)
@click.option("--expires-days", type=click.IntRange(1, 36_500), help="Days until it ends. Unset: never.")
@click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="NAME=VALUE",
    help="What it sees of the catalog: shop=NAME, brand=NAME, category=PATH or attributes.NAME=VALUE; "
    "repeatable. Unset: everything.",
)
@_json_option
def new(
    name: str, roles: tuple[Role, ...], expires_days: int | None, filters: tuple[str, ...], as_json: bool
) -> None:
    """Make a key NAME and print its secret, which is shown this once."""
    check_name(name)
    settings, now = read_settings(), datetime.now(UTC)
    path = keys_path(settings)
    expires_after = None if expires_days is None else timedelta(days=expires_days)
    distinct_roles = tuple(dict.fromkeys(roles))
    made, secret = new_key(name, distinct_roles, now, expires_after, parse_key_filters(filters))
    with changing_keys(path):
        keys = read_keys(path)
        if any(other.name == name and other.is_valid(now) for other in keys):
            raise UnusableInput(
                f'there is a key "{name}" already; "shangsou key rotate" gives it a new secret'
            )
        write_keys(path, [*keys, made], now)
    AuditLog(settings.home).write_of_program(
        "key.new", key=name, roles=list(made.roles), filters=sorted(map(str, filters))
    )
    _show_secret(made, secret, as_json=as_json)


@key.command("rotate")
@click.argument("name")
@click.option(
    "--overlap-days",
    type=click.IntRange(0, 90),
    default=7,
    show_default=True,
    help="Days for which the secret before counts on.",
)
@_json_option
def rotate_key(name: str, overlap_days: int, as_json: bool) -> None:
    """Give the key NAME a new secret and print it; the one before counts for some days more."""
    settings, now = read_settings(), datetime.now(UTC)
    path = keys_path(settings)
    _require_key(path, name)
    with changing_keys(path):
        keys, secret = rotate(read_keys(path), name, now, timedelta(days=overlap_days))
        write_keys(path, keys, now)
    AuditLog(settings.home).write_of_program("key.rotate", key=name)
    _show_secret(keys[-1], secret, as_json=as_json)


@key.command()
@click.argument("name")
def revoke(name: str) -> None:
    """End the key NAME at once, with all its secrets."""
    settings, now = read_settings(), datetime.now(UTC)
    path = keys_path(settings)
    _require_key(path, name)
    with changing_keys(path):
        write_keys(path, [one for one in read_keys(path) if one.name != name], now)
    AuditLog(settings.home).write_of_program("key.revoke", key=name)
    click.echo(f"{name} has ended; servers that run know it within two seconds")


@key.command("list")
@_json_option
def list_keys(as_json: bool) -> None:
    """List the keys, without their secrets, which nothing keeps."""
    now = datetime.now(UTC)
    keys = [one for one in read_keys(keys_path(read_settings())) if one.is_valid(now)]
    if as_json:
        click.echo(json.dumps({"keys": [_to_json(one) for one in keys]}, ensure_ascii=False))
        return
    for one in keys:
        ends = "never ends" if one.expires_at is None else f"until {one.expires_at:%F %R} UTC"
        sees = "; ".join(f"{filtered}={' or '.join(values)}" for filtered, values in one.filters.items())
        click.echo(f"{one.name:20} {', '.join(one.roles):30} {ends}{f', sees {sees}' if sees else ''}")
    if not keys:
        click.echo(
            "there are no keys; without keys.json the server listens on this machine alone, and trusts it"
        )


def _show_secret(made: Key, secret: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({**_to_json(made), "secret": secret}, ensure_ascii=False))
        return
    click.echo(secret)
    click.echo(
        f"this is the secret of {made.name}, shown this once; keep it where secrets are kept", err=True
    )


def _to_json(one: Key) -> dict[str, object]:
    return {
        "name": one.name,
        "roles": list(one.roles),
        "created_at": one.created_at.isoformat(),
        "expires_at": None if one.expires_at is None else one.expires_at.isoformat(),
        "filters": {name: list(values) for name, values in one.filters.items()},
    }


def _require_key(path: Path, name: str) -> None:
    # Before the lock, which says for good that there was a key.
    if all(one.name != name for one in read_keys(path)):
        raise UnusableInput(f'there is no key "{name}"; see "shangsou key list"')
