"""All checks, in the order in which they run and are shown."""

from cc_launcher.core.probe.check import Check
from cc_launcher.core.probe.checks import connection, content, error_answers, fields, searching, sizes, streaming, tools

# What comes first tells most for the least; a budget may end before the rest.
CHECKS: tuple[Check, ...] = (
    *connection.CHECKS,
    *streaming.CHECKS,
    *tools.CHECKS,
    *searching.CHECKS,
    *fields.CHECKS,
    *content.CHECKS,
    *sizes.CHECKS,
    *error_answers.CHECKS,
)
BY_NAME = {check.name: check for check in CHECKS}
