"""Keep the progress bars and remarks of the libraries off the terminal."""

import logging


def quieten() -> None:
    """Let transformers and sentence-transformers report errors alone."""
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
