"""What the lanes do for `tree_shap.py`: 64 rows side by side, written for the processor's vectors.

A loop that a compiler fails to vectorise is fifteen times slower, so these are not left to it. The number of nodes is
known where the code is made, so that what runs over nodes stays in registers; no product and no sum depends on the
machine (each fused product and sum is asked for by name), so that every machine finds the same bits.

numba keeps what it compiled by the date of `tree_shap.py` alone: `COMPILED_WITH` there changes with this file.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils as untyped_cgutils
from numba.core import types
from numba.extending import intrinsic

cgutils: Any = untyped_cgutils

LANES = 64
"""Rows that go through the trees together: a row is a bit of a 64-bit word."""

MOST_NODES = 8
"""Paths of up to twice as many features are written out; longer ones, which are rare, go a slower way."""

LEAF, SOFT, TWO_SOFT, TWIG = range(4)
"""How a path ends: in a leaf; in a leaf or two behind one feature that is only partly so (`soft`, shape (3, LANES));
in a leaf behind two of them; in a split with two leaves, which is then read as soft. See `tree_shap.py`."""

HEAD = 3
"""Constants of an ending before those of its nodes."""

INT, NUMBER = ir.IntType(64), ir.DoubleType()

ALIGNED = 8
"""What the place of a number is a multiple of, in bytes."""


def nodes_and_weights(count: int) -> tuple[Any, Any]:
    """Gauss-Legendre nodes within (0, 1) and their weights, each of shape (count,)."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (nodes + 1.0) / 2.0, weights / 2.0


