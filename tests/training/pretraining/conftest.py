"""The toy of the tests of fine-tuning, and its settings."""

from tests.training.encoder.conftest import settings, torch_on_one_thread, toy, toy_folder

__all__ = ["settings", "torch_on_one_thread", "toy", "toy_folder"]
