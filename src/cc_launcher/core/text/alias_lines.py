"""A name in the shell for each profile."""

from cc_launcher.core.text.quote import fish, posix, powershell, sh


def render(shell: str, name: str, command: list[str]) -> str:
    """One line that makes the name mean the command; what is typed after it comes after the command."""
    if shell == "fish":
        words = " ".join(fish(word) for word in command)
        return f"function {fish(name)} --wraps {fish(command[0])}; {words} $argv; end"
    if shell == "powershell":
        words = " ".join(powershell(word) for word in command)
        return f"function {name} {{ & {words} @args }}"
    return f"alias {name}={sh(posix(command))}"
