"""`cc usage --export ccusage`: our prices, in the form that ccusage takes."""

import json
import sys

from cc_launcher.actions import usage_money
from cc_launcher.actions.usage import Ledger
from cc_launcher.cli import usage_table
from cc_launcher.core.usage import ccusage


def show(ledger: Ledger) -> None:
    """The file on stdout, and what ccusage cannot know beside it."""
    made = ccusage.made(ledger.offers(), usage_money.own_rates())
    sys.stdout.write(json.dumps(made.config, indent=2) + "\n")
    for note in made.notes:
        usage_table.said(note)
    if not made.config["defaults"]["pricingOverrides"]:
        usage_table.said("no price of a model is known that a profile of yours uses: cc usage --prices")
    elif not sys.stdout.isatty():
        usage_table.said("ccusage takes it with --config FILE, or as ccusage.json in ~/.config/claude")
