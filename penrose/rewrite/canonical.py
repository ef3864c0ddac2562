"""When two expressions are the same up to the names of summed indices and the order of factors and terms.

Products in products count as one, identities as the lines they are, and a copy tensor as the hyperedge that
it makes of its summed legs; a grouping that only orders legs counts for nothing.

An expression becomes a coloured graph: a vertex for every node and every index, labelled edges between
them (a slot, an argument, "is a factor of", "is summed here"). Two expressions are the same if and only
if their graphs are isomorphic. Colours are refined over ordered ports (McKay, *Practical graph
isomorphism*, 1981, without its pruning by automorphisms); where refinement leaves vertices alike, each
of the first such class is individualised in turn, and the least description counts. The search is
exact and has a cap, beyond which nothing is said to be proved.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from penrose.model import scalar
from penrose.model.expression import Apply, Dots, Expression, Factor, Product, Regroup, Sum, Total
from penrose.model.index import Group, Index, Leg, Pin, connected, flat
from penrose.model.tensor import Tensor

LEAVES = 2000  # complete descriptions that are compared at most

UNORDERED = ("delta", "one")  # tensors whose legs can be exchanged

Form = str


def canonical(expression: Expression, legs: Iterable[Leg] = (), symmetric: frozenset[str] = frozenset()) -> Form | None:
    """Return the canonical form of an expression, or None if the search for it is cut off.

    Equal forms are equal expressions, and different forms different ones, up to the names of summed indices
    and the order of factors and of terms. Free indices keep their names; `legs`, if given, are their
    order and grouping. `symmetric` names tensors whose legs can be exchanged.
    """
    graph = _Graph(symmetric)
    root = graph.expression(expression)
    for number, leg in enumerate(legs):
        graph.leg(root, f"leg {number}", leg)
    return _least(graph)


def symmetric_tensors(tensors: Iterable[Tensor]) -> frozenset[str]:
    """Return the names of the tensors that are declared symmetric."""
    return frozenset(tensor.name for tensor in tensors if tensor.has("symmetric"))


@dataclass
class _Graph:
    """A coloured graph with labelled edges, each kept at both of its ends."""

    symmetric: frozenset[str]
    colors: list[str] = field(default_factory=list)
    edges: list[list[tuple[str, int]]] = field(default_factory=list)
    indices: dict[Index, int] = field(default_factory=dict)
    bound: set[Index] = field(default_factory=set)
    same: dict[Index, Index] = field(default_factory=dict)  # summed indices that an identity makes another one

    def vertex(self, color: str) -> int:
        self.colors.append(color)
        self.edges.append([])
        return len(self.colors) - 1

    def join(self, start: int, label: str, end: int) -> None:
        self.edges[start].append((f">{label}", end))
        self.edges[end].append((f"<{label}", start))

    def index(self, index: Index) -> int:
        """Return the vertex of an index; its colour is its name unless something binds it."""
        index = self.standing_for(index)
        if index not in self.indices:
            self.indices[index] = self.vertex("index" if index in self.bound else f"free {index.name}")
        return self.indices[index]

    def standing_for(self, index: Index) -> Index:
        """Return what an index is, given the identities seen so far."""
        while index in self.same:
            index = self.same[index]
        return index

    def leg(self, vertex: int, label: str, leg: Leg) -> None:
        """Join what a slot carries."""
        match leg:
            case Index():
                self.join(vertex, label, self.index(leg))
            case Pin():
                self.join(vertex, label, self.vertex(f"pin {leg}"))
            case Group():
                group = self.vertex("group")
                self.join(vertex, label, group)
                for number, index in enumerate(leg.indices):
                    self.join(group, f"part {number}", self.index(index))

    def expression(self, node: Expression) -> int:
        """Add an expression and return its vertex."""
        match node:
            case Factor():
                return self._factor(node)
            case Dots():
                vertex = self.vertex("dots")
                for label, indices in (("left", node.left), ("right", node.right)):
                    for index in indices:
                        self.join(vertex, label, self.index(index))
                return vertex
            case Product():
                return self._product(node)
            case Sum():
                return self._sum(node)
            case Apply():
                exponent = scalar.text(node.exponent) if node.exponent else ""
                return self._binder(f"apply {node.function} {exponent}", node.axes, node.consumed, node.arguments)
            case Total():
                vertex = self._binder("total", [limit.index for limit in node.limits], True, [node.body])
                for limit in node.limits:
                    if limit.last:
                        self.join(vertex, f"from {limit.first} to {limit.last}", self.index(limit.index))
                return vertex
            case Regroup():
                vertex = self.vertex("regroup")
                self.join(vertex, "body", self.expression(node.body))
                for number, leg in enumerate(node.legs):
                    self.leg(vertex, f"leg {number}", leg)
                return vertex

    def _factor(self, node: Factor) -> int:
        vertex = self.vertex(f"tensor {node.tensor} {node.inverse} {'*' * node.conjugated}")
        alike = node.tensor in UNORDERED or node.tensor in self.symmetric
        for slot, leg in enumerate(node.legs):
            self.leg(vertex, "slot" if alike else f"slot {slot}", leg)
        return vertex

    def _product(self, node: Product) -> int:
        opened = _Opened()
        opened.add(node)
        summed = dict.fromkeys(opened.summed)
        self.bound.update(summed)
        deltas = [self._joined(delta, summed) for delta in opened.deltas]
        copies = connected([{self.index(index) for index in delta} for delta in deltas])
        vertex = self.vertex(f"product {_coefficient(opened.coefficients)}")
        outside = self.indices
        for copy in (copy for copy in copies if len(copy) > 1):
            # where two free indices are one, what carries either of them is joined to their copy tensor
            joined = self._copy(vertex, copy)
            self.indices = self.indices | {index: joined for index, end in self.indices.items() if end in copy}
        for factor in opened.factors:
            self.join(vertex, "factor", self.expression(factor))
        if self.indices is not outside:
            self.indices = {**self.indices, **outside}
        carried = {self.index(index) for factor in opened.factors for index in factor.free}
        carried |= {self.index(index) for index in summed}
        for copy in copies:
            if len(copy) == 1 and not copy <= carried:
                self._copy(vertex, copy)
        for index in summed:
            self.join(vertex, "sums", self.index(index))
        return vertex

    def _copy(self, product: int, legs: Iterable[int]) -> int:
        """Add a copy tensor on the vertices of some indices."""
        vertex = self.vertex("tensor delta")
        for leg in legs:
            self.join(vertex, "slot", leg)
        self.join(product, "factor", vertex)
        return vertex

    def _joined(self, delta: tuple[Index, ...], summed: dict[Index, None]) -> set[Index]:
        """Take a copy tensor's summed indices for one of its others; return those that are left."""
        legs = list(dict.fromkeys(self.standing_for(index) for index in delta))
        for index in [index for index in legs if index in summed]:
            if len(legs) > 1:
                legs.remove(index)
                del summed[index]
                self.same[index] = legs[0]
        return set(legs)

    def _sum(self, node: Sum) -> int:
        vertex = self.vertex("sum")
        for term in node.terms:
            self.join(vertex, "minus" if term.negative else "plus", self.expression(term.product))
        return vertex

    def _binder(self, color: str, axes: Sequence[Index], binds: bool, parts: Sequence[Sum]) -> int:
        if binds:
            self.bound.update(axes)
        vertex = self.vertex(color)
        for number, axis in enumerate(axes):
            self.join(vertex, "axis" if color == "total" else f"axis {number}", self.index(axis))
        for number, part in enumerate(parts):
            self.join(vertex, f"argument {number}", self.expression(part))
        return vertex


