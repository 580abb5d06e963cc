"""The emulator of GPU programs: what it computes, what it must refuse, and the tests run by it."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from kernels_support import needs_compilers, run_with_compilers
from ptx_emulator import arithmetic, machine as machines
from ptx_emulator.launch import launch
from ptx_emulator.program import Fault
from ptx_emulator.rounding import fused, single

ROOT = Path(__file__).resolve().parents[1]

HEAD = """
.visible .entry k(.param .u64 k_0, .param .u64 k_1)
.reqntid {threads}, 1, 1
{{
  .reg .pred %p<9>;
  .reg .b32 %r<40>;
  .reg .b64 %rd<20>;
  .shared .align 16 .b8 room[1024];
  ld.param.b64 %rd1, [k_0];
  ld.param.b64 %rd2, [k_1];
  mov.u32 %r1, %tid.x;
  mov.u32 %r2, %ctaid.x;
  mad.lo.s32 %r3, %r2, {threads}, %r1;
  mul.wide.u32 %rd3, %r3, 4;
  add.s64 %rd4, %rd1, %rd3;
  add.s64 %rd5, %rd2, %rd3;
  mul.wide.u32 %rd6, %r1, 4;
  mov.b64 %rd7, room;
  add.s64 %rd8, %rd7, %rd6;
{body}
  ret;
}}
"""


def run(body, source, threads=64, grid=2, **more):
    """The second array after a kernel of threads * grid numbers; its shape is that of the first."""
    text = HEAD.format(threads=threads, body=body)
    target = np.full(source.shape, 7, source.dtype)
    return launch(text, "k", grid, [source, target], **more).arrays[1]


def numbers(count=128, seed=0):
    return np.random.default_rng(seed).integers(0, 2**31, count).astype(np.uint32)


REVERSED = """
  ld.global.b32 %r4, [%rd4];
  st.shared.b32 [%rd8], %r4;
  {wait}
  sub.s32 %r5, 63, %r1;
  mul.wide.u32 %rd9, %r5, 4;
  add.s64 %rd10, %rd7, %rd9;
  ld.shared.b32 %r6, [%rd10];
  st.global.b32 [%rd5], %r6;
