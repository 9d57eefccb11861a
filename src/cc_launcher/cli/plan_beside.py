"""What a launch has beside its model: MCP servers, telemetry, and whether its provider searches and takes images."""

from collections.abc import Iterator
from typing import Any

from cc_launcher.actions import takes_images
from cc_launcher.actions.planning import Planned
from cc_launcher.core.plan import without
from cc_launcher.core.profile import serving
from cc_launcher.core.text import urls


def beside(planned: Planned) -> list[tuple[str, str]]:
    """Who else has a part in it: the MCP servers, and where telemetry goes. A label and a text for each."""
    found = [("mcp", f"{server['name']}: {server['where']} ({server['source']})") for server in servers(planned)]
    text = telemetry(planned)
    return [*found, ("telemetry", text)] if text else found


def serves(planned: Planned) -> Iterator[tuple[str, str]]:
    """Whether it searches and sees, and by whose word. A label and a text for each."""
    resolved, model = planned.resolved, planned.plan.model
    if search := without.search(resolved, model):
        yield "search", search
    if (seen := takes_images.told(resolved, model)) is not None:
        yield "images", without.images(model, seen)


def serves_data(planned: Planned) -> dict[str, Any]:
    """The same for programs: what is said of searching and seeing, and by whom."""
    resolved, model = planned.resolved, planned.plan.model
    found = {
        serving.WEB_SEARCH: serving.stated(resolved, serving.WEB_SEARCH, model),
        serving.VISION: takes_images.told(resolved, model),
    }
    told = {key: {"value": one.value, "source": one.source} if one is not None else None for key, one in found.items()}
    return told | {"search_servers": list(resolved.profile.search_servers), "search": resolved.profile.search}


def servers(planned: Planned) -> list[dict[str, str]]:
    """The MCP servers of this profile, each with where it is declared."""
    file = planned.machine.mcp_file
    found = [{"name": name, "where": where, "source": file.shown} for name, where in file.servers] if file else []
    for name, server in planned.resolved.profile.mcp_servers.items():
        origins = planned.resolved.origins.items()
        origin = next(str(origin) for path, origin in origins if path[:2] == ("mcp_servers", name))
        found.append({"name": name, "where": server.where, "source": origin})
    return found


def telemetry(planned: Planned) -> str:
    """Where the client's own telemetry goes, where the profile has a say in that."""
    about = planned.resolved.profile.telemetry
    if about is None:
        return "none, whatever your settings say" if planned.resolved.profile.compat.get("private") else ""
    prompts = "with what you type" if about.prompts else "without what you type"
    where = planned.resolved.origin("telemetry", "otlp")
    return f"metrics, events and spans to {urls.host_of(about.otlp)}, {prompts} ({where})"


def telemetry_data(planned: Planned) -> dict[str, Any] | None:
    """The same for programs."""
    about = planned.resolved.profile.telemetry
    if about is None:
        return None
    return {"otlp": about.otlp, "protocol": about.protocol, "prompts": about.prompts}
