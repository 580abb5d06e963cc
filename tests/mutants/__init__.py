"""The mutation gate: small changes of formulas, each with the claims that must notice it."""
