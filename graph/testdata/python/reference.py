"""What the models of the tests compute, in numpy: a function for each, from its
inputs to its outputs."""
import numpy as np


def vary(*shape):
    """The constants of the tests."""
    return (np.arange(int(np.prod(shape))) % 7 / 8).astype(np.float32).reshape(shape)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x, axis):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def binary(x, y):
    out = []
    for f in (np.add, np.subtract, np.multiply, np.divide, np.power, np.maximum, np.minimum, lambda a, b: (a - b) ** 2, np.fmod, np.mod):
        out += [f(x, y), f(x, np.float32(2))]
    return out


def comparison(x, y):
    p, q = x < y, x == y
    ordered = [x == y, x != y, x > y, x >= y, x < y, x <= y]
    return ordered + [p & q, p | q, p ^ q, ~p, np.where(p, x, y), x]


def unary(x):
    from math import erf as one_erf

    erf = np.vectorize(one_erf)
    softplus = np.log1p(np.exp(x))
    hard = np.clip(x + 3, 0, 6) / 6
    gelu_tanh = 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    return [
        np.maximum(x, 0), sigmoid(x), np.tanh(x), np.exp(x), np.log(x), np.sqrt(x), np.abs(x), -x, np.sign(x), np.floor(x), np.ceil(x), np.rint(x), np.sin(x),
        np.cos(x), erf(x), softplus, x * np.tanh(softplus), x * hard, hard, x * sigmoid(x), x * sigmoid(2 * x), x * 0.5 * (1 + erf(x / np.sqrt(2))), gelu_tanh,
        np.where(x > 0, x, 0.5 * (np.exp(x) - 1)), np.clip(x, -1.5, 1e30), np.where(x > 0, x, x * vary(5)), np.clip(0.2 * x + 0.5, 0, 1),
        np.rint((np.clip(x, -1, 1) + 1) / 2 * 255) / 255 * 2 - 1,
    ]


def matmul(x, y, v, w):
    return [x @ y, x @ w.T, x @ v, v @ y, np.array(v @ v), (y.T @ x.swapaxes(1, 2)), x @ x.swapaxes(1, 2), x @ vary(2, 4, 6)]


def windows(x, size, strides, dilations, begin, end, value=0.0):
    """The windows of the last two dimensions, as [..., rows, columns, height, width]."""
    x = np.pad(x, [(0, 0)] * (x.ndim - 2) + list(zip(begin, end)), constant_values=value)
    reach = [d * (k - 1) + 1 for d, k in zip(dilations, size)]
    view = np.lib.stride_tricks.sliding_window_view(x, reach, (-2, -1))
    return view[..., :: strides[0], :: strides[1], :: dilations[0], :: dilations[1]]


def convolve(x, f, strides=(1, 1), dilations=(1, 1), begin=(0, 0), end=(0, 0)):
    return np.einsum("bihwkl,oikl->bohw", windows(x, f.shape[2:], strides, dilations, begin, end), f)


def convolution(x):
    f = vary(6, 4, 3, 3)
    return [
        convolve(x, f), convolve(x, f, (2, 2), (1, 1), (1, 1), (1, 1)), convolve(x, f, (2, 2), (1, 1), (1, 0), (1, 1)), convolve(x, f, (1, 1), (2, 3)),
        convolve(x, f, (3, 1), (1, 1), (1, 0), (2, 3)),
    ]


def groups(x):
    def grouped(f, **more):
        parts = np.split(x, f.shape[0], 1)
        return np.concatenate([convolve(p, g, **more) for p, g in zip(parts, f)], 1)

    return [grouped(vary(4, 1, 1, 3, 3), begin=(1, 1), end=(1, 1)), grouped(vary(2, 3, 2, 3, 3), strides=(2, 2))]


def backward_of(x, f, strides, pad, more=(0, 0)):
    rows, columns = x.shape[2:]
    out = np.zeros((x.shape[0], f.shape[1], strides * (rows - 1) + f.shape[2] + more[0], strides * (columns - 1) + f.shape[3] + more[1]))
    for i in range(rows):
        for j in range(columns):
            out[:, :, i * strides : i * strides + f.shape[2], j * strides : j * strides + f.shape[3]] += np.einsum("bi,iokl->bokl", x[:, :, i, j], f)
    return out[:, :, pad : out.shape[2] - pad, pad : out.shape[3] - pad] if pad else out