@dataclass
class _Opened:
    """A product with the products in it opened, and its copy tensors taken out."""

    coefficients: list[scalar.Scalar] = field(default_factory=list)
    factors: list[Expression] = field(default_factory=list)
    deltas: list[tuple[Index, ...]] = field(default_factory=list)
    summed: list[Index] = field(default_factory=list)

    def add(self, node: Product) -> None:
        self.summed += node.summed
        self.coefficients += [] if node.coefficient is None else [node.coefficient]
        for factor in node.factors:
            inside = _single(factor)
            if inside is not None:
                self.add(inside)
            elif isinstance(factor, Factor) and factor.tensor in UNORDERED and (deltas := _deltas(factor)) is not None:
                self.deltas += deltas
            else:
                self.factors.append(factor)


def _single(node: Expression) -> Product | None:
    """Return the product that an expression is, however its legs are grouped."""
    if isinstance(node, Regroup):
        node = node.body
    if isinstance(node, Sum) and len(node.terms) == 1 and not node.terms[0].negative:
        return node.terms[0].product
    return node if isinstance(node, Product) else None


def _deltas(factor: Factor) -> list[tuple[Index, ...]] | None:
    """Return the indices that a copy tensor makes one, position by position of its groups; None if it has pins."""
    legs = [flat([leg]) for leg in factor.legs]
    if any(isinstance(leg, Pin) for leg in factor.legs) or len({len(leg) for leg in legs}) > 1:
        return None
    if factor.tensor == "one":
        return [(index,) for leg in legs for index in leg]
    return list(zip(*legs, strict=True))


