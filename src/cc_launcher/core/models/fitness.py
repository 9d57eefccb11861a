"""What a model has to be for Claude Code to be of use on it."""

from cc_launcher.core.errors import INVALID, CcError

# Measured: the prompt of a session alone, with the tools' descriptions, is about 25,000 tokens.
MIN_CONTEXT = 32_000


def refuse_unfit(
    where: str, model: str, *, context: int | None = None, tools: bool | None = None, hint: str = ""
) -> None:
    """Refuse a model that cannot call tools, or that has no room for more than the prompt. None is not known."""
    if tools is False:
        raise CcError(
            f"{where}: {model} cannot call tools, and Claude Code needs tools for everything",
            "choose another model, or add --anyway before the profile",
            code=INVALID,
        )
    if context is not None and context < MIN_CONTEXT:
        raise CcError(
            f"{where}: {model} has a window of {context} tokens; Claude Code's own prompt takes about 25,000",
            hint or "choose another model, or add --anyway before the profile",
            code=INVALID,
        )
