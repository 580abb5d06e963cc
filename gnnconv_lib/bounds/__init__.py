"""The papers' bounds as functions named by their number, printed form beside corrected form."""

from __future__ import annotations
