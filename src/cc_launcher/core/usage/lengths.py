"""Lengths of a request at which some provider's price changes: of the catalog's, and of those that genai-prices knows.

A report where nothing is new needs no more than this of what is reckoned: so it is a module.
"""

# Sums are kept apart by them. Some providers count from so many tokens on, which is one more than so many.
LENGTHS = (
    *(31_999, 32_000, 64_000, 99_999, 100_000, 127_999, 128_000, 199_999, 200_000),
    *(255_999, 256_000, 271_999, 272_000, 512_000, 524_288),
)
