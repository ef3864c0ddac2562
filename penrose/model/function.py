"""Functions by name: those of the language, and those that a program defines."""

from __future__ import annotations

from penrose.data import Data, Equatable
from penrose.errors import Diagnostic, Note, suggestion
from penrose.source import Span
from penrose.syntax import tree

# name: fewest and most arguments
ELEMENTWISE: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("exp", "log", "sqrt", "sin", "cos", "tanh", "erf", "sigmoid", "relu", "step", "gelu"), (1, 1)),
    **dict.fromkeys(("abs", "sign", "recip"), (1, 1)),
    **dict.fromkeys(("max", "min"), (2, 2)),
}
ALONG_AXES: dict[str, bool] = {
    # name: whether the axes are gone from the result
    "mean": True,
    "max": True,
    "norm": True,
    "logsumexp": True,
    "softmax": False,
    "logsoftmax": False,
    "layernorm": False,
}
OF_MATRICES: dict[str, bool] = {"inv": False, "det": True, "logdet": True}
DECOMPOSITIONS: dict[str, tuple[int, int]] = {
    # name: fewest and most targets
    "svd": (3, 3),
    "qr": (2, 2),
    "cp": (2, 99),
    "tucker": (2, 99),
}
EXAMPLES = {
    "svd": "let U[i,r], s[r], V[k,r] = svd(M[i,k])",
    "qr": "let Q[i,r], R[r,k] = qr(M[i,k])",
    "cp": "let s[r], U[i,r], V[j,r], W[k,r] = cp(T[i,j,k])",
    "tucker": "let C[a,b,c], U[i,a], V[j,b], W[k,c] = tucker(T[i,j,k])",
}
REWRITES = ("diff", "hole", "expand", "freeze", "inline", "simplify", "steps")
BINDERS = ("sum", "prod", "conj")
NAMES = frozenset({*ELEMENTWISE, *ALONG_AXES, *OF_MATRICES, *DECOMPOSITIONS, *REWRITES, *BINDERS})

# Functions of other languages that index notation has no need of, and what to write.
FOREIGN = {
    **dict.fromkeys(("tr", "Tr", "trace"), "A[i,i]"),
    **dict.fromkeys(("transpose", "T"), "A.T[j,i]"),
    **dict.fromkeys(("diag", "Diag"), "v[i] delta[i,j] -> [i,j], or A[i,i] -> [i]"),
    **dict.fromkeys(("matmul", "dot", "einsum"), "A[i,j] B[j,k]"),
    "kron": "A[i,j] B[k,l] -> [(i k), (j l)]",
    "vec": "A[i,j] -> [(i j)]",
}


class Function(Data):
    """A function that a program defines. Without a body it is opaque, a fixed smooth map."""

    name: str
    axes: tuple[str, ...]
    parameters: tuple[str, ...]
    body: tree.Expression | None
    consumes: bool
    span: Span


def read_function(node: tree.Function, dimensions: frozenset[str], found: list[Diagnostic]) -> Function:
    """Return a defined function, with what is wrong with its formula added."""
    items = node.axes.items if node.axes else ()
    axes = tuple(item.text for item in items if isinstance(item, tree.Name))
    parameters = tuple(parameter.text for parameter in node.parameters)
    if node.body is not None:
        formula = _Formula(frozenset(parameters), frozenset(axes), dimensions, found)
        formula.expression(node.body)
    consumes = bool(axes) and node.body is not None and not _carries(node.body, frozenset(parameters))
    return Function(node.name.text, axes, parameters, node.body, consumes, node.name.span)


def _carries(node: tree.Expression, parameters: frozenset[str]) -> bool:
    """Tell whether a formula still has the axes of its parameters, that is, has one outside of a reduction."""
    for term in node.terms:
        for factor in term.factors:
            match factor:
                case tree.Access():
                    inside = factor.name.text in parameters
                case tree.Application(access=tree.Access(name=name, bracket=bracket)):
                    reduces = bracket is not None and (name.text == "sum" or ALONG_AXES.get(name.text, False))
                    inside = not reduces and any(_carries(a.expression, parameters) for a in factor.arguments)
                case tree.Parenthesis():
                    inside = _carries(factor.expression, parameters)
                case tree.Power():
                    base = tree.Term(False, (factor.base,), (False,), "", span=factor.span)
                    inside = _carries(tree.Expression((base,), span=factor.span), parameters)
                case _:
                    inside = False
            if inside:
                return True
    return False


class _Formula(Equatable):
    """Checks the names in the formula of a function."""

    parameters: frozenset[str]
    axes: frozenset[str]
    dimensions: frozenset[str]
    found: list[Diagnostic]

    def expression(self, node: tree.Expression) -> None:
        for term in node.terms:
            if term.caption:
                hint = "captions stand in figures"
                self.found.append(Diagnostic("PEN101", "a formula has no caption", term.span, hint=hint))
            for factor in term.factors:
                self._factor(factor)

    def _factor(self, node: tree.Factor) -> None:
        match node:
            case tree.Access():
                self._name(node)
            case tree.Parenthesis():
                self.expression(node.expression)
            case tree.Power():
                self._factor(node.base)
                self._factor(node.exponent)
            case tree.Application():
                self._application(node)

    def _name(self, node: tree.Access) -> None:
        if node.name.text in self.parameters and not node.bracket:
            return
        if node.name.text in self.dimensions and not node.bracket:
            return
        if node.name.text in self.parameters:
            message = f"{node.name.text} has no indices in a formula"
            hint = f"write {node.name.text}; the formula holds for every entry"
        else:
            message = f"{node.name.text} is not a parameter of this function"
            hint = suggestion(node.name.text, self.parameters) or "a formula has only its parameters in it"
        self.found.append(Diagnostic("PEN201", message, node.span, hint=hint))

    def _application(self, node: tree.Application) -> None:
        name, bracket = node.access.name, node.access.bracket
        known = {*ELEMENTWISE, *ALONG_AXES, "sum"}
        if name.text in self.parameters | self.dimensions:
            hint = f"for a product, put a * before the parenthesis: {name.text} * (...)"
            self.found.append(Diagnostic("PEN201", f"{name.text} is not a function", name.span, hint=hint))
        elif name.text in known:
            wrong = wrong_use(node, "x")
            self.found.extend([wrong] if wrong else [])
        else:
            hint = suggestion(name.text, known) or f"functions are {', '.join(sorted(known))}"
            self.found.append(Diagnostic("PEN201", f"there is no function {name.text}", name.span, hint=hint))
        for item in bracket.items if bracket else ():
            if not isinstance(item, tree.Name) or item.text not in self.axes:
                message = f"{item.span.text} is not an axis of this function"
                hint = suggestion(item.span.text, self.axes) or "axes are listed behind the name: f[k](x) = ..."
                self.found.append(Diagnostic("PEN201", message, item.span, hint=hint))
        for argument in node.arguments:
            self.expression(argument.expression)


def wrong_use(node: tree.Application, example: str = "x[k]") -> Diagnostic | None:
    """Return what is wrong with the axes or the number of arguments of a function of the language's own."""
    name, bracket, arguments = node.access.name.text, node.access.bracket, len(node.arguments)
    axes = len(bracket.items) if bracket else 0
    if bracket is None and name in ELEMENTWISE:
        fewest, most = ELEMENTWISE[name]
    elif bracket is None or name not in {*ALONG_AXES, *OF_MATRICES, "sum"}:
        elementwise = name in ELEMENTWISE
        problem = f"{name} acts along {'no' if elementwise else 'an'} axis"
        hint = f"write {name}{'' if elementwise else '[k]'}({example})"
        return Diagnostic("PEN202", problem, node.access.span, hint=hint)
    else:
        fewest, most = 1, 2 if name == "softmax" else 1
    if name in OF_MATRICES and axes != 2:
        return wrong_count(f"{name} names # legs", axes, 2, 2, node.access.span, None)
    if not fewest <= arguments <= most:
        return wrong_count(f"{name} has # arguments", arguments, fewest, most, node.span, None)
    return None


def wrong_count(what: str, given: int, fewest: int, most: int, span: Span, defined: Span | None) -> Diagnostic:
    """Return the diagnostic for a wrong number of arguments or axes."""
    wanted = str(fewest) if fewest == most else f"{fewest} to {most}"
    notes = (Note(defined, "defined here"),) if defined else ()
    message = f"{what}, not {given}"
    if wanted == "1":
        message = message.replace("# arguments", "# argument").replace("# axes", "# axis")
    return Diagnostic("PEN202", message.replace("#", wanted), span, "", notes, f"give {wanted}")