class _Lanes:
    """Writes instructions for `width` lanes."""

    def __init__(self, builder: Any, width: int) -> None:
        self.builder, self.width = builder, width
        self.type, self.mask = ir.VectorType(NUMBER, width), ir.VectorType(ir.IntType(1), width)

    def all(self, value: Any) -> Any:
        """The same in every lane: of a Python number or a scalar."""
        if isinstance(value, float):
            return ir.Constant(self.type, [value] * self.width)
        nothing = ir.Constant(self.type, ir.Undefined)
        one = self.builder.insert_element(nothing, value, ir.Constant(ir.IntType(32), 0))
        return self.builder.shuffle_vector(one, nothing, ir.Constant(ir.VectorType(ir.IntType(32), self.width), None))

    def constant(self, array: Any, at: Any) -> Any:
        return self.all(self.builder.load(self.builder.gep(array, [at])))

    def place(self, array: Any, at: Any) -> Any:
        return self.builder.bitcast(self.builder.gep(array, [at]), self.type.as_pointer())

    def load(self, array: Any, at: Any) -> Any:
        return self.builder.load(self.place(array, at), align=ALIGNED)

    def add_to(self, array: Any, at: Any, value: Any) -> None:
        place = self.place(array, at)
        self.builder.store(self.plus(self.builder.load(place, align=ALIGNED), value), place, align=ALIGNED)

    def bits(self, masks: Any, at: Any, part: Any) -> Any:
        """The lanes' bits of the word `at`, as a mask."""
        word = ir.IntType(self.width)
        first = self.builder.mul(at, ir.Constant(INT, LANES // self.width))
        pointer = self.builder.gep(self.builder.bitcast(masks, word.as_pointer()), [self.builder.add(first, part)])
        return self.builder.bitcast(self.builder.load(pointer), self.mask)

    def plus(self, a: Any, b: Any) -> Any:
        return self.builder.fadd(a, b)

    def minus(self, a: Any, b: Any) -> Any:
        return self.builder.fsub(a, b)

    def times(self, a: Any, b: Any) -> Any:
        return self.builder.fmul(a, b)

    def plus_product(self, total: Any, a: Any, b: Any) -> Any:
        name = f"llvm.fma.v{self.width}f64"
        kind = ir.FunctionType(self.type, [self.type] * 3)
        fused = cgutils.get_or_insert_function(self.builder.module, kind, name)
        return self.builder.call(fused, [a, b, total])

    def sum_of(self, values: list[Any], factors: Any) -> Any:
        """The sum over nodes of values times factors."""
        total = self.times(values[0], factors[0])
        for value, factor in zip(values[1:], factors[1:], strict=True):
            total = self.plus_product(total, value, factor)
        return total

    def choose(self, mask: Any, yes: Any, no: Any) -> Any:
        return self.builder.select(mask, yes, no)


def _width(nodes: int, target: Any) -> int:
    """Lanes at a time, so that what is kept for each node fits the registers; at least a byte of bits."""
    if "+avx512f" not in str(target):
        return 8
    return 32 if nodes <= 4 else 16


def _explain(typing_context: Any, nodes: Any, kind: Any, masks: Any, path: Any, row: Any, first: Any, last: Any,
             constants: Any, at: Any, ends: Any, soft: Any, phi: Any, rows: Any) -> Any:  # fmt: skip
    signature = types.void(nodes, kind, masks, path, row, first, last, constants, at, ends, soft, phi, rows)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        def data(at: int) -> Any:
            return context.make_array(signature.args[at])(context, builder, arguments[at]).data

        arrays = {"masks": 2, "path": 3, "row": 4, "constants": 7, "ends": 9, "soft": 10, "phi": 11}
        given = {name: data(at) for name, at in arrays.items()}
        given |= {name: arguments[at] for name, at in {"first": 5, "last": 6, "at": 8, "rows": 12}.items()}
        chosen = builder.add(builder.mul(arguments[1], ir.Constant(INT, MOST_NODES)), arguments[0])
        done = builder.append_basic_block("done")
        switch = builder.switch(chosen, done)
        for ending in (LEAF, SOFT, TWO_SOFT):
            for count in range(1, MOST_NODES + 1):
                block = builder.append_basic_block(f"ending{ending}.nodes{count}")
                switch.add_case(ir.Constant(INT, ending * MOST_NODES + count), block)
                builder.position_at_end(block)
                _write_ending(_Lanes(builder, _width(count, context.codegen().magic_tuple())), ending, count, given)
                builder.branch(done)
        builder.position_at_end(done)
        return context.get_dummy_value()

    return signature, generate


explain_ending: Any = intrinsic(_explain)
"""Add to `phi` (n_columns, LANES) what one ending adds to the contributions.

(nodes, kind, masks, path, row, first, last, constants, at, ends, soft, phi, rows): the path's features are `first` to
`last` of `path` (which of `masks` says where the row goes that way) and of `row` (which row of `phi` is the feature's).
Constants from `at` on: three of the ending, then of each node the product if the row goes nowhere that way, then of
each feature and node what going that way changes, and its share. `ends`: from the third on, the rows of the soft
features. Only the first `rows` lanes are needed.
"""


def _write_ending(lanes: _Lanes, kind: int, nodes: int, given: dict[str, Any]) -> None:
    builder, masks, constants, phi = lanes.builder, given["masks"], given["constants"], given["phi"]
    p, w = nodes_and_weights(nodes)
    first, count = given["first"], builder.sub(given["last"], given["first"])
    start = builder.add(given["at"], ir.Constant(INT, HEAD))
    of_path = builder.add(start, ir.Constant(INT, nodes))

    def constant(base: Any, offset: int) -> Any:
        return lanes.constant(constants, builder.add(base, ir.Constant(INT, offset)))

    width = ir.Constant(INT, lanes.width)
    needed = builder.udiv(builder.add(given["rows"], ir.Constant(INT, lanes.width - 1)), width)
    with cgutils.for_range(builder, needed) as parts:
        part = parts.index
        lane = builder.mul(part, width)

        def in_phi(row: Any) -> Any:
            return builder.add(builder.mul(row, ir.Constant(INT, LANES)), lane)

        def element(array: Any, at: Any) -> Any:
            return builder.load(builder.gep(array, [at]))

        product = [cgutils.alloca_once(builder, lanes.type) for _ in range(nodes)]
        for q in range(nodes):
            builder.store(constant(start, q), product[q])
        with cgutils.for_range(builder, count) as steps:
            mask = lanes.bits(masks, element(given["path"], builder.add(first, steps.index)), part)
            base = builder.add(of_path, builder.mul(steps.index, ir.Constant(INT, 2 * nodes)))
            for q in range(nodes):
                now = builder.load(product[q])
                builder.store(lanes.choose(mask, lanes.times(now, constant(base, q)), now), product[q])
        held = [builder.load(one) for one in product]
        if kind == SOFT:
            held = _one_soft(lanes, given, held, p, w, lane, in_phi)
        elif kind == TWO_SOFT:
            held = _two_soft(lanes, given, held, p, w, lane, in_phi)
        off = lanes.minus(lanes.all(0.0), lanes.sum_of(held, [lanes.all(float(x)) for x in w / (1.0 - p)]))
        with cgutils.for_range(builder, count) as steps:
            step = builder.add(first, steps.index)
            mask = lanes.bits(masks, element(given["path"], step), part)
            base = builder.add(of_path, builder.mul(steps.index, ir.Constant(INT, 2 * nodes)))
            on = lanes.sum_of(held, [constant(base, nodes + q) for q in range(nodes)])
            lanes.add_to(phi, in_phi(element(given["row"], step)), lanes.choose(mask, on, off))


def _one_soft(
    lanes: _Lanes, given: dict[str, Any], held: list[Any], p: Any, w: Any, lane: Any, in_phi: Any
) -> list[Any]:
    """The ending is a (1 - p) + U p at each node, where a says what is expected and U what there is."""
    builder = lanes.builder
    expected = lanes.constant(given["constants"], given["at"])
    above = lanes.minus(lanes.load(given["soft"], lane), expected)
    row = builder.load(builder.gep(given["ends"], [ir.Constant(INT, 2)]))
    lanes.add_to(given["phi"], in_phi(row), lanes.times(above, lanes.sum_of(held, [lanes.all(float(x)) for x in w])))
    return [
        lanes.times(h, lanes.plus_product(expected, above, lanes.all(float(x)))) for h, x in zip(held, p, strict=True)
    ]


def _two_soft(
    lanes: _Lanes, given: dict[str, Any], held: list[Any], p: Any, w: Any, lane: Any, in_phi: Any
) -> list[Any]:
    """The ending is the mean of (a (1 - p) + A p) (b (1 - p) + B p) over intervals, of which A, B and AB are known."""
    builder, at = lanes.builder, given["at"]
    a, b = (lanes.constant(given["constants"], builder.add(at, ir.Constant(INT, i))) for i in (0, 1))
    there = [lanes.load(given["soft"], builder.add(lane, ir.Constant(INT, i * LANES))) for i in range(3)]
    rows = [builder.load(builder.gep(given["ends"], [ir.Constant(INT, i)])) for i in (2, 3)]
    none, some = (lanes.sum_of(held, [lanes.all(float(x)) for x in share]) for share in (w * (1.0 - p), w * p))

    def add(row: Any, other: Any, mine: Any, its: Any, own: Any) -> None:
        missing = lanes.times(other, lanes.minus(mine, own))
        both = lanes.minus(there[2], lanes.times(own, its))
        lanes.add_to(given["phi"], in_phi(row), lanes.plus_product(lanes.times(missing, none), both, some))

    add(rows[0], b, there[0], there[1], a)
    add(rows[1], a, there[1], there[0], b)
    neither, either = lanes.times(a, b), lanes.plus_product(lanes.times(a, there[1]), b, there[0])
    found = []
    for h, x in zip(held, p.tolist(), strict=True):
        one = lanes.plus_product(lanes.times(neither, lanes.all((1 - x) ** 2)), either, lanes.all(x * (1 - x)))
        found.append(lanes.times(h, lanes.plus_product(one, there[2], lanes.all(x * x))))
    return found


def _compare(typing_context: Any, seen: Any, at: Any, threshold: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        values = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        lanes = _Lanes(builder, LANES)
        value = lanes.load(values, builder.mul(arguments[1], ir.Constant(INT, LANES)))
        return builder.bitcast(builder.fcmp_ordered("<=", value, lanes.all(arguments[2])), INT)

    return types.uint64(seen, at, threshold), generate


at_most: Any = intrinsic(_compare)
"""(seen, at, threshold) -> the word whose bits say in which lanes `seen[at]` (float64) is at most the threshold."""


def _weigh(typing_context: Any, word: Any, weights: Any, k: Any, out: Any, at: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        weight, total = (context.make_array(signature.args[i])(context, builder, arguments[i]).data for i in (1, 3))
        lanes = _Lanes(builder, LANES)
        counted = lanes.load(weight, builder.mul(arguments[2], ir.Constant(INT, LANES)))
        there = lanes.choose(builder.bitcast(arguments[0], lanes.mask), counted, lanes.all(0.0))
        lanes.add_to(total, builder.mul(arguments[4], ir.Constant(INT, LANES)), there)
        return context.get_dummy_value()

    return types.void(word, weights, k, out, at), generate


weigh: Any = intrinsic(_weigh)
"""(word, weights, k, out, at): add the weights of `k` to `out[at]` in the lanes whose bit is set."""


def _either(typing_context: Any, left: Any, right: Any, low: Any, high: Any, out: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        total = context.make_array(signature.args[4])(context, builder, arguments[4]).data
        lanes = _Lanes(builder, LANES)
        one, other = (
            lanes.choose(builder.bitcast(arguments[i], lanes.mask), lanes.all(arguments[i + 2]), lanes.all(0.0))
            for i in (0, 1)
        )
        builder.store(lanes.plus(one, other), lanes.place(total, ir.Constant(INT, 0)), align=ALIGNED)
        return context.get_dummy_value()

    return types.void(left, right, low, high, out), generate


either: Any = intrinsic(_either)
"""(left, right, low, high, out): in the first row of `out` `low` where the bit of `left` is set, plus `high` where that
of `right` is."""