"""


class TestMachine:
    def test_threads_exchange_by_shared_memory_and_a_barrier(self):
        source = numbers()
        found = run(REVERSED.format(wait="bar.sync 0;"), source)
        np.testing.assert_array_equal(found, source.reshape(2, 64)[:, ::-1].ravel())

    @pytest.mark.parametrize("batches", [1, 2])
    def test_without_the_barrier_it_is_a_race(self, batches):
        with pytest.raises(Fault, match=r"a race in block [01]: "):
            run(REVERSED.format(wait=""), numbers(), batches=batches)

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            ("ld.global.b32 %r4, [%rd4+65536];", "outside of every array"),
            ("ld.global.b32 %r4, [%rd4+4];", "outside of every array"),  # the last thread
            ("st.global.b32 [%rd1+-4], %r1;", "outside of every array"),
            ("ld.shared.b32 %r4, [%rd8+1000];", "outside of"),
            ("ld.global.b32 %r4, [%rd4+2];", "no multiple of 4"),
            ("st.global.b32 [%rd2], %r1;", "two threads write two values"),
            ("setp.eq.s32 %p1, %r2, 0;\n@%p1 st.global.b32 [%rd2], 5;\n"
             "@!%p1 st.global.b32 [%rd2], 6;", "a race in block 1: written here, written"),
            ("st.global.b32 [%rd5], %r9;", "%r9 is read before it is written"),
            ("setp.lt.u32 %p1, %r1, 5;\n@%p1 bra $X;\nbar.sync 0;\n$X:", "part of a warp only"),
            ("setp.lt.u32 %p1, %r1, 32;\n@%p1 bra $X;\nbar.sync 0;\n$X:", "ended while others"),
            ("setp.lt.u32 %p1, %r1, 5;\n@%p1 bra $X;\nshfl.sync.bfly.b32 %r4, %r1, 1, 31, -1;\n$X:",
             "part of a warp only: shfl"),
            ("tex.1d.v4.f32.s32 %r4, %r5;", "not emulated"),
            ("mov.u32 %r4, %clusterid.x;", "not emulated"),
            ("$X:\nbra $X;", "no end after"),
        ],
    )  # fmt: skip
    def test_what_a_kernel_must_not_do(self, monkeypatch, body, words):
        monkeypatch.setattr(machines, "MOST_STEPS", 1000)
        with pytest.raises(Fault, match=words):
            run(body, numbers())

    def test_a_write_after_a_read_of_another_block_is_a_race(self):
        """No barrier lies between blocks: one reads what the other overwrites."""
        body = "ld.global.b32 %r4, [%rd1];\nst.global.b32 [%rd4], %r3;"
        with pytest.raises(Fault, match="race in block 0: written here, read"):
            run(body, numbers())

    def test_branches_meet_again(self):
        """Threads of one warp in loops of different lengths, then a shuffle of all."""
        body = """
          and.b32 %r4, %r1, 7;
          mov.b32 %r5, 0;
        $L:
          add.s32 %r5, %r5, %r4;
          sub.s32 %r4, %r4, 1;
          setp.gt.s32 %p1, %r4, 0;
          @%p1 bra $L;
          shfl.sync.bfly.b32 %r6, %r5, 1, 31, -1;
          st.global.b32 [%rd5], %r6;
        """
        first = np.arange(128) % 8
        sums = first * (first + 1) // 2
        np.testing.assert_array_equal(run(body, numbers()), sums[np.arange(128) ^ 1])

    def test_an_inner_join_that_stands_before_the_branch(self):
        """The blocks of the text are in another order than those of the program."""
        body = """
          mov.b32 %r4, 3;
          bra $TOP;
        $RARE:
          add.s32 %r5, %r5, 100;
        $JOIN:
          sub.s32 %r4, %r4, 1;
          setp.eq.s32 %p2, %r4, 0;
          @%p2 bra $OUT;
          bra $AGAIN;
        $OUT:
          bar.sync 0;
          st.global.b32 [%rd5], %r5;
          bra $END;
        $TOP:
          mov.b32 %r5, 0;
        $AGAIN:
          and.b32 %r6, %r1, 1;
          setp.eq.s32 %p1, %r6, 0;
          @%p1 bra $RARE;
          add.s32 %r5, %r5, 1;
          bra $JOIN;
        $END:
        """
        np.testing.assert_array_equal(run(body, numbers()), np.where(np.arange(128) % 2, 3, 300))

    def test_reductions_of_a_warp(self):
        found = run("redux.sync.max.s32 %r4, %r1, -1;\nst.global.b32 [%rd5], %r4;", numbers())
        np.testing.assert_array_equal(found, np.arange(128) % 64 // 32 * 32 + 31)

    def test_vectors_and_halves(self):
        body = """
          mul.wide.u32 %rd9, %r3, 8;
          add.s64 %rd10, %rd1, %rd9;
          add.s64 %rd11, %rd2, %rd9;
          ld.global.v2.b32 {%r4, %r5}, [%rd10];
          mov.b64 %rd12, {%r4, %r5};
          { .reg .b32 tmp; mov.b64 {tmp, %r6}, %rd12; }
          mov.b64 {%r7, _}, %rd12;
          st.global.v2.b32 [%rd11], {%r6, %r7};
        """
        source = numbers(256)
        found = run(body, source)
        np.testing.assert_array_equal(found, source.reshape(-1, 2)[:, ::-1].ravel())


def computed(operation, *values):
    """One instruction on arrays, without the machine."""
    words = tuple(operation.split("."))
    types, compute = arithmetic.recipe(words)
    with np.errstate(all="ignore"):
        return compute(*[np.array([v], arithmetic.TYPES[t]) for v, t in zip(values, types)])  # noqa: B905


class TestArithmetic:
    def test_products_and_sums_in_one_rounding(self):
        random = np.random.default_rng(1)
        a, b = random.normal(size=(2, 4000)) * np.exp2(random.integers(-60, 60, (2, 4000)))
        c = -a * b * (1 + random.integers(-2, 3, 4000) * 2.0**-52)
        c[::3] = random.normal(size=c[::3].size)
        a[:6], b[:6] = [1e300, 1e-300, 5e-324, 0.0, -0.0, 1e300], [1e8, 1e-10, 0.3, 5.0, 1.0, 1e300]
        c[:6] = [-1e308, 1e-310, 0.0, -0.0, 0.0, -np.inf]
        with np.errstate(all="ignore"):
            found = fused(a, b, c)
        for x, y, z, value in zip(a, b, c, found, strict=True):
            if np.isinf(z):
                assert value == z
            else:
                assert value == float(Fraction(x) * Fraction(y) + Fraction(z))

    def test_single_precision_in_every_mode(self):
        random = np.random.default_rng(2)
        a, b, c = random.normal(size=(3, 2000)).astype(np.float32).astype(float)
        c *= np.exp2(random.integers(-40, 10, 2000))
        c = c.astype(np.float32).astype(float)
        down, up, cut, near = (single(a * b, c, mode) for mode in ("rm", "rp", "rz", "rn"))
        for k in range(2000):
            exact = Fraction(a[k]) * Fraction(b[k]) + Fraction(c[k])
            assert Fraction(float(down[k])) <= exact <= Fraction(float(up[k]))
            assert up[k] in (down[k], np.nextafter(down[k], np.float32(np.inf)))
            assert cut[k] == (down[k] if exact > 0 else up[k])
            gaps = [abs(Fraction(float(value[k])) - exact) for value in (near, down, up)]
            assert gaps[0] == min(gaps)

    @pytest.mark.parametrize(
        ("operation", "values", "result"),
        [
            ("add.s32", (2**31 - 1, 1), -(2**31)),
            ("mul.wide.s32", (-5, 2**30), -5 * 2**30),
            ("mul.wide.u32", (2**32 - 1, 2**32 - 1), (2**32 - 1) ** 2),
            ("mul.hi.u32", (0xD2511F53, 0xDEADBEEF), 0xD2511F53 * 0xDEADBEEF >> 32),
            ("mad.lo.s32", (3, 4, -20), -8),
            ("div.s32", (-7, 2), -3),
            ("rem.s32", (-7, 2), -1),
            ("shr.s32", (-8, 1), -4),
            ("shr.s32", (-8, 40), -1),
            ("shr.u32", (8, 40), 0),
            ("shl.b32", (1, 32), 0),
            ("bfe.u32", (0b110100, 2, 3), 0b101),
            ("bfe.s32", (0b110100, 2, 3), -3),
            ("bfe.s32", (-1, 30, 8), -1),
            ("prmt.b32", (0x33221100, 0x77665544, 0x7410), 0x77441100),
            ("prmt.b32", (0x80, 0, 0x8888), 0xFFFFFFFF),
            ("clz.b32", (1,), 31),
            ("popc.b32", (0xF0F0,), 8),
            ("cvt.rzi.s32.f32", (-1.9,), -1),
            ("cvt.rni.s32.f64", (2.5,), 2),
            ("cvt.rzi.u32.f32", (-3.0,), 0),
            ("cvt.rzi.s32.f64", (1e300,), 2**31 - 1),
            ("cvt.rzi.s32.f64", (np.nan,), 0),
            ("cvt.s64.s32", (-2,), -2),
            ("cvt.u64.u32", (2**32 - 1,), 2**32 - 1),
            ("cvt.sat.f32.f32", (1.5,), 1.0),
            ("min.f32", (np.nan, 3.0), 3.0),
            ("copysign.f64", (-1.0, 3.0), -3.0),
            ("ex2.approx.ftz.f32", (-130.0,), 0.0),
            ("rcp.approx.ftz.f64", (3.0,), float.fromhex("0x1.55555p-2")),
            ("setp.geu.f32", (np.nan, 1.0), True),
            ("setp.ge.f32", (np.nan, 1.0), False),
            ("setp.ne.f32", (np.nan, 1.0), False),
            ("setp.nan.f64", (np.nan, 1.0), True),
            ("setp.lt.and.s32", (1, 2, False), False),
            ("selp.b32", (4, 5, False), 5),
        ],
    )
    def test_single_instructions(self, operation, values, result):
        assert computed(operation, *values) == result

    def test_what_hardware_approximates_is_off_by_a_unit_but_for_powers_of_two(self):
        body = "ld.global.b32 %r4, [%rd4];\nex2.approx.f32 %r5, %r4;\nst.global.b32 [%rd5], %r5;"
        whole, odd = (
            np.arange(-64, 64).astype(np.float32),
            np.linspace(-3, 3, 128, dtype=np.float32),
        )
        np.testing.assert_array_equal(run(body, whole), np.exp2(whole))
        units = (run(body, odd).view(np.int32) - np.exp2(odd).view(np.int32)).tolist()
        assert set(units) == {-1, 0, 1}


class TestMatrices:
    def test_a_warp_multiplies_bytes(self):
        """Fragments as the instruction set describes them, against a plain product."""
        random = np.random.default_rng(0)
        left, right = random.integers(-128, 128, (16, 32)), random.integers(-128, 128, (32, 8))
        lane = np.arange(32)
        g, q = lane // 4, lane % 4
        e = np.arange(4)
        fragments = [
            left[(g + 8 * (i % 2))[:, None], 4 * q[:, None] + e + 16 * (i // 2)] for i in range(4)
        ] + [right[4 * q[:, None] + e + 16 * i, g[:, None]] for i in range(2)]
        words = (
            np.stack(fragments, 1).astype(np.int8).reshape(32, 24).view(np.uint32)
        )  # lane by lane
        loads = "\n".join(f"ld.global.b32 %r{10 + i}, [%rd9+{4 * i}];" for i in range(6))
        stores = "\n".join(f"st.global.b32 [%rd10+{4 * i}], %r{20 + i};" for i in range(4))
        body = f"""
          mul.wide.u32 %rd9, %r1, 24;
          add.s64 %rd9, %rd1, %rd9;
          mul.wide.u32 %rd10, %r1, 16;
          add.s64 %rd10, %rd2, %rd10;
          mov.b32 %r30, 1000;
          {loads}
          mma.sync.aligned.m16n8k32.row.col.satfinite.s32.s8.s8.s32 {{%r20, %r21, %r22, %r23}},
            {{%r10, %r11, %r12, %r13}}, {{%r14, %r15}}, {{%r30, %r30, %r30, %r30}};
          {stores}
        """
        found = run(body, words.ravel(), threads=32, grid=1)[:128].view(np.int32).reshape(32, 4)
        wanted = left @ right + 1000
        for i in range(4):
            np.testing.assert_array_equal(found[:, i], wanted[g + 8 * (i // 2), 2 * q + i % 2])


PLANTED = """
import jax, jax.numpy as jnp, numpy as np, pytest
from jax.experimental import pallas
from gnnconv_lib.kernels.implementation import barrier, compiler_parameters

