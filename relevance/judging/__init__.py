"""Judgements: formats, what to judge next, the page's pools, agreement, and grades from clicks."""
