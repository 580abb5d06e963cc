"""The counter-based generator: known answers, both routes to a product, laws, independence."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from jax.experimental import pallas
from kernels_support import MODES, lowers_for_cuda
from scipy import special, stats

from gnnconv_lib.kernels import generator, implementation

MASK = 0xFFFFFFFF
LIMIT = 4.5  # z-scores; seeds are fixed, so that a pass is a pass

# Known answers published with Random123, for philox4x32 with 10 rounds: counter, key, words.
KNOWN = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000",
     "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff",
     "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0",
     "d16cfe09 94fdcceb 5001e420 24126ea1"),
]  # fmt: skip


def hexadecimal(text):
    return [int(word, 16) for word in text.split()]


def in_integers(counter, key):
    """Philox4x32-10 once more, on Python integers."""
    a, b, c, d = counter
    for step in range(10):
        left = (key[0] + step * 0x9E3779B9) & MASK
        right = (key[1] + step * 0xBB67AE85) & MASK
        first, third = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (third >> 32) ^ b ^ left, third & MASK, (first >> 32) ^ d ^ right, first & MASK
    return [a, b, c, d]


def words_of(samples, groups, seed, stream=0):
    """Words (4, groups, samples), counters as in `mc_population`."""
    sample = jnp.arange(samples, dtype=jnp.uint32)[None]
    group = jnp.arange(groups, dtype=jnp.uint32)[:, None]
    sample, group = jnp.broadcast_arrays(sample, group)
    counter = sample, jnp.zeros_like(sample), group, jnp.full_like(sample, stream)
    return np.stack(jax.jit(generator.philox)(counter, generator.key_words(seed)))


@pytest.fixture(scope="module")
def normals():
    words = words_of(2**13, 16, seed=11)
    return {d: np.stack(generator.normals(jnp.asarray(words), d)) for d in ("float32", "float64")}


class TestWords:
    @pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
    def test_known_answers(self, counter, key, answer):
        arrays = [jnp.uint32(word) for word in hexadecimal(counter)]
        got = generator.philox(tuple(arrays), tuple(jnp.uint32(w) for w in hexadecimal(key)))
        assert [int(word) for word in got] == hexadecimal(answer)
        assert in_integers(hexadecimal(counter), hexadecimal(key)) == hexadecimal(answer)

    def test_random_counters_against_integers(self):
        draws = np.random.default_rng(3).integers(0, 2**32, size=(50, 6), dtype=np.uint32)
        counter, key = draws[:, :4].T, draws[:, 4:].T
        got = np.stack(
            generator.philox(tuple(map(jnp.asarray, counter)), tuple(map(jnp.asarray, key)))
        )
        expected = [in_integers(row[:4], row[4:]) for row in draws.tolist()]
        np.testing.assert_array_equal(got.T, expected)

    def test_products_without_64_bit_types_are_the_same(self, monkeypatch):
        draws = np.random.default_rng(4).integers(0, 2**32, size=2000, dtype=np.uint32)
        edges = np.array([0, 1, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, MASK], dtype=np.uint32)
        values = jnp.asarray(np.concatenate([draws, edges]))
        for factor in generator.MULTIPLIERS:
            wide = generator._product(values, factor)
            with monkeypatch.context() as patch:
                patch.setattr(jax.config, "read", lambda name: False)
                narrow = generator._product(values, factor)
            exact = [int(v) * factor for v in np.asarray(values)]
            for high, low in (wide, narrow):
                np.testing.assert_array_equal(high, [product >> 32 for product in exact])
                np.testing.assert_array_equal(low, [product & MASK for product in exact])

    def test_words_in_pairs_are_the_words(self):
        draws = np.random.default_rng(6).integers(0, 2**32, size=(6, 500), dtype=np.uint32)
        draws[:, :2] = 0, MASK
        counter, key = tuple(map(jnp.asarray, draws[:4])), tuple(map(jnp.asarray, draws[4:]))
        pairs = generator.philox_in_pairs(counter, key)
        np.testing.assert_array_equal(
            np.stack(generator.words_of_pairs(pairs)), np.stack(generator.philox(counter, key))
        )

    @pytest.mark.parametrize("seed", [0, 5, 2**32 - 1, 2**32, 2**63 - 1])
    def test_a_seed_is_its_two_words(self, seed):
        low, high = generator.key_words(seed)
        assert int(low) + 2**32 * int(high) == seed

    def test_every_bit_is_fair_and_bits_are_uncorrelated(self):
        words = words_of(2**12, 8, seed=7).ravel()
        bits = (words[:, None] >> np.arange(32, dtype=np.uint32)) & np.uint32(1)
        signs = 2.0 * bits - 1
        assert np.abs(signs.mean(axis=0) * np.sqrt(len(words))).max() < LIMIT
        products = (signs.T @ signs / np.sqrt(len(words)))[~np.eye(32, dtype=bool)]
        assert np.abs(products).max() < LIMIT

    def test_bytes_are_uniform(self):
        counts = np.bincount(words_of(2**14, 8, seed=8).ravel().view(np.uint8), minlength=256)
        statistic = ((counts - counts.mean()) ** 2).sum() / counts.mean()
        assert 1e-4 < stats.chi2.sf(statistic, 255) < 1 - 1e-4


class TestNormals:
    def test_the_logarithm_is_right_to_a_unit_in_the_last_place(self, monkeypatch):
        """At both ends of (0, 1), next to the borders of the mantissa, and at random places."""
        ends = np.arange(2000)
        border = int(np.sqrt(0.5) * 2**31) + np.arange(-1000, 1000)
        inside = np.random.default_rng(2).integers(0, 2**31, 4000)
        k = np.concatenate([ends, 2**31 - 1 - ends, border, border // 2, border // 1024, inside])
        u = (k + 0.5) * 2.0**-31
        monkeypatch.setattr(mpmath.mp, "prec", 120)
        exact = [mpmath.log(mpmath.mpf(value)) for value in u]
        unit = np.spacing(np.abs(np.array(exact, dtype=np.float64)))
        error = lambda found: np.array(  # noqa: E731
            [float(a - mpmath.mpf(b)) for a, b in zip(exact, np.asarray(found), strict=True)]
        )
        assert np.max(np.abs(error(generator._log(jnp.asarray(u)))) / unit) < 1.0
        planted = generator._log(jnp.asarray(u) * (1 + 2.0**-50))
        assert np.max(np.abs(error(planted)) / unit) > 1.0

    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    @pytest.mark.parametrize("power", [1, 2, 3, 4, 6, 8])
    def test_moments(self, normals, dtype, power):
        draws = normals[dtype].astype(np.float64).ravel()
        moment = lambda k: special.factorial2(k - 1) if k % 2 == 0 else 0.0  # noqa: E731
        error = np.sqrt((moment(2 * power) - moment(power) ** 2) / len(draws))
        assert abs((draws**power).mean() - moment(power)) < LIMIT * error

    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    @pytest.mark.parametrize("level", [0.1, 1.0, 2.0, 3.0, 4.0, 4.5])
    def test_both_tails(self, normals, dtype, level):
        draws = normals[dtype].ravel()
        share = stats.norm.sf(level)
        error = np.sqrt(share * (1 - share) / len(draws))
        for tail in (draws > level, draws < -level):
            assert abs(tail.mean() - share) < LIMIT * error

    def test_law_by_kolmogorov_and_smirnov(self, normals):
        assert stats.kstest(normals["float64"].ravel(), "norm").pvalue > 1e-3

    def test_radius_and_direction_are_independent(self, normals):
        first, second = normals["float64"][0].ravel(), normals["float64"][1].ravel()
        squares, angle = first**2 + second**2, np.arctan2(second, first)
        assert stats.kstest(squares, "chi2", args=(2,)).pvalue > 1e-3
        assert stats.kstest(angle, "uniform", args=(-np.pi, 2 * np.pi)).pvalue > 1e-3
        for wave in (1, 2, 3, 4):
            assert abs(np.corrcoef(squares, np.cos(wave * angle))[0, 1]) < LIMIT / np.sqrt(
                len(angle)
            )

    def test_neighbouring_counters_and_streams_are_uncorrelated(self, normals):
        draws = normals["float64"]
        others = [np.stack(generator.normals(jnp.asarray(words), "float64")) for words in (
            words_of(2**13, 16, seed=12), words_of(2**13, 16, seed=11, stream=1),
            words_of(2**13, 16, seed=11 + 2**32),
        )]  # fmt: skip
        pairs = [(draws, other) for other in others]
        pairs += [(draws[:, :, :-lag], draws[:, :, lag:]) for lag in (1, 2, 128, 1024)]
        pairs += [(draws[:, :-lag], draws[:, lag:]) for lag in (1, 2, 8)]
        pairs += [(draws[i], draws[j]) for i in range(4) for j in range(i)]
        for one, two in pairs:
            for power in (1, 2):
                a, b = one.ravel() ** power, two.ravel() ** power
                assert abs(np.corrcoef(a, b)[0, 1]) < LIMIT / np.sqrt(a.size)

    def test_float32_draws_are_the_float64_draws_rounded(self, normals):
        gap = np.abs(normals["float32"].astype(np.float64) - normals["float64"])
        # near u = 1 the radius is a difference of two numbers near 1
        assert gap.max() < 3e-4
        assert np.median(gap) < 6e-8
        usual = np.abs(normals["float64"]) > 0.1
        assert (gap / np.abs(normals["float64"]))[usual].max() < 1e-5

    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    def test_extreme_words_are_finite(self, dtype):
        words = jnp.array([0, 1, 2**30 - 1, 2**30, 2**31 - 1, 2**31, MASK], dtype=jnp.uint32)
        near, turn = (jnp.ravel(grid) for grid in jnp.meshgrid(words, words))
        draws = np.stack(generator.box_muller(near, turn, dtype))
        assert draws.dtype == dtype
        assert np.isfinite(draws).all()
        assert np.abs(draws).max() < 6.67
        distance = np.hypot(*draws)
        tolerance = 4 * np.finfo(dtype).eps
        np.testing.assert_allclose(distance, generator.radius(near, dtype), rtol=tolerance)

    def test_sine_and_cosine_against_libm(self):
        turn = jnp.asarray(words_of(2**12, 1, seed=3)[0].ravel())
        for dtype, tolerance in (("float64", 4e-16), ("float32", 1.5e-7)):
            across, along = generator.rotate(jnp.ones(turn.shape, dtype), turn)
            steps = np.asarray(turn << 2).view(np.int32).astype(np.float64)
            angle = (steps + 2) * (np.pi / 4 / 2**31)
            low = np.where(np.asarray(turn) & (1 << 31), across, along)
            high = np.where(np.asarray(turn) & (1 << 31), along, across)
            np.testing.assert_allclose(low, np.sin(angle), atol=tolerance)
            np.testing.assert_allclose(np.abs(high), np.cos(angle), atol=tolerance)

    def test_bias_of_the_variance_is_the_stated_one(self):
        """E R^2 / 2 over the 2^31 values of u is 1 - 2^-32 log 2, to first order."""
        with mpmath.workdps(40):
            count = mpmath.mpf(2) ** 31
            total = mpmath.loggamma(count + 0.5) - mpmath.loggamma(mpmath.mpf(1) / 2)
            bias = 1 - (mpmath.log(count) - total / count)
        assert float(bias) == pytest.approx(2.0**-32 * np.log(2), rel=1e-6)


def kernel(samples, groups, dtype, interpret):
    """The generator inside a Pallas kernel: words and normals of all counters."""

    def body(key, words, draws):
        start = pallas.program_id(0).astype(jnp.uint32) * np.uint32(128)
        sample = start + jax.lax.broadcasted_iota(jnp.uint32, (128,), 0)
        for group in range(groups):
            counter = sample, sample * 0, sample * 0 + np.uint32(group), sample * 0
            bits = generator.philox(counter, (key[0], key[1]))
            for lane, (word, draw) in enumerate(
                zip(bits, generator.normals(bits, dtype), strict=True)
            ):
                words[lane, group, :] = word
                draws[lane, group, :] = draw

    shape = (4, groups, samples)
    block = pallas.BlockSpec((4, groups, 128), lambda i: (0, 0, i))
    return pallas.pallas_call(
        body,
        out_shape=(jax.ShapeDtypeStruct(shape, jnp.uint32), jax.ShapeDtypeStruct(shape, dtype)),
        grid=(samples // 128,),
        in_specs=[pallas.BlockSpec((2,), lambda i: (0,))],
        out_specs=(block, block),
        interpret=interpret,
        compiler_params=implementation.compiler_parameters(),
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
class TestInsideAKernel:
    @pytest.mark.parametrize("interpret", MODES)
    def test_words_agree_bit_for_bit_and_normals_to_rounding(self, interpret, dtype):
        key = jnp.asarray(generator.key_words(2**40 + 9))
        words, draws = kernel(512, 4, dtype, interpret)(key)
        expected = words_of(512, 4, seed=2**40 + 9)
        np.testing.assert_array_equal(words, expected)
        reference = np.stack(generator.normals(jnp.asarray(expected), dtype))
        np.testing.assert_allclose(draws, reference, rtol=0, atol=16 * np.finfo(dtype).eps)

    def test_lowers_for_cuda(self, dtype):
        assert lowers_for_cuda(kernel(512, 4, dtype, False), jnp.zeros(2, jnp.uint32)) == 1
