"""Small wrong changes to a file: one comparison, operator, number, branch or call at a time."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Mod: ast.FloorDiv,
}  # fmt: skip
CALLED = {
    "minimum": "maximum", "maximum": "minimum", "min": "max", "max": "min", "any": "all",
    "all": "any", "logical_and": "logical_or", "logical_or": "logical_and",
    "flatnonzero": "zeros_like",
}  # fmt: skip

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Mutant:
    """One file with one change.

    Attributes
    ----------
    path, line, last_line
        Where the change is.
    before, after
        The expression that is changed, and what it is changed into.
    node, change
        Numbers of the expression in the file and of the change to it.
    """

    path: Path
    line: int
    last_line: int
    before: str
    after: str
    node: int
    change: int

    @property
    def file(self) -> str:
        """Its path below the root."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def source(self) -> str:
        """The whole changed file."""
        tree = ast.parse(self.path.read_text(encoding="utf-8"))
        node = next(node for i, node in enumerate(ast.walk(tree)) if i == self.node)
        assert isinstance(node, ast.expr)
        changed = list(_changes(node))[self.change]
        _Replace(node, changed).visit(tree)
        return ast.unparse(ast.fix_missing_locations(tree))

    @property
    def module(self) -> str:
        """Name of the module that it changes."""
        return ".".join(self.path.relative_to(ROOT).with_suffix("").parts)

    def __str__(self) -> str:
        """Say where it changes what into what."""
        return f"{self.file}:{self.line}  {self.before}  ->  {self.after}"


def mutants(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of a file, in the order of its lines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typed = {id(node) for root in _types(tree) for node in ast.walk(root)}
    for number, node in enumerate(ast.walk(tree)):
        if not isinstance(node, ast.expr) or id(node) in typed:
            continue
        last, before = node.end_lineno or node.lineno, ast.unparse(node)
        for change, changed in enumerate(_changes(node)):
            after = ast.unparse(ast.fix_missing_locations(changed))
            yield Mutant(path, node.lineno, last, before, after, number, change)


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.expr, new: ast.expr) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else super().visit(node)


def _types(tree: ast.AST) -> Iterator[ast.AST]:
    """Annotations and names of types, which no run reads."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef) and node.returns is not None:
            yield node.returns
        elif isinstance(node, ast.Subscript | ast.BinOp) and "NDArray[" in ast.unparse(node):
            yield node
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp):
            names = [one for one in ast.walk(node.value) if isinstance(one, ast.Name)]
            if isinstance(node.value.op, ast.BitOr) and all(n.id[0].isupper() for n in names):
                yield node.value  # a union of types


def _changes(node: ast.expr) -> Iterator[ast.expr]:  # noqa: C901 - a table of cases
    """Yield what an expression may be changed into."""
    twin = deepcopy(node)
    match twin:
        case ast.Compare(ops=[op]):
            for other in COMPARED[type(op)]:
                yield ast.Compare(twin.left, [other()], twin.comparators)
        case ast.BinOp(op=op) if type(op) in COUNTED:
            yield ast.BinOp(twin.left, COUNTED[type(op)](), twin.right)
            if isinstance(op, ast.BitAnd | ast.BitOr | ast.Add | ast.Sub):
                yield twin.left
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(op=ast.Invert() | ast.Not() | ast.USub()):
            yield twin.operand
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.IfExp():
            yield ast.IfExp(twin.test, twin.orelse, twin.body)
        case ast.Call(func=ast.Attribute(attr="where"), args=[test, one, other]):
            yield ast.Call(twin.func, [test, other, one], [])
        case ast.Call(func=ast.Attribute(attr=name)) if name in CALLED:
            changed = ast.Attribute(twin.func.value, CALLED[name], ast.Load())
            yield ast.Call(changed, twin.args, twin.keywords)
        case ast.Call(func=ast.Name(id=name)) if name in CALLED:
            yield ast.Call(ast.Name(CALLED[name], ast.Load()), twin.args, twin.keywords)
