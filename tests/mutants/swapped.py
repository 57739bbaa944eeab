"""A mutant put in place of functions of a module that is imported already."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cached_property
from types import CodeType, FunctionType, ModuleType

from tests.mutants.mutations import ROOT, Mutant


def swap(mutant: Mutant) -> bool:
    """Give functions the changed code, in this process; say whether there is such a function.

    What runs once, at import, cannot be changed so.
    """
    module = sys.modules[mutant.module]
    source = ast.unparse(ast.parse(mutant.path.read_text(encoding="utf-8")))
    before, after = _codes(source), _codes(mutant.source)
    changed = {name: code for name, code in after.items() if code != before.get(name)}
    found = [one for one in _functions(module, module) if one.__qualname__ in changed]
    for function in found:
        function.__code__ = changed[function.__qualname__]
    return bool(found)


def _codes(source: str) -> dict[str, CodeType]:
    """Compile, and list the code of every function by its qualified name."""

    def below(code: CodeType) -> Iterator[CodeType]:
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                yield constant
                yield from below(constant)

    return {one.co_qualname: one for one in below(compile(source, str(ROOT), "exec"))}


def _functions(value: object, module: ModuleType) -> Iterator[FunctionType]:
    """Walk the functions that a module defines, those of its classes among them."""
    if isinstance(value, FunctionType):
        if value.__module__ == module.__name__:
            yield value
    elif isinstance(value, property):
        yield from _functions(value.fget, module)
    elif isinstance(value, cached_property):
        yield from _functions(value.func, module)
    elif isinstance(value, staticmethod | classmethod) or hasattr(value, "__wrapped__"):
        yield from _functions(value.__wrapped__, module)
    elif value is module or (isinstance(value, type) and value.__module__ == module.__name__):
        for one in vars(value).values():
            yield from _functions(one, module)
