"""The class that a tapped object has while somebody listens: a subclass made for it alone."""

from __future__ import annotations

import copyreg
from abc import ABCMeta
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final

_CLASS: Final = object.__dict__["__class__"]
_HEAP, _BASE, _IMMUTABLE = 1 << 9, 1 << 10, 1 << 8
"""CPython's `Py_TPFLAGS_…`: made at run time, can be derived from, cannot be changed."""


class TapError(TypeError):
    """An object that cannot be tapped in place; the message says why, and what to use instead."""


def set_class(obj: object, cls: type) -> None:
    """`obj.__class__ = cls`, in one step that no thread gets into, whatever the object says of it."""
    _CLASS.__set__(obj, cls)


def why_not(obj: object) -> str:
    """Why an object cannot be tapped in place; "" if it can."""
    cls = type(obj)
    name = f"{cls.__module__}.{cls.__qualname__}"
    if not cls.__flags__ & _HEAP or cls.__flags__ & _IMMUTABLE:
        return f"{name} is implemented in C, and its methods cannot be exchanged"
    if not cls.__flags__ & _BASE:
        return f"{name} cannot be subclassed"
    if not cls.__weakrefoffset__:
        return f"{name} has __slots__ without '__weakref__': it cannot be held weakly"
    return ""


class Shield:
    """Keeps `__init_subclass__` of the classes behind it from being told of a class made for one object."""

    __slots__ = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        pass


def subclass_of(
    original: type, mine: Callable[[object], bool], methods: Mapping[str, Callable[..., Any]]
) -> type:
    """A subclass with these methods that passes for the original: by name, `__class__`, pickles and copies.

    No code of the class or its metaclass is run.

    Args:
        original: What the object's class is.
        mine: Whether an object is the tapped one, and not one that code of the class made by its type.
        methods: Functions, by name.
    """
    found: list[Any] = []

    def restore(obj: Any) -> Any:
        """`obj`, of the original class if it is a copy of the tapped one."""
        if found and type(obj) is found[0] and not mine(obj):
            set_class(obj, original)
        return obj

    def reduce_ex(self: Any, protocol: Any) -> Any:
        registered = copyreg.dispatch_table.get(original)
        given = registered(self) if registered else super(found[0], self).__reduce_ex__(protocol)
        if not isinstance(given, tuple) or len(given) < 2:
            return given
        made, args, *rest = given
        if isinstance(args, tuple):
            args = tuple(original if each is found[0] else each for each in args)
        return (original if made is found[0] else made, args, *rest)

    @wraps(original.__init__)  # type: ignore[misc]
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        if mine(self):
            super(found[0], self).__init__(*args, **kwargs)
        else:
            restore(self).__init__(*args, **kwargs)

    namespace: dict[str, Any] = {
        "__slots__": (),
        "__module__": original.__module__,
        "__qualname__": original.__qualname__,
        "__doc__": original.__doc__,
        "__class__": property(lambda self: original, set_class),
        "__reduce_ex__": reduce_ex,
        "__init__": init,
    }
    for name in ("__copy__", "__deepcopy__"):
        if (copier := getattr(original, name, None)) is not None:
            namespace[name] = _copying(copier, restore)
    made = _made(original, {**namespace, **methods})
    found.append(made)
    return made


def _copying(copier: Callable[..., Any], restore: Callable[[Any], Any]) -> Callable[..., Any]:
    @wraps(copier)
    def copy(self: Any, *args: Any) -> Any:
        return restore(copier(self, *args))

    return copy


def _made(original: type, namespace: dict[str, Any]) -> type:
    meta: type = type(original)
    shielded = "__init_subclass__" in {name for cls in original.__mro__[:-1] for name in vars(cls)}
    if shielded:
        # of what is asked for `__init_subclass__`, the shield comes first: that of no user is called
        def mro(cls: Any) -> list[type]:
            first, *rest = super(maker, cls).mro()
            return [first, Shield, *rest]

        maker: Any = type.__new__(type, meta.__name__, (meta,), {"mro": mro, "__module__": meta.__module__})
    else:
        maker = meta
    new: Any = ABCMeta.__new__ if issubclass(meta, ABCMeta) else type.__new__
    made: type = new(maker, original.__name__, (original,), namespace)
    if shielded and meta is not type:
        set_class(made, meta)
    type.__delattr__(made, "__slots__")
    return made
