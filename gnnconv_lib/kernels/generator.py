"""A counter-based generator, written once for plain XLA and for the body of a Pallas kernel.

Philox4x32-10 maps a counter of four 32-bit words and a key of two to four random words; it keeps
no state. Here the key is the seed, and the counter is (sample low, sample high, group, stream):
what a sample holds depends on its number only, not on blocks, devices or implementations.

1. The words are integers: they agree bit for bit on every platform and in every implementation.
2. Normals come from the words by the Box-Muller transform. Its cosine and sine are Taylor
   polynomials on [-pi/4, pi/4] (the quarter turn is chosen by two bits), its square root is
   correctly rounded on a CPU, its logarithm is a polynomial in float64 (XLA would call a scalar
   function on a CPU) and the platform's in float32. So normals agree to a few units in the last
   place, not always bit for bit.
3. One word of 32 bits makes one normal, in float32 and in float64: the float32 draws are the
   float64 draws, rounded. The radius uses 31 bits. |z| < 6.66, and the variance is
   1 - 2^-32 log 2: a bias of 1.6e-10, below the standard error of any run one can afford.

Reference: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, Parallel random numbers: as easy as
1, 2, 3 (SC 2011). Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

__all__ = [
    "box_muller",
    "key_words",
    "normals",
    "philox",
    "philox_in_pairs",
    "radius",
    "rotate",
    "words_of_pairs",
]

ROUNDS = 10
MULTIPLIERS = 0xD2511F53, 0xCD9E8D57
KEY_STEPS = 0x9E3779B9, 0xBB67AE85  # the golden ratio and sqrt(3) - 1, times 2^32

# log(1 + f) = f - f^2/2 + s (f^2/2 + z P(z)), s = f/(2 + f), z = s^2 (fdlibm, Sun Microsystems)
LOG_TERMS = (
    0.6666666666666735, 0.3999999999940942, 0.2857142874366239, 0.22222198432149784,
    0.1818357216161805, 0.15313837699209373, 0.14798198605116586,
)  # fmt: skip
LOG_2 = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # 32 bits, and the rest
ROOT_HALF = 0x3FE6A09E667F3BCD  # sqrt(1/2) in bits

Words = tuple[jax.Array, jax.Array, jax.Array, jax.Array]
Pairs = tuple[jax.Array, jax.Array]


def philox(counter: tuple[Any, Any, Any, Any], key: tuple[Any, Any]) -> Words:
    """Four random words of 32 bits for each counter, by ten rounds of Philox4x32.

    Args:
        counter: four uint32 arrays of one shape.
        key: two uint32 scalars or arrays.

    Returns:
        Four uint32 arrays.

    >>> zero = jnp.uint32(0)
    >>> [f"{int(word):08x}" for word in philox((zero,) * 4, (zero,) * 2)]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    first, second, third, fourth = counter
    left, right = key
    for _ in range(ROUNDS):
        high_first, low_first = _product(first, MULTIPLIERS[0])
        high_third, low_third = _product(third, MULTIPLIERS[1])
        first, second, third, fourth = (
            high_third ^ second ^ left,
            low_third,
            high_first ^ fourth ^ right,
            low_first,
        )
        left = jnp.add(left, np.uint32(KEY_STEPS[0]))  # modulo 2^32, also for NumPy scalars
        right = jnp.add(right, np.uint32(KEY_STEPS[1]))
    return first, second, third, fourth


def philox_in_pairs(counter: tuple[Any, Any, Any, Any], key: tuple[Any, Any]) -> Pairs:
    """The words of `philox` as two uint64 arrays: first and second, third and fourth, low one first.

    For a CPU. XLA makes one loop per array that it stores and draws anew in each of them: two arrays
    take half the time of four. Words stand in lanes of 64 bits, as the products need them; what is
    above the lower 32 does not matter until the end.

    >>> zero = jnp.uint32(0)
    >>> [f"{int(pair):016x}" for pair in philox_in_pairs((zero,) * 4, (zero,) * 2)]
    ['e169c58d6627e8d5', '9b00dbd8bc57ac4c']
    """
    lower, half = np.uint64(0xFFFFFFFF), np.uint64(32)
    first, second, third, fourth = (jnp.asarray(word).astype(jnp.uint64) for word in counter)
    left, right = (jnp.asarray(word) for word in key)
    for _ in range(ROUNDS):
        one = (first & lower) * np.uint64(MULTIPLIERS[0])
        other = (third & lower) * np.uint64(MULTIPLIERS[1])
        first = lax.shift_right_logical(other, half) ^ second ^ left.astype(jnp.uint64)
        third = lax.shift_right_logical(one, half) ^ fourth ^ right.astype(jnp.uint64)
        second, fourth = other, one
        left = left + np.uint32(KEY_STEPS[0])
        right = right + np.uint32(KEY_STEPS[1])
    return (
        (first & lower) | lax.shift_left(second, half),
        (third & lower) | lax.shift_left(fourth, half),
    )


