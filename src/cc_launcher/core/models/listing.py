"""A model as its provider lists it, live, and a list of them as it is kept. None where the provider does not say."""

from collections.abc import Iterable
from dataclasses import dataclass

from cc_launcher.core.text import has_control, names

MAGIC = "cc-models 1"
MOST = 5_000  # models of one list
MAX_BYTES = 1_000_000  # of a kept one: what the launch path reads of a file
_YES, _NO = "+", "-"


@dataclass(frozen=True)
class Listed:
    """One model of a live list. Prices are US dollars for a million tokens."""

    id: str
    name: str = ""  # for people
    context: int | None = None  # the window in tokens
    max_output: int | None = None
    input_price: float | None = None
    output_price: float | None = None
    tools: bool | None = None  # whether it can call tools
    size: int | None = None  # in bytes, of a model on this machine

    @property
    def free(self) -> bool | None:
        """Whether it costs nothing."""
        if self.input_price is None or self.output_price is None:
            return None
        return self.input_price == 0 and self.output_price == 0


def encode(url: str, listed: Iterable[Listed]) -> bytes:
    """A list as it is kept: where it is from, then a model a line, its id first, which is all that completion reads."""
    lines = [f"{MAGIC}\t{url}"]
    length = len(lines[0])
    for model in listed:
        line = "\t".join(
            (
                model.id,
                *(
                    "" if value is None else repr(value)
                    for value in (model.context, model.max_output, model.input_price, model.output_price)
                ),
                "" if model.tools is None else _YES if model.tools else _NO,
                "" if model.size is None else str(model.size),
                "" if has_control(model.name) else model.name,
            )
        )
        length += len(line.encode("utf-8", "replace")) + 1
        if length > MAX_BYTES:
            break
        lines.append(line)
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def decode(text: str, url: str) -> list[Listed]:
    """A list that was kept. ValueError for anything else, and for the list of another address."""
    first, *lines = text.removesuffix("\n").split("\n")
    if first != f"{MAGIC}\t{url}":
        raise ValueError
    return [_decoded(line) for line in lines]


def _decoded(line: str) -> Listed:
    model, context, max_output, input_price, output_price, tools, size, name = line.split("\t")
    if not names.is_model(model) or tools not in {_YES, _NO, ""} or has_control(name):
        raise ValueError
    return Listed(
        model,
        name,
        int(context) if context else None,
        int(max_output) if max_output else None,
        float(input_price) if input_price else None,
        float(output_price) if output_price else None,
        {_YES: True, _NO: False}.get(tools),
        int(size) if size else None,
    )
