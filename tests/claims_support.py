"""Claims that tests make: under ids of their own, on four small numbers."""

from gnnconv_lib.claims import claim, domain, integer

SIZES = domain(integer("n", "[1, inf)"), cases=lambda budget: {"n": [1, 2, 3, 10]})
NEXT = iter(range(10_000))


def decided(function, over=SIZES, **options):
    """What the engine finds for a claim that a test makes."""
    function.__doc__ = "A sentence."
    return claim(f"li2021:eq-{next(NEXT)}", over, **options)(function)()
