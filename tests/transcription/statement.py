"""Form of an entry of the lists STATEMENTS."""


def entry(place, claim, hypotheses, quote="", not_said=""):
    """A claim in words: where, its wording if that decides, its hypotheses, what it leaves out."""
    return {
        "place": place,
        "quote": quote,
        "claim": claim,
        "hypotheses": list(hypotheses),
        "not_said": not_said,
    }