def words_of_pairs(pairs: Pairs) -> Words:
    """The four words of `philox` from those of `philox_in_pairs`."""
    one, other = ((pair, lax.shift_right_logical(pair, np.uint64(32))) for pair in pairs)
    first, second, third, fourth = (word.astype(jnp.uint32) for word in (*one, *other))
    return first, second, third, fourth


def key_words(seed: int) -> tuple[np.uint32, np.uint32]:
    """A seed below 2^64 as two words, the low one first.

    >>> [int(word) for word in key_words(2**32 + 5)]
    [5, 1]
    """
    return np.uint32(seed & 0xFFFFFFFF), np.uint32(seed >> 32)


def normals(words: Words, dtype: Any) -> tuple[jax.Array, jax.Array, jax.Array, jax.Array]:
    """Four standard normal arrays from four words: two Box-Muller pairs.

    >>> word = jnp.uint32(2**31)
    >>> [round(float(z), 6) for z in normals((word,) * 4, "float64")]
    [0.0, 1.17741, 0.0, 1.17741]
    """
    return (*box_muller(words[0], words[1], dtype), *box_muller(words[2], words[3], dtype))


def box_muller(distance: Any, turn: Any, dtype: Any) -> tuple[jax.Array, jax.Array]:
    """Two independent standard normals from two words: R cos(t) and R sin(t)."""
    return rotate(radius(distance, dtype), turn)


def radius(word: Any, dtype: Any) -> jax.Array:
    """R = sqrt(-2 log u), u = (k + 1/2) / 2^31, where k are the upper 31 bits of the word.

    >>> round(float(radius(jnp.uint32(2**31), "float64")) ** 2 / 2, 6)  # u = 1/2
    0.693147
    """
    dtype = jnp.dtype(dtype).type
    upper = lax.shift_right_logical(word, np.uint32(1)).astype(jnp.int32).astype(dtype)
    logarithm = _log if dtype == np.float64 else jnp.log
    return jnp.sqrt(dtype(-2) * logarithm((upper + dtype(0.5)) * dtype(2.0**-31)))


def rotate(distance: jax.Array, turn: Any) -> tuple[jax.Array, jax.Array]:
    """The point at this distance, on the circle, in the direction given by the word `turn`.

    The lower 30 bits are an angle in (-pi/4, pi/4); bit 30 turns the sign of the first
    coordinate; bit 31 exchanges the coordinates.
    """
    dtype = distance.dtype.type
    steps = lax.bitcast_convert_type(lax.shift_left(turn, np.uint32(2)), jnp.int32).astype(dtype)
    angle = (steps + dtype(2)) * dtype(math.pi / 4 * 2.0**-31)
    square = angle * angle
    terms = 8 if distance.dtype == jnp.float64 else 5
    cosine = _horner([(-1) ** k / math.factorial(2 * k) for k in range(terms + 1)], square)
    sine = angle * _horner([(-1) ** k / math.factorial(2 * k + 1) for k in range(terms)], square)
    across, along = distance * cosine, distance * sine
    across = jnp.where((turn & np.uint32(1 << 30)) == 0, across, -across)
    keep = (turn & np.uint32(1 << 31)) == 0
    return jnp.where(keep, across, along), jnp.where(keep, along, across)


def _log(x: jax.Array) -> jax.Array:
    """log x of positive normal numbers in float64, to within one unit in the last place.

    x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)); the exponent is read off the bits.
    """
    bits, digits = lax.bitcast_convert_type(x, jnp.int64), np.int64(52)
    exponent = lax.shift_right_arithmetic(bits - np.int64(ROOT_HALF), digits)
    f = lax.bitcast_convert_type(bits - lax.shift_left(exponent, digits), jnp.float64) - 1.0
    k, s, half = exponent.astype(jnp.float64), f / (f + 2.0), 0.5 * f * f
    z = s * s
    tail = s * (half + z * _horner(list(LOG_TERMS), z)) + k * LOG_2[1]
    return k * LOG_2[0] - ((half - tail) - f)


def _horner(coefficients: list[float], x: jax.Array) -> jax.Array:
    dtype = x.dtype.type
    value = jnp.full_like(x, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        value = value * x + dtype(coefficient)
    return value


def _product(word: Any, factor: int) -> tuple[jax.Array, jax.Array]:
    """The high and low words of the 64-bit product; without 64-bit types from 16-bit halves."""
    if jax.config.read("jax_enable_x64"):
        product = word.astype(jnp.uint64) * np.uint64(factor)
        high = lax.shift_right_logical(product, np.uint64(32))
        return high.astype(jnp.uint32), product.astype(jnp.uint32)
    half, mask = np.uint32(16), np.uint32(0xFFFF)
    low_factor, high_factor = np.uint32(factor & 0xFFFF), np.uint32(factor >> 16)
    low, high = word & mask, lax.shift_right_logical(word, half)
    crossed = low * high_factor
    middle = lax.shift_right_logical(low * low_factor, half) + (crossed & mask) + high * low_factor
    above = lax.shift_right_logical(crossed, half) + lax.shift_right_logical(middle, half)
    return high * high_factor + above, word * np.uint32(factor)
