"""The JSON Schema of the configuration, for editors and for ``orchestratorctl config schema``."""

from typing import Final

from pydantic import JsonValue

from orchestratord.config.schema import Configuration

__all__ = ["document"]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def document() -> dict[str, JsonValue]:
    """A JSON Schema (draft 2020-12) in which every key is described and has its default."""
    schema: dict[str, JsonValue] = Configuration.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": _DIALECT, **schema, "title": "orchestratord's configuration"}
