"""Why some service cannot be used directly, and what to use instead: a file of the catalog that is no profile."""

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cc_launcher.core.errors import NO_SUCH, CcError
from cc_launcher.core.profile.field_types import Text


class Explanation(BaseModel):
    """What people ask for and cannot have."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    title: Text
    why: Text = Field(description="in one line, after the title and a colon")
    instead: tuple[Text, ...] = Field(min_length=1, strict=False)  # what to type, or to set up
    docs: tuple[Text, ...] = Field((), strict=False)
    sources: tuple[Text, ...] = Field((), strict=False)
    checked: dt.date
    confidence: Literal["high", "medium", "low"]

    def error(self, name: str) -> CcError:
        """What `cc run NAME` says."""
        return CcError(f"{name}: {self.title}: {self.why}", "; or ".join(self.instead), code=NO_SUCH)
