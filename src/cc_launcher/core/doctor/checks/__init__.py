"""The checks of `cc doctor`, one module a topic: from a description of the machine to findings."""
