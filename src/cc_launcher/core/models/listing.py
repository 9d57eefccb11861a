"""A model as its provider lists it, live, and a list of them as it is kept. None where the provider does not say."""

from collections.abc import Iterable
from dataclasses import dataclass

from cc_launcher.core.models.list_prices import DEAREST, LONGEST, FivePrices, Steps
from cc_launcher.core.text import has_control, names

MAGIC = "cc-models 2"
_OLDER = "cc-models 1"  # which had no prices but of input and output
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
    cache_read: float | None = None
    cache_write: float | None = None
    cache_write_1h: float | None = None
    above: Steps = ()  # other prices for requests longer than so many tokens

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
                *map(_number, (model.context, model.max_output, model.input_price, model.output_price)),
                "" if model.tools is None else _YES if model.tools else _NO,
                *map(_number, (model.size, model.cache_read, model.cache_write, model.cache_write_1h)),
                ";".join(f"{limit}:{','.join(map(_number, prices))}" for limit, prices in model.above),
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
    if first == f"{_OLDER}\t{url}":
        lines = ["\t".join((*line.split("\t")[:7], "", "", "", "", *line.split("\t")[7:])) for line in lines]
    elif first != f"{MAGIC}\t{url}":
        raise ValueError
    return [_decoded(line) for line in lines]


def _decoded(line: str) -> Listed:
    model, context, max_output, *prices, tools, size, read, write, write_1h, above, name = line.split("\t")
    if not names.is_model(model) or tools not in {_YES, _NO, ""} or has_control(name):
        raise ValueError
    input_price, output_price = map(_price, prices)
    return Listed(
        model,
        name,
        int(context) if context else None,
        int(max_output) if max_output else None,
        input_price,
        output_price,
        {_YES: True, _NO: False}.get(tools),
        int(size) if size else None,
        _price(read),
        _price(write),
        _price(write_1h),
        tuple(map(_step, above.split(";"))) if above else (),
    )


def _step(text: str) -> tuple[int, FivePrices]:
    limit, prices = text.split(":")
    whole = tuple(map(_price, prices.split(",")))
    if len(whole) != len(FivePrices._fields) or None in whole[:2] or not 0 < int(limit) <= LONGEST:
        raise ValueError
    return int(limit), FivePrices(*whole)


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)


def _price(text: str) -> float | None:
    if not text:
        return None
    price = float(text)
    if not 0 <= price <= DEAREST:
        raise ValueError
    return price
