"""What FastAPI cannot know of the interface: problem documents and the bodies of events."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from api.schemas.base import Problem
from api.schemas.events import EVENTS

_REF = "#/components/schemas/{model}"
STREAMS = ("/jobs/{job_id}/events", "/events")


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """Complete an OpenAPI document."""
    components = schema.setdefault("components", {}).setdefault("schemas", {})
    _, extra = models_json_schema([(model, "serialization") for model in (Problem, *EVENTS)], ref_template=_REF)
    components |= extra["$defs"]
    for unused in ("HTTPValidationError", "ValidationError"):
        components.pop(unused, None)
    told = {"anyOf": [{"$ref": _REF.format(model=event.__name__)} for event in EVENTS]}
    for path in STREAMS:
        stream = schema["paths"][path]["get"]["responses"]["200"]["content"]["text/event-stream"]["itemSchema"]
        stream["properties"]["data"] |= {"contentMediaType": "application/json", "contentSchema": told}
    for operations in schema["paths"].values():
        for operation in operations.values():
            _with_problems(operation["responses"])
    schema["components"]["schemas"] = dict(sorted(components.items()))
    return schema


def _with_problems(responses: dict[str, Any]) -> None:
    """Replace FastAPI's own form of 422, which is never sent."""
    own = responses.get("422", {}).get("content", {})
    if "application/json" in own:
        responses["422"] = {
            "description": "A field does not fit",
            "content": {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}},
        }
