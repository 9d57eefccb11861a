"""The addresses of a provider, what they need to know of the user, and flags for other models."""

from pydantic import BaseModel, ConfigDict, Field

from cc_launcher.core.profile.field_types import BaseUrl, ModelName, ParameterValue, ProfileName, Text


class Strict(BaseModel):
    """A table of a profile: nothing in it that is not known."""

    # hide_input_in_errors: whatever was typed in the wrong place may be a secret
    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, hide_input_in_errors=True, arbitrary_types_allowed=False
    )


class Mode(Strict):
    """A flag of a wrapper that selects another profile or model."""

    extends: ProfileName | None = None
    model: ModelName | None = None


class Region(Strict):
    """Another address of the same provider, for the same keys."""

    title: Text
    base_url: BaseUrl
    key_url: Text | None = Field(None, description="where to get a key for it")
    openai_url: BaseUrl | None = Field(None, description="where it speaks OpenAI's API")
    models_url: BaseUrl | None = Field(None, description="where its models are listed")
    quota_url: BaseUrl | None = Field(None, description="where it tells what is left of a plan or a balance")


class Parameter(Strict):
    """What an address needs to know of the user: `{NAME}` stands for it in base_url, and in headers."""

    title: Text
    example: ParameterValue
    path: bool = Field(default=False, description="its value may be several parts of a path, with / between them")
