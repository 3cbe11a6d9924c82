"""What pydantic found wrong with a field, in words for the one who sent it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

# By pydantic's types of errors; {names} are of its `ctx`.
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "missing": "it is missing",
        "extra_forbidden": "there is no such field",
        "literal_error": "give {expected}",
        "enum": "give {expected}",
        "uuid_type": "this is no id",
        "uuid_parsing": "this is no id",
        "uuid_version": "this is no id",
        "int_type": "give a whole number",
        "int_parsing": "give a whole number",
        "int_parsing_size": "give a smaller number",
        "int_from_float": "give a whole number",
        "float_type": "give a number",
        "float_parsing": "give a number",
        "finite_number": "give a finite number",
        "bool_type": "give true or false",
        "bool_parsing": "give true or false",
        "string_type": "give a text",
        "list_type": "give a list",
        "greater_than": "give more than {gt}",
        "greater_than_equal": "give at least {ge}",
        "less_than": "give less than {lt}",
        "less_than_equal": "give at most {le}",
        "string_too_short": "give at least {min_length} characters",
        "string_too_long": "give at most {max_length} characters",
        "too_short": "give at least {min_length} of them",
        "too_long": "give at most {max_length} of them",
        "value_error": "{error}",
    }
)


def said(error: Mapping[str, Any]) -> str:
    """Say one error of pydantic's; in its own words, where ours have none for it."""
    words = _WORDS.get(error["type"])
    try:
        return words.format(**error.get("ctx", {})) if words is not None else str(error["msg"])
    except KeyError:
        return str(error["msg"])
