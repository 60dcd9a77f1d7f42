"""The YAML of suites."""

from typing import Any

import yaml


class StrictLoader(yaml.BaseLoader):  # type: ignore[misc]  # PyYAML has no types
    """A YAML loader that reads every scalar as text and rejects duplicate keys."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping; raises `yaml.MarkedYAMLError` for a key that stands twice."""
        seen: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value!r} stands twice", problem_mark=key.start_mark)
            seen.add(str(key.value))
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping
