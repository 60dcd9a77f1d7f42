"""Correction of mistyped queries, and pinyin."""
