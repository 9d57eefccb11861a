"""What a list says of a profile: enough to choose one, and to tell whether it is ready."""

from dataclasses import dataclass

OWN_CHOICE = "the client's own"  # an address or a model that no profile names
CLIENTS_LOGIN = ("client", "")  # in the place of a cloud's: the login is the client's own
TO_BE_NAMED = "to be named"  # a model that a launch cannot do without


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
    parameters: tuple[str, ...] = ()  # what only the user can tell, and has not
    # What has to run on this machine, or near: host, port, path to ask, its kind, and other ports where it may be.
    server: tuple[str, ...] = ()
    budget: str = ""  # as the profile says it
    by_gateway: bool = False  # the client reaches it by a gateway that cc runs
    upstreams: tuple[str, ...] = ()  # the profiles behind that, where it is not alone
    fault: str = ""  # why it cannot be used

    def has(self, word: str) -> bool:
        """Whether somebody who types this may look for it: in its name, its title or one of its models."""
        return any(word.lower() in text.lower() for text in (self.name, self.title, self.model, *self.models))

    def model_with(self, word: str) -> str:
        """The model to show: the main one, or the first that has this in it, where somebody looks for that alone."""
        if not word or any(word.lower() in text.lower() for text in (self.name, self.title, self.model)):
            return self.model
        return next((model for model in self.models if word.lower() in model.lower()), self.model)
