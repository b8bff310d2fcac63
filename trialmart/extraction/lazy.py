"""A value that an object works out when it is first asked for.

Belongs here: that. functools.cached_property does the same under a lock, which costs more than most of what the prose reader puts off.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, overload

Owner = TypeVar("Owner")
Value = TypeVar("Value")


class lazy(Generic[Owner, Value]):  # noqa: N801 (reads as the decorator that it is)
    """Decorates a method without arguments: its result becomes the attribute of that name."""

    def __init__(self, work_out: Callable[[Owner], Value]) -> None:
        self._work_out, self._name, self.__doc__ = work_out, work_out.__name__, work_out.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> lazy[Owner, Value]: ...
    @overload
    def __get__(self, instance: Owner, owner: type) -> Value: ...
    def __get__(self, instance: Owner | None, owner: type) -> lazy[Owner, Value] | Value:
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._work_out(instance)
        return value
