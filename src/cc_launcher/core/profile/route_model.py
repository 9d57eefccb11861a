"""A model that is a route of a gateway: what it costs depends on who answers."""

from cc_launcher.core.profile.profile import Model


class RouteModel(Model):
    """A route as a session sees it. No file says these: see core/gateway/client_side.py."""

    costs: str = ""  # what it costs, from the cheapest to the dearest of its targets, in words
    at_most: bool = False  # its prices are the dearest of several
