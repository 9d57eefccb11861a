"""A model as its provider lists it, live. None where the provider does not say."""

from dataclasses import dataclass


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