def _coefficient(values: Iterable[scalar.Scalar]) -> str:
    """Describe a product of scalars up to the order of its factors."""
    above: list[str] = []
    below: list[str] = []
    for value in values:
        whole = value if isinstance(value, scalar.Product) else scalar.Product((value,), (False,))
        for factor, divides in zip(whole.factors, whole.inverse, strict=True):
            (below if divides else above).append(scalar.text(factor))
    return f"{sorted(text for text in above if text != '1')} / {sorted(text for text in below if text != '1')}"


# ---------------------------------------------------------------- canonical labelling


def _least(graph: _Graph) -> Form | None:
    """Return the least description of a graph over the leaves of the search, or None if there are too many.

    Where two leaves have the same description there is an automorphism; of vertices that automorphisms
    make alike only one is individualised first.
    """
    ranks = {color: rank for rank, color in enumerate(sorted(set(graph.colors)))}
    start = _refined(graph, [ranks[color] for color in graph.colors], range(len(graph.colors)))
    search = _Search(graph, _Orbits(len(graph.colors)))
    tried: list[int] = []
    for vertex in _first_cell(start) or [-1]:
        if any(search.orbits.alike(vertex, other) for other in tried):
            continue
        tried.append(vertex)
        search.visit(start if vertex < 0 else _individualised(graph, start, vertex))
        if search.leaves > LEAVES:
            return None
    return search.best


@dataclass
class _Search:
    """A search for the least description, with the order of the vertices that gave it."""

    graph: _Graph
    orbits: _Orbits
    best: Form | None = None
    order: list[int] = field(default_factory=list)
    leaves: int = 0

    def visit(self, colors: list[int]) -> None:
        """Look at all leaves below a colouring, as long as there are not too many."""
        stack = [colors]
        while stack and self.leaves <= LEAVES:
            colors = stack.pop()
            cell = _first_cell(colors)
            if not cell:
                self._leaf(colors)
            elif self.leaves + len(stack) + len(cell) > LEAVES:
                self.leaves = LEAVES + 1
            else:
                stack += [_individualised(self.graph, colors, vertex) for vertex in cell]

    def _leaf(self, colors: list[int]) -> None:
        self.leaves += 1
        form = _description(self.graph, colors)
        order = sorted(range(len(colors)), key=colors.__getitem__)
        if form == self.best:
            self.orbits.join(self.order, order)
        elif self.best is None or form < self.best:
            self.best, self.order = form, order


class _Orbits:
    """Which vertices known automorphisms make alike."""

    def __init__(self, count: int) -> None:
        self.root = list(range(count))

    def find(self, vertex: int) -> int:
        while self.root[vertex] != vertex:
            self.root[vertex] = self.root[self.root[vertex]]
            vertex = self.root[vertex]
        return vertex

    def join(self, order: Sequence[int], image: Sequence[int]) -> None:
        """Take in the automorphism that maps one order of the vertices to another."""
        for one, other in zip(order, image, strict=True):
            self.root[self.find(one)] = self.find(other)

    def alike(self, one: int, other: int) -> bool:
        """Tell whether two vertices are known to be alike."""
        return self.find(one) == self.find(other)


