"""Holds what the server says against docs/api/openapi.yaml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker


@dataclass(frozen=True)
class Contract:
    document: dict[str, Any]

    @classmethod
    def load(cls, path: Path) -> Contract:
        return cls(yaml.safe_load(path.read_text("utf-8")))

    def operations(self) -> set[tuple[str, str]]:
        """(METHOD, path template) of everything documented."""
        methods = {"get", "put", "post", "delete", "patch"}
        return {
            (method.upper(), template)
            for template, item in self.document["paths"].items()
            for method in item.keys() & methods
        }

    def check(self, method: str, path: str, status: int, kind: str, content: Any) -> None:
        """Fails when the answer is not of the documented shape."""
        operation = self._operation(method, path)
        if operation is None:
            # No such route or method: the error object is all that is promised.
            self.validate(content, {"$ref": "#/components/schemas/Error"})
            return
        response = operation["responses"].get(str(status), operation["responses"]["default"])
        if status < 400:
            assert str(status) in operation["responses"], f"{status} of {method} {path}"
        response = self._resolved(response)
        if "content" not in response:
            assert content is None
            return
        assert kind in response["content"], f"{kind} of {method} {path}"
        schema = response["content"][kind]["schema"]
        for one in content if kind == "application/x-ndjson" else [content]:
            self.validate(one, schema)

    def validate(self, content: Any, schema: dict[str, Any]) -> None:
        whole = {**schema, "components": self.document["components"]}
        validator = Draft202012Validator(whole, format_checker=FormatChecker())
        problems = [
            f"{error.json_path}: {error.message}" for error in validator.iter_errors(content)
        ]
        assert not problems, problems[:3]

    def _operation(self, method: str, path: str) -> dict[str, Any] | None:
        for template, item in self.document["paths"].items():
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), f"/{path}"):
                operation: dict[str, Any] | None = item.get(method.lower())
                return operation
        return None

    def _resolved(self, part: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in part:
            target: Any = self.document
            for piece in part["$ref"].removeprefix("#/").split("/"):
                target = target[piece]
            part = target
        return part
