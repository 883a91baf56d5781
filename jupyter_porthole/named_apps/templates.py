"""Values of an app's options that are functions or templates."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any


class OptionError(Exception):
    """An option that can't be used; the text says why, for people."""


def call_with_asked(function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    """Call a function with those of the arguments that it names.

    Parameters with defaults need not be known; `**kwargs` takes all.

    :raises OptionError: if it demands something that isn't there.
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        # A few functions written in C tell nothing; the only one argument is the first.
        return function(next(iter(arguments.values())))
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return function(**arguments)
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for parameter in parameters:
        if parameter.kind is parameter.VAR_POSITIONAL:
            continue
        if parameter.name in arguments:
            if parameter.kind is parameter.KEYWORD_ONLY:
                named[parameter.name] = arguments[parameter.name]
            else:
                positional.append(arguments[parameter.name])
        elif parameter.default is parameter.empty:
            raise OptionError(
                f"its function asks for {parameter.name!r}, which isn't one of "
                f"{', '.join(arguments)}"
            )
        elif parameter.kind is not parameter.KEYWORD_ONLY:
            # Those after it can only be given by their names.
            positional.append(parameter.default)
    return function(*positional, **named)


def render(value: Any, values: Mapping[str, Any]) -> Any:
    """Fill in templates such as `{port}`: in a text, a list, or a dictionary's keys and values.

    :raises OptionError: for an unknown key, or a value that is no text.
    """
    if isinstance(value, str):
        try:
            return value.format(**values)
        except (KeyError, IndexError, AttributeError, ValueError) as error:
            known = ", ".join(f"{{{name}}}" for name in values)
            raise OptionError(
                f"the template {value!r} can't be filled in ({type(error).__name__}: {error}); "
                f"it may name {known}"
            ) from error
    if isinstance(value, (list, tuple)):
        return [render(item, values) for item in value]
    if isinstance(value, Mapping):
        return {render(name, values): render(item, values) for name, item in value.items()}
    raise OptionError(f"{value!r} is a {type(value).__name__}, not a text")


def realize(option: Any, values: Mapping[str, Any]) -> Any:
    """Call an option if it is a function, and fill in templates.

    :raises OptionError: if either can't be done, whatever the function raises.
    """
    if callable(option):
        try:
            option = call_with_asked(option, values)
        except OptionError:
            raise
        except (Exception, SystemExit) as error:
            raise OptionError(f"its function raised {type(error).__name__}: {error}") from error
    return render(option, values)
