"""Our own modules by their names, as they stand in what we write and start. A test sees that each is there."""

PACKAGE = "cc_launcher"
MAIN = "cc_launcher.main"
FORMERLY = "cc_launcher.launch.entry"  # where it was until the end of 2026: what was written then still goes there
KEYRING_PROGRAM = "cc_launcher.secrets.keyring_program"
CAPTURED = ("cc_launcher.core.probe", "client_request.json")  # a file of data, and the package that it is in
# Another version of these would make other plans. Each file is looked at by every cached launch, so no more than that.
WHAT_MAKES_PLANS = (
    "core",
    "claude",
    "actions.planning",
    "actions.making",
    "actions.asking",
    "actions.model_list",
    "files.mcp_files",
    "net.local_server",
)
CODE = f"from {MAIN} import main; raise SystemExit(main())"  # for `python -c`: `-m` would cost half a Python more
