"""The ONNX files of an encoder, opened as serving opens them, to compare vectors of torch with theirs."""

from shangsou.encoding.encoder import ModelStamp
from shangsou.encoding.installation import OnnxFiles
from shangsou.encoding.onnx import OnnxEncoder

TRIAL_TEXTS = ("", "雨伞", "ipad air 2022 保护套", "法式复古红色连衣裙女夏季新款收腰显瘦气质长裙")
"""Of several lengths, so that a graph of a fixed length, or one that reads padding, is found out."""


def open_onnx(files: OnnxFiles, name: str) -> OnnxEncoder:
    """Return the encoder of files, on one thread; raises `WeightsUnavailable` where they cannot be read."""
    return OnnxEncoder(
        files.float32,
        files.tokenizer,
        ModelStamp(name, "", files.dimensions, "float32"),
        threads=1,
        pooling=files.pooling,
        max_tokens=files.max_tokens,
        advice="export it again",
    )
