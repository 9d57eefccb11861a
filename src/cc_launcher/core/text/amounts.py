"""Windows and prices in a few letters."""

_THOUSAND = 1000


def window(tokens: int | None) -> str:
    """A window in a few letters: 1M, 200K; never more than it is."""
    if tokens is None:
        return "?"
    kilo = 1024 if tokens % 1024 == 0 else _THOUSAND
    if tokens >= kilo * kilo:
        whole, tenth = divmod(tokens * 10 // (kilo * kilo), 10)
        return f"{whole}.{tenth}M" if tenth else f"{whole}M"
    return f"{tokens // kilo}K" if tokens >= kilo else str(tokens)


def price(dollars: float | None) -> str:
    """A price in a few letters."""
    if dollars is None:
        return "?"
    return f"{dollars:.2f}" if dollars >= 0.1 or dollars == 0 else f"{dollars:.4g}"