def _individualised(graph: _Graph, colors: Sequence[int], vertex: int) -> list[int]:
    """Give a vertex a colour of its own, before the rest of its class, and refine."""
    individual = [2 * color for color in colors]
    individual[vertex] -= 1
    return _refined(graph, individual, [vertex])


def _first_cell(colors: Sequence[int]) -> list[int]:
    """Return the vertices of the smallest class with more than one, none if all classes have one."""
    cells: dict[int, list[int]] = {}
    for vertex, color in enumerate(colors):
        cells.setdefault(color, []).append(vertex)
    several = [(len(cell), color) for color, cell in cells.items() if len(cell) > 1]
    return cells[min(several)[1]] if several else []


def _refined(graph: _Graph, colors: Sequence[int], changed: Iterable[int]) -> list[int]:
    """Split classes until vertices of one class have the same labelled edges to every class.

    A colour is the number of vertices that are in its class or in one before it, less one, so that
    a split leaves all other colours as they are. Only what is next to a vertex whose colour changed
    is looked at again.
    """
    color = _as_positions(colors)
    members: dict[int, dict[int, None]] = {}
    for vertex, one in enumerate(color):
        members.setdefault(one, {})[vertex] = None
    queue = deque(sorted({color[vertex] for vertex in changed}))
    waiting = set(queue)
    while queue:
        splitter = queue.popleft()
        waiting.discard(splitter)
        seen: dict[int, list[str]] = {}
        for vertex in members[splitter]:
            for label, other in graph.edges[vertex]:
                seen.setdefault(other, []).append(label)
        touched: dict[int, list[int]] = {}
        for vertex in seen:
            if len(members[color[vertex]]) > 1:
                touched.setdefault(color[vertex], []).append(vertex)
        for one in sorted(touched):
            parts = _split(one, touched[one], seen, members, color)
            if one not in waiting:  # what the largest part would split, the others and the whole split too
                parts.remove(max(parts, key=lambda part: (len(members[part]), part)))
            new = [part for part in parts if part not in waiting]
            waiting.update(new)
            queue.extend(new)
    return color


def _split(
    one: int,
    touched: list[int],
    seen: dict[int, list[str]],
    members: dict[int, dict[int, None]],
    color: list[int],
) -> list[int]:
    """Split a class by the edges that its vertices have to a splitter; return the colours of its parts.

    Vertices without such edges come last and keep their colour.
    """
    cell = members[one]
    by_edges: dict[tuple[str, ...], list[int]] = {}
    for vertex in touched:
        by_edges.setdefault(tuple(sorted(seen[vertex])), []).append(vertex)
    if len(touched) == len(cell) and len(by_edges) == 1:
        return [one]
    position = one - len(cell)
    parts = []
    for edges in sorted(by_edges):
        part = by_edges[edges]
        position += len(part)
        if position == one:  # the last part has what is left of the class
            break
        for vertex in part:
            del cell[vertex]
            color[vertex] = position
        members[position] = dict.fromkeys(part)
        parts.append(position)
    return [*parts, one]


def _as_positions(colors: Sequence[int]) -> list[int]:
    counts: dict[int, int] = {}
    for one in colors:
        counts[one] = counts.get(one, 0) + 1
    total = 0
    positions = {}
    for one in sorted(counts):
        total += counts[one]
        positions[one] = total - 1
    return [positions[one] for one in colors]


def _description(graph: _Graph, colors: Sequence[int]) -> Form:
    """Describe a graph whose vertices all have colours of their own, in the order of those."""
    order = sorted(range(len(colors)), key=colors.__getitem__)
    lines = []
    for vertex in order:
        edges = sorted((label, colors[other]) for label, other in graph.edges[vertex] if label.startswith(">"))
        lines.append(f"{graph.colors[vertex]}: {' '.join(f'{label}={end}' for label, end in edges)}")
    return "\n".join(lines)