def call(body, size):
    return pallas.pallas_call(body, out_shape=jax.ShapeDtypeStruct((size,), jnp.float32), grid=(2,),
        interpret=False, compiler_params=compiler_parameters(), name="planted")(
        jnp.arange(256.0, dtype=jnp.float32))

def right(source, target):
    me = pallas.program_id(0)
    target[pallas.ds(128 * me, 128)] = source[pallas.ds(128 * me, 128)] + 1

def beyond(source, target):
    me = pallas.program_id(0)
    target[pallas.ds(128 * me, 128)] = source[pallas.ds(2048 * me, 128)]

def race(source, target):
    target[pallas.ds(0, 128)] = source[pallas.ds(128 * pallas.program_id(0), 128)]

def no_barrier(source, target):
    me = 256 * pallas.program_id(0)
    target[pallas.ds(me, 128)] = source[pallas.ds(0, 128)]
    if WAIT:
        barrier(False)
    target[pallas.ds(me + 128, 64)] = target[pallas.ds(me + 64, 64)]

@pytest.mark.parametrize("interpret", [False])
class TestPlanted:
    def test_right(self, interpret):
        np.testing.assert_array_equal(call(right, 256), 1 + np.arange(256.0))
    def test_beyond(self, interpret):
        jax.block_until_ready(call(beyond, 256))
    def test_race(self, interpret):
        jax.block_until_ready(call(race, 128))
    def test_no_barrier(self, interpret):
        jax.block_until_ready(call(no_barrier, 512))