def backward(x):
    f = vary(4, 3, 3, 3)

    def grouped(f, *rest):
        return np.concatenate([backward_of(p, g, *rest) for p, g in zip(np.split(x, f.shape[0], 1), f)], 1)

    return [
        backward_of(x, f, 1, 0), backward_of(x, f, 2, 1), backward_of(x, f, 2, 1, (1, 0)), backward_of(x, f, 2, 1, (1, 0))[:, :, :10], grouped(vary(4, 1, 1, 3, 3), 2, 1, (1, 0)),
        grouped(vary(2, 2, 3, 2, 2), 2, 0),
    ]


def attention(q, k, v, m):
    def of(scale, mask):
        return softmax(q @ k.swapaxes(-1, -2) * scale + mask, -1) @ v

    causal = np.where(np.tril(np.ones((3, 5))) > 0, 0, -1e30)
    return [of(8**-0.5, 0), of(0.5, causal), of(8**-0.5, m)]


def patches(x):
    def lay(size, strides, rates, begin=(0, 0), end=(0, 0)):
        w = windows(x, size, strides, rates, begin, end)
        return w.transpose(0, 4, 5, 1, 2, 3).reshape(x.shape[0], -1, *w.shape[2:4])

    return [lay((3, 3), (1, 1), (1, 1)), lay((3, 2), (2, 2), (2, 1)), lay((3, 3), (2, 2), (1, 1), (1, 0), (1, 1))]


def split(x):
    return [*np.split(x, 3, 0), *np.split(x, 2, 1), x[:1], x[1:4], x[4:], x[:, :1], x[:, 1:]]


def broadcast(x):
    wide = np.broadcast_to
    return [wide(x, (2, 3, 4)), wide(x, (3, 4)), wide(x, (2, 3, 1)), np.ones((3, 1), np.float32), np.tile(x, (2, 3)), np.tile(x, (1, 3)), np.tile(x, (2, 1, 1))]


def pad(x):
    return [np.pad(x, ((1, 0), (0, 2))), x[1:, :3], np.pad(x, ((1, 1), (2, 2)), "reflect")]


