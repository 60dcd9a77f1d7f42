"""Where figures come from: the commit, the index and the ranking that they were measured on."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shangsou.search.ranking.recipe import RankingRecipe
    from shangsou.search.service.searcher import Searcher

# Set by GitLab, GitHub and Jenkins, whose checkouts may lack the history.
_COMMIT_VARIABLES = ("CI_COMMIT_SHA", "GITHUB_SHA", "GIT_COMMIT")
_GIT_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Provenance:
    """What figures were measured on. Empty where it is not known."""

    at: str = ""
    """ISO 8601, UTC."""
    commit: str = ""
    """Of the folder that the command ran in."""
    generation: str = ""
    ranking: str = ""
    """Version and content hash of the recipe, as `applied.ranking`."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """What else decides: mode, engine, model and precision."""


UNKNOWN = Provenance()


def provenance_of(searcher: "Searcher", mode: str, recipe: "RankingRecipe | None" = None) -> Provenance:
    """Return what searches of a mode are answered by: a recipe, or by default the live one."""
    generation = searcher.generation()
    settings = {"mode": mode}
    if generation is not None:
        stamp = generation.recipe
        settings |= {
            "model": stamp.model,
            "model_hash": stamp.model_hash,
            "precision": stamp.precision,
            "generation_uid": generation.uid,
        }
    return Provenance(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        commit=current_commit(),
        generation=generation.name if generation else "",
        ranking=(recipe or searcher.ranking()).name,
        settings={name: value for name, value in settings.items() if value},
    )


def current_commit() -> str:
    """Return the commit of the working folder, with `+` where files differ; empty where there is none."""
    named = next(filter(None, map(os.environ.get, _COMMIT_VARIABLES)), "")
    if named:
        return named
    commit = _git("rev-parse", "HEAD")
    return f"{commit}+" if commit and _git("status", "--porcelain", "--untracked-files=no") else commit


def provenance_to_json(provenance: Provenance) -> dict[str, Any]:
    """Return a provenance as plain JSON values."""
    return asdict(provenance)


def provenance_from_json(payload: Mapping[str, Any]) -> Provenance:
    """Return the provenance that `provenance_to_json` wrote; raises `TypeError` for anything else."""
    return Provenance(**payload)


def changes(before: Provenance, after: Provenance) -> list[str]:
    """Return what may lie behind a difference: the commit, the index, the ranking or a setting."""
    changed = [
        f"{name} {old or '?'} → {new or '?'}"
        for name, old, new in (
            ("commit", before.commit[:12], after.commit[:12]),
            ("generation", before.generation, after.generation),
            ("ranking", before.ranking, after.ranking),
        )
        if old != new
    ]
    names = sorted({*before.settings, *after.settings} - {"generation_uid"})
    return changed + [
        f"{name} {before.settings.get(name, '?')} → {after.settings.get(name, '?')}"
        for name in names
        if before.settings.get(name) != after.settings.get(name)
    ]


def describe(provenance: Provenance) -> str:
    """Return a provenance in a line, for people."""
    parts = [provenance.at, provenance.commit[:12], provenance.generation]
    parts.append(f"ranking {provenance.ranking}" if provenance.ranking else "")
    return ", ".join(filter(None, parts))


def _git(*arguments: str) -> str:
    program = shutil.which("git")
    if program is None:
        return ""
    try:
        completed = subprocess.run(  # noqa: S603 - our own arguments
            [program, *arguments], capture_output=True, text=True, timeout=_GIT_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return completed.stdout.strip() if completed.returncode == 0 else ""
