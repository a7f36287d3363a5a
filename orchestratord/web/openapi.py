"""The OpenAPI document of the door, made from the verbs it offers."""

from collections.abc import Iterable
from typing import Any, Final

from orchestratord.access.role import Role
from orchestratord.verbs.verb import Route, Verb
from orchestratord.web.routes import by_route
from orchestratord.web.stream import CONTENT_TYPE

__all__ = ["OWN", "TAKEN", "document"]

OWN: Final = {
    "/": ("The agents' states as a page.", "text/html"),
    "/healthz": ("Whether the daemon lives.", "application/json"),
    "/readyz": ("Whether the agents have been adopted and it can be operated.", "application/json"),
    "/metrics": ("The figures for Prometheus.", "text/plain"),
    "/api/openapi.json": ("This document.", "application/json"),
}
"""What the door answers without a verb: path, summary, content type."""

TAKEN: Final = {"/v1/metrics": ("Tokens and cost, as an agent's own CLI reports them (OTLP).", "application/json")}
"""What the door takes without a verb, likewise."""

_SCHEMAS: Final = "#/components/schemas/"
_ERROR: Final = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "hint", "request_id"],
            "properties": {name: {"type": "string"} for name in ("code", "message", "hint", "request_id")},
        }
    },
}


def document(verbs: Iterable[Verb[Any]], version: str) -> dict[str, Any]:
    """The document, OpenAPI 3.1."""
    schemas: dict[str, Any] = {"Error": _ERROR}
    paths: dict[str, dict[str, Any]] = {path: {"get": _own(path, *about)} for path, about in OWN.items()}
    paths |= {path: {"post": _own(path, *about)} for path, about in TAKEN.items()}
    for route, offered in by_route(verbs).items():
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, offered, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "orchestratord",
            "version": version,
            "description": "Reading from this machine needs no token; whatever changes something needs a bearer token.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {
                "Error": {
                    "description": "What went wrong and what to do.",
                    "content": {"application/json": {"schema": {"$ref": _SCHEMAS + "Error"}}},
                }
            },
        },
    }


def _own(path: str, summary: str, content: str) -> dict[str, Any]:
    return {
        "operationId": "http." + (path.strip("/").replace("/", ".") or "page"),
        "summary": summary,
        "responses": _responses({content: {}}),
    }


def _operation(route: Route, offered: list[Verb[Any]], schemas: dict[str, Any]) -> dict[str, Any]:
    # The names of both, where one answers and one streams; their parameters together.
    properties: dict[str, Any] = {}
    required: set[str] = set()
    for verb in offered:
        schema = verb.parameters.model_json_schema(ref_template=_SCHEMAS + "{model}")
        schemas.update(schema.pop("$defs", {}))
        properties.update(schema.get("properties", {}))
        required.update(schema.get("required", ()))
    in_path = {name for name in properties if f"{{{name}}}" in route.path}
    operation: dict[str, Any] = {
        "operationId": "_".join(verb.name for verb in offered) + _suffix(route, offered[0]),
        "summary": " / ".join(verb.help for verb in offered),
        "parameters": [_parameter(name, properties[name], "path") for name in sorted(in_path)],
        "responses": _responses({CONTENT_TYPE if verb.follow else "application/json": {} for verb in offered}),
    }
    others = {name: schema for name, schema in properties.items() if name not in in_path}
    if route.method in {"GET", "DELETE"}:
        operation["parameters"] += [
            _parameter(name, schema, "query", required=name in required) for name, schema in others.items()
        ]
    elif others:
        body = {"type": "object", "properties": others, "required": sorted(required - in_path)}
        operation["requestBody"] = {"content": {"application/json": {"schema": body | {"additionalProperties": False}}}}
    if any(verb.role is not Role.LOOK for verb in offered):
        operation["security"] = [{"token": []}]
    return operation


def _suffix(route: Route, verb: Verb[Any]) -> str:
    """Tells a verb's routes apart: all but the first carry their place among them."""
    place = verb.routes.index(route)
    return f".{place + 1}" if place else ""


def _parameter(name: str, schema: dict[str, Any], where: str, *, required: bool = True) -> dict[str, Any]:
    single = schema.get("items", schema) if where == "path" else schema
    return {"name": name, "in": where, "required": required, "schema": single}


def _responses(content: dict[str, Any]) -> dict[str, Any]:
    return {
        "200": {"description": "Done.", "content": content},
        "default": {"$ref": "#/components/responses/Error"},
    }
