"""A header of the profile's own that carries a secret."""

from typing import Any

from pydantic import Field, GetJsonSchemaHandler, model_validator

from cc_launcher.core.profile.addresses import Strict
from cc_launcher.core.profile.field_types import HeaderSecret, Text, header_secret


class SecretHeader(Strict):
    """A header whose value is a secret: a reference alone, or a table."""

    secret: HeaderSecret = Field(
        "own",
        description="where it is kept; own: the profile's own secret; none: the header of the base is taken out",
    )
    prefix: Text = Field("", description="what stands in front of the secret, with its blank, such as 'Bearer '")

    @model_validator(mode="before")
    @classmethod
    def _written_short(cls, value: object) -> object:
        return {"secret": header_secret(value)} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """For editors: text, or the table."""
        return {"anyOf": [{"type": "string"}, handler(core)]}
