"""What a list says of a profile: enough to choose one, and to tell whether it is ready."""

from dataclasses import dataclass

OWN_CHOICE = "the client's own"  # an address or a model that no profile names


@dataclass(frozen=True)
class Summary:
    """One profile in a list."""

    name: str
    title: str = ""
    host: str = ""
    model: str = ""
    references: tuple[str, ...] = ()  # the secrets that it names
    key_env: tuple[str, ...] | None = None  # it names none, and takes one of these variables or the keyring
    cloud: tuple[str, ...] | None = (
        None  # left to a cloud's own tools: whose, which profile, which variables come first
    )
    models: tuple[str, ...] = ()  # what may be typed for one: ids and aliases
    needs: str = ""  # what only the user can tell, before anything else
    fault: str = ""  # why it cannot be used
