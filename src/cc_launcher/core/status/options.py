"""`[statusline]` of `config.toml`: what the line shows, and whether launches bring it along."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from cc_launcher.core.status import SEPARATOR, THRESHOLDS
from cc_launcher.core.status.segments import COLOURS, PRESETS, SEGMENTS

Colour = Literal["none", "bold", "dim", "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "grey"]


def _segment(name: str) -> str:
    if name not in SEGMENTS:
        raise ValueError(f"is not a segment|there are {', '.join(SEGMENTS)}")
    return name


def _coloured(name: str) -> str:
    if name not in COLOURS:
        raise ValueError(f"is not a name that has a colour|there are {', '.join(COLOURS)}")
    return name


Segment = Annotated[str, AfterValidator(_segment)]
Coloured = Annotated[str, AfterValidator(_coloured)]
Percent = Annotated[float, Field(ge=0, le=100, strict=False)]


class StatusLine(BaseModel):
    """What the line shows, and whether launches bring it along."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    enabled: bool = Field(default=False, description="launches show the line; no file of yours is changed for it")
    preset: Literal["standard", "short", "full"] = Field("standard", description="a ready choice of segments")
    segments: tuple[Segment, ...] = Field((), description="the segments in their order, instead", strict=False)
    separator: str = Field(SEPARATOR, max_length=16, description="what stands between two segments")
    thresholds: tuple[Percent, ...] = Field(
        THRESHOLDS, description="green below the first, yellow below the second, red above", strict=False
    )
    colours: dict[Coloured, Colour] = Field(default_factory=dict, description="other colours than the usual ones")
    quota: bool = Field(default=True, description="ask providers in the background what is left, once a minute")
    wrap: bool = Field(
        default=False, description="where you have a status line of your own: run it too, and show ours below"
    )

    @model_validator(mode="after")
    def _in_order(self) -> "StatusLine":
        if len(self.thresholds) != 2 or self.thresholds[0] > self.thresholds[1]:
            raise ValueError("has thresholds that are not two numbers in their order|for example thresholds = [50, 80]")
        return self

    @property
    def shown(self) -> tuple[str, ...]:
        """The segments."""
        return self.segments or PRESETS[self.preset]

    @property
    def palette(self) -> dict[str, str]:
        """The colour of everything that has one."""
        return {name: "" if colour == "none" else colour for name, colour in {**COLOURS, **self.colours}.items()}
