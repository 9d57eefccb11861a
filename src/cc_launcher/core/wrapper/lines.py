"""Lines of a script."""

_WIDTH = 100


def wrapped(words: list[str], between: str = " ") -> str:
    """Words over several lines, each but the last with a backslash at its end."""
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) > _WIDTH:
            lines.append("")
        lines[-1] += f"{word}{between}"
    lines[-1] = lines[-1].removesuffix(between)
    return " \\\n        ".join(line.rstrip(" ") for line in lines)
