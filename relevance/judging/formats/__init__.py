"""Formats of judgements: each is read into rated rows, which become one set of judgements."""