def blocks(x, n):
    b, c, h, w = x.shape
    first = x.reshape(b, 2, 2, c // 4, h, w).transpose(0, 3, 4, 1, 5, 2).reshape(b, c // 4, h * 2, w * 2)
    depth = x.reshape(b, c // 4, 2, 2, h, w).transpose(0, 1, 4, 2, 5, 3).reshape(b, c // 4, h * 2, w * 2)
    space = x.reshape(b, c, h // 2, 2, w // 2, 2)
    turned = x.copy()
    turned[0, :, : n[0]] = x[0, :, : n[0]][:, ::-1]
    return [first, depth, space.transpose(0, 3, 5, 1, 2, 4).reshape(b, c * 4, h // 2, w // 2), space.transpose(0, 1, 3, 5, 2, 4).reshape(b, c * 4, h // 2, w // 2), turned]


def slices(x):
    return [x[:, 2:8:2], x[1:-1, -3:], x[::-1], x[:, 8:1:-3], x[0:100:3], x[:, 3:4]]


def strided(x):
    return [x[1:5:2, 2:9:3], x[:5, 2:], x[2], x[None], x[..., 1:2], x[-1:-6:-2]]


def gather(x, at, e, n, m):
    each = np.stack([x[i, at[i]] for i in range(4)])
    batch = np.stack([x[i][m[i, :, 0]] for i in range(4)])
    return [x[:, at], x[2], x[:, :, at], each, np.take_along_axis(x, e, 1), x[n[:, 0], n[:, 1]], batch]


def scatter(x, at, v, e, w, n, u):
    update, elements, parts = x.copy(), x.copy(), x.copy()
    update[at] = v
    np.add.at(elements, (e, np.broadcast_to(np.arange(5), e.shape)), w)
    np.add.at(parts, n[:, 0], u)
    hot = np.eye(9, dtype=np.float32)[at]
    return [update, elements, parts, hot, hot.T]


def reduce(x):
    out = []
    for f in (np.sum, np.mean, np.max, np.min):
        out += [f(x, 1, keepdims=True), f(x, (0, 2)), f(x)]
    p = x > 0
    return out + [x.prod(2), np.abs(x).sum(2), np.sqrt((x**2).sum(2)), p.all(1, keepdims=True), p.any(1)]


def topk(x):
    row = np.argsort(-x, 1)[:, :4]
    column = np.argsort(-x, 0)[:2]
    return [np.take_along_axis(x, row, 1), row, np.take_along_axis(x, column, 0), column, np.cumsum(x, 1) - x]


def norms(x):
    c = vary(3)[:, None]
    return [
        softmax(x, -1), np.log(softmax(x, 1)), (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5),
        x / np.sqrt((x**2).sum(1, keepdims=True)), c * (x - c) / np.sqrt(c + 1e-3) + c,
    ]


def gru_step(x, h, w, r, b, a=None):
    n = h.shape[-1]
    z = sigmoid(x @ w[:n].T + h @ r[:n].T + b[:n])
    reset = sigmoid(x @ w[n : 2 * n].T + h @ r[n : 2 * n].T + b[n : 2 * n])
    new = np.tanh(x @ w[2 * n :].T + (reset * h) @ r[2 * n :].T + b[2 * n :])
    if a is not None:
        z = z * (1 - a)
    return z * h + (1 - z) * new


def gru(x, h, a):
    w = vary(12, 3), vary(12, 4), vary(12)
    return [gru_step(x, h, *w), gru_step(x, h, *w, a)]


def grusequence(x, h, a):
    w = vary(12, 3), vary(12, 4), vary(12)
    out = []
    for attention in (None, a):
        state, every = h[:, 0], []
        for t in range(x.shape[1]):
            state = gru_step(x[:, t], state, *w, None if attention is None else attention[:, t])
            every.append(state)
        out += [np.stack(every, 1)[:, None], state[:, None]]
    return out


def iterator(x, h, *scales):
    out = []
    for order, scale in zip((1, -1), scales):
        state, every = h, []
        for t in range(x.shape[1])[::order]:
            state = np.tanh(x[:, t] + state * scale)
            every.append(state)
        out += [state, np.stack(every[::order], 1), np.concatenate([np.concatenate([s, s]) for s in every])]
    return out


def loop(x):
    every = [x + n * (n + 1) / 2 for n in range(5)]
    return [every[-1], np.concatenate(every)]


def growing_while(x):
    y = x * 2
    while y.sum() < 100:
        y = y * 2
    return [y]


def choice(x, c):
    return [x + x, x] if c else [x, np.concatenate([x, x])]


REFERENCES = {
    "binary": binary, "comparison": comparison, "unary": unary, "matmul": matmul, "convolution": convolution, "groups": groups, "backward": backward, "attention": attention,
    "patches": patches, "split": split, "broadcast": broadcast, "pad": pad, "blocks": blocks, "slice": slices, "strided": strided, "gather": gather, "scatter": scatter,
    "reduce": reduce, "topk": topk, "norms": norms, "gru": gru, "grusequence": grusequence, "iterator": iterator, "loop": loop, "while": growing_while, "if": choice,
}


def sample(port, limit, random):
    """A value for an input: numbers that logarithms and roots take, or places."""
    shape, kind = list(port.shape), port.get_element_type().to_dtype()
    if kind == np.bool_:
        return np.array(True).reshape(shape)
    if np.issubdtype(kind, np.integer):
        return random.permutation(max(limit, int(np.prod(shape))))[: int(np.prod(shape))].reshape(shape).astype(kind) % limit
    return random.uniform(0.1, 2, shape).astype(kind)


def difference(got, want):
    """The largest difference of two tensors, relative where they are large."""
    want = np.asarray(want)
    if got.shape != want.shape:
        raise ValueError(f"shapes {got.shape} and {want.shape}")
    got, want = got.astype(np.float64), want.astype(np.float64)
    return float(np.max(np.abs(got - want) / np.maximum(1, np.abs(want)))) if got.size else 0.0
