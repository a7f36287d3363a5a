import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestratord.config.json_schema import document
from orchestratord.config.public import show
from orchestratord.config.schema import Configuration

_CONFIG = Path(__file__).parents[2] / "config"


def _validator() -> Any:
    return importlib.import_module("jsonschema").Draft202012Validator


def _keys(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
        for inner in schema.values():
            yield from _keys(inner)


def test_it_is_a_json_schema() -> None:
    _validator().check_schema(document())


def test_every_key_is_described_in_a_sentence() -> None:
    schema: Any = document()
    for key, field in _keys(schema):
        # A section may be described at its definition instead.
        definition = schema["$defs"].get(str(field.get("$ref", "")).rpartition("/")[2], {})
        assert field.get("description", definition.get("description", "")).endswith("."), key


@pytest.mark.parametrize("name", ["cc-cluster.yaml", "demo.yaml"])
def test_the_shipped_configurations_agree_with_it(name: str) -> None:
    written = yaml.safe_load((_CONFIG / name).read_text(encoding="utf-8"))
    assert [error.message for error in _validator()(document()).iter_errors(written)] == []


def test_what_is_shown_agrees_with_it() -> None:
    configuration = Configuration.model_validate(
        {
            "agents": [{"name": "a", "limits": {"memory_max": "4G", "cpu_quota": "150%"}}],
            "monitoring": {"thresholds": {"cpu": {"warning": "off"}}},
            "notifications": {"slack": {"webhook_url": "https://hooks.slack.example/T0"}},
            "backup": {"schedule": {"every": "90s"}},
        }
    )
    assert [error.message for error in _validator()(document()).iter_errors(show(configuration))] == []


@pytest.mark.parametrize("wrong", [{}, {"agents": [{"name": "A"}]}, {"agents": [{"name": "a", "nam": 1}]}])
def test_an_editor_that_uses_it_marks_what_is_wrong(wrong: dict[str, Any]) -> None:
    assert list(_validator()(document()).iter_errors(wrong))
