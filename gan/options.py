"""Options of a command made from the fields of settings, so that no setting is named twice."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from typing import Annotated, Any, TypeVar, get_origin, get_type_hints

import typer

Settings = TypeVar("Settings")
Command = Callable[..., None]


def with_options(**kinds: type) -> Callable[[Command], Command]:
    """Give a command that takes `**given` an option for each field of the settings, `--ada-target` for kind `ada`.

    An option that is not given comes as None. Kinds whose names begin with `_` lend no prefix.
    """

    def added(command: Command) -> Command:
        own = [p for p in inspect.signature(command).parameters.values() if p.kind is not p.VAR_KEYWORD]
        names = {parameter.name for parameter in own}
        options = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
            for name, annotation in _annotations(kinds).items()
            if name not in names
        ]
        command.__signature__ = inspect.Signature([*own, *options])  # type: ignore[attr-defined]
        command.__annotations__ |= {option.name: option.annotation for option in options}
        return command

    return added


def _annotations(kinds: Mapping[str, type]) -> dict[str, Any]:
    found = {}
    for kind, settings in kinds.items():
        hints = get_type_hints(settings)
        for field in fields(settings):
            if get_origin(hints[field.name]) is tuple:
                continue  # a list of numbers is no option
            if hints[field.name] in (int, float, bool, str) or field.default is not MISSING:
                option = typer.Option(show_default=_default(field))
                found[_named(kind, field)] = Annotated[hints[field.name] | None, option]
    return found


def _named(kind: str, field: "Field[Any]") -> str:
    return field.name if kind.startswith("_") else f"{kind}_{field.name}"


def _default(field: "Field[Any]") -> str | bool:
    return False if field.default is MISSING else "by heuristic" if field.default is None else str(field.default)


def chosen(kind: str, settings: type, given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the options `given` that belong to the settings and were given, by the names of their fields."""
    values = {field.name: given.get(_named(kind, field)) for field in fields(settings)}
    return {name: value for name, value in values.items() if value is not None}
