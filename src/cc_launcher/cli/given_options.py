"""What the user's own arguments say to the client."""

from cc_launcher.core.errors import USAGE, CcError
from cc_launcher.core.plan import before_dashes


def taken(user: list[str], option: str) -> tuple[list[str], list[str]]:
    """The values that an option of the client is given, and all arguments but these."""
    options = before_dashes(user)
    given: list[str] = []
    left: list[str] = []
    index = 0
    while index < len(options):
        name, equals, value = options[index].partition("=")
        if name == option:
            if not equals:
                index += 1
                if index == len(options):
                    raise CcError(f"{option} needs a value", f"write {option} VALUE", code=USAGE)
                value = options[index]
            given.append(value)
        else:
            left.append(options[index])
        index += 1
    return given, left + user[len(options) :]


def prints(user: list[str]) -> bool:
    """Whether the client answers once and ends."""
    return any(argument in {"-p", "--print"} for argument in before_dashes(user))
