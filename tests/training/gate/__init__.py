"""Tests of the gate of an encoder."""
