"""The command line: Typer and Rich live here, and nowhere else. One file a command."""
