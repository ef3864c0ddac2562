"""Functions by name."""

FUNCTIONS = frozenset(
    {
        *("abs", "cos", "erf", "exp", "gelu", "log", "max", "min", "recip", "relu", "sigmoid", "sign", "sin", "sqrt"),
        *("step", "tanh", "layernorm", "logsoftmax", "logsumexp", "mean", "norm", "softmax", "sum", "prod"),
        *("det", "inv", "logdet", "pinv", "cp", "qr", "svd", "tucker"),
        *("diff", "expand", "freeze", "hole", "inline", "simplify", "steps"),
    }
)