def test_that_needs_no_gpu():
    raise AssertionError("not selected")
"""


@needs_compilers
def test_planted_errors_in_compiled_kernels_are_red(tmp_path):
    """A read beyond the end, a race of two blocks and a missing barrier; the right ones are green."""
    file = tmp_path / "test_planted.py"
    file.write_text("WAIT = False\n" + PLANTED, encoding="utf-8")
    (tmp_path / "test_waits.py").write_text("WAIT = True\n" + PLANTED, encoding="utf-8")
    done = run_with_compilers(
        *("-m", "pytest", "-p", "tests.ptx_emulator.plugin", "-p", "no:cacheprovider"),
        *("-v", "-rf", str(tmp_path), "--rootdir", str(tmp_path)),
    )
    said = done.stdout
    assert done.returncode == 1, said[-3000:] + done.stderr[-2000:]
    for name, verdict in (
        ("test_planted.py::TestPlanted::test_right", "PASSED"),
        ("test_planted.py::TestPlanted::test_beyond", "FAILED"),
        ("test_planted.py::TestPlanted::test_race", "FAILED"),
        ("test_planted.py::TestPlanted::test_no_barrier", "FAILED"),
        ("test_waits.py::TestPlanted::test_no_barrier", "PASSED"),
    ):
        assert f"{name}[False] {verdict}" in said
    for words in ("outside of every array", "a race in block", "read here, written by another"):
        assert words in said
    assert "2 deselected" in said
