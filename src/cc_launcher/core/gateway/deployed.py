"""The files that a team deploys: an engine's configuration, and with `compose` all that is around it.

No container was run. LiteLLM's configuration, and Redis beside two engines, are tried without one
(`tests/gateways/deployment.py`); the rest is held to what its programs document.
"""

import json
from collections.abc import Iterator, Mapping

from cc_launcher.core.gateway import bifrost, litellm, rules_file, team_keys
from cc_launcher.core.gateway.description import Gateway
from cc_launcher.core.profile.gateway import BIFROST, LITELLM

COMPOSE = "compose"
WAYS = (COMPOSE, BIFROST, LITELLM)
VARIABLES = "variables.env.example"
LITELLM_IMAGE = "ghcr.io/berriai/litellm:v1.110.2"
BIFROST_IMAGE = "maximhq/bifrost:latest"
CEL = "cel-python==0.5.0"  # what rules need, which is not among what LiteLLM's image is made of
_DATA = "/data/log.sqlite3"  # in the container: what is spent outlasts it, on a volume
_PORTS = {LITELLM: 4000, BIFROST: 8080}


def files(gateway: Gateway, way: str, hooks: Mapping[str, str]) -> dict[str, str]:
    """Each file by its name. `hooks` are the files of ours that run in LiteLLM."""
    engine = gateway.engine if way == COMPOSE else way
    composed = way == COMPOSE
    if engine == BIFROST:
        found = {"config.json": _json(bifrost.config(gateway, postgres=composed))}
    else:
        found = {
            "config.json": _json(litellm.config([gateway], metrics=composed, redis=composed)),
            "rules.json": _json(rules_file.rules([gateway], _DATA if composed else "log.sqlite3", deployed=True)),
            **hooks,
        }
    if composed:
        found = {"compose.yaml": _compose(gateway), "prometheus.yml": _prometheus(engine)} | found
    return found | {VARIABLES: _variables(gateway, engine, composed=composed)}


def _json(content: object) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _of_engine(engine: str) -> tuple[tuple[str, str], ...]:
    """What the engine wants beside the keys, and what it is."""
    if engine == BIFROST:
        return (
            (bifrost.ENCRYPTION_KEY, "what its database is encrypted with: any long text, and never another one"),
            (bifrost.ADMIN[0], "who may look at its pages"),
            (bifrost.ADMIN[1], "that one's password; Prometheus uses it, too"),
        )
    return (
        (litellm.MASTER_KEY, "the administrator's key, which begins with sk-; Prometheus uses it, too"),
        ("CC_RULES", "where rules.json is"),
    )


def _around(engine: str) -> tuple[tuple[str, str], ...]:
    """What the services around it want."""
    in_address = "of the database: letters and digits alone, for it stands in an address"
    postgres = (("POSTGRES_PASSWORD", "of the database" if engine == BIFROST else in_address),)
    return postgres if engine == BIFROST else (*postgres, ("REDIS_PASSWORD", "of Redis"))


def _variables(gateway: Gateway, engine: str, *, composed: bool) -> str:
    lines = ["# Copy this to variables.env, fill it in, and keep it from others: chmod 600 variables.env"]

    def add(title: str, rows: Iterator[tuple[str, str]]) -> None:
        lines.extend(["", f"# {title}"])
        for name, about in rows:
            lines.extend([f"# {about}", f"{name}="])

    add(
        "The keys of the upstreams",
        (
            (secret.variable, f"{upstream.title}: the secret that cc has in {secret.reference}{_written(secret.form)}")
            for upstream in gateway.upstreams
            for secret in upstream.secrets
        ),
    )
    if gateway.collector is not None and gateway.collector.secret_headers and engine == LITELLM:
        rows = (
            (one.secret.variable, f"{one.name}: the secret that cc has in {one.secret.reference}")
            for one in gateway.collector.secret_headers
        )
        add("The collector of telemetry", rows)
    of_team = team_keys.variables(gateway).items()
    begins = " (it begins with sk-bf-)" if engine == BIFROST else ""
    add("The keys that you hand out", ((variable, f"the key {name}{begins}") for name, variable in of_team))
    add("The engine", iter(_of_engine(engine)))
    if composed:
        add("The services around it", iter(_around(engine)))
    return "\n".join(lines) + "\n"


def _written(form: str) -> str:
    return "" if form == "{secret}" else f", written as {form}"


def _prometheus(engine: str) -> str:
    auth = (
        [
            "    basic_auth:",
            "      username_file: /run/secrets/metrics_user",
            "      password_file: /run/secrets/metrics",
        ]
        if engine == BIFROST
        else ["    authorization:", "      type: Bearer", "      credentials_file: /run/secrets/metrics"]
    )
    path = "/metrics" if engine == BIFROST else "/metrics/"
    lines = [
        "global:",
        "  scrape_interval: 15s",
        "scrape_configs:",
        "  - job_name: gateway",
        f"    metrics_path: {path}",
        *auth,
        "    static_configs:",
        f'      - targets: ["gateway:{_PORTS[engine]}"]',
    ]
    return "\n".join(lines) + "\n"


def _compose(gateway: Gateway) -> str:
    engine = gateway.engine
    body = _bifrost() if engine == BIFROST else _litellm(has_rules=bool(gateway.rules))
    metrics = "BIFROST_ADMIN_PASSWORD" if engine == BIFROST else litellm.MASTER_KEY
    user = ["      - metrics_user"] if engine == BIFROST else []
    user_secret = ["  metrics_user:", f"    environment: {bifrost.ADMIN[0]}"] if engine == BIFROST else []
    lines = [
        f"# The gateway {gateway.profile}: {engine}, with what it keeps and a Prometheus that looks at it.",
        "# Start it: cp variables.env.example variables.env, fill that in, then",
        "#   docker compose --env-file variables.env up --detach",
        "services:",
        *body,
        "  prometheus:",
        "    image: prom/prometheus:v3.5.0",
        "    depends_on:",
        "      gateway: { condition: service_healthy }",
        "    volumes:",
        "      - ./prometheus.yml:/etc/prometheus/prometheus.yml:ro",
        "      - metrics:/prometheus",
        "    secrets:",
        "      - metrics",
        *user,
        '    ports: ["127.0.0.1:9090:9090"]',
        "    restart: unless-stopped",
        "secrets:",
        "  metrics:",
        f"    environment: {metrics}",
        *user_secret,
        "volumes:",
        "  data: {}",
        "  postgres: {}",
        *([] if engine == BIFROST else ["  redis: {}"]),
        "  metrics: {}",
    ]
    return "\n".join(lines) + "\n"


def _postgres() -> list[str]:
    return [
        "  postgres:",
        "    image: postgres:16",
        "    environment:",
        "      POSTGRES_USER: gateway",
        "      POSTGRES_DB: gateway",
        "      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?fill in variables.env}",
        "    volumes:",
        "      - postgres:/var/lib/postgresql/data",
        "    healthcheck:",
        '      test: ["CMD-SHELL", "pg_isready --username gateway --dbname gateway"]',
        "      interval: 10s",
        "      retries: 10",
        "    restart: unless-stopped",
    ]


def _litellm(*, has_rules: bool) -> list[str]:
    port = _PORTS[LITELLM]
    image = [f"    image: {LITELLM_IMAGE}"]
    if has_rules:
        image = [
            "    build:  # its rules need a package that LiteLLM's image does not have",
            "      dockerfile_inline: |",
            f"        FROM {LITELLM_IMAGE}",
            f"        RUN (python -m pip --version || python -m ensurepip) && python -m pip install {CEL}",
        ]
    healthy = f"urllib.request.urlopen('http://127.0.0.1:{port}/health/readiness')"
    return [
        "  gateway:",
        *image,
        f'    command: ["--config", "/app/cc/config.json", "--host", "0.0.0.0", "--port", "{port}"]',
        "    env_file: variables.env",
        "    environment:",
        "      CC_RULES: /app/cc/rules.json",
        "      PYTHONPATH: /app/cc",
        "      DATABASE_URL: postgresql://gateway:${POSTGRES_PASSWORD:?fill in variables.env}@postgres:5432/gateway",
        "      REDIS_HOST: redis",
        '      REDIS_PORT: "6379"',
        '      NO_DOCS: "True"',
        "    volumes:",
        "      - ./:/app/cc:ro",
        "      - data:/data",
        "    depends_on:",
        "      postgres: { condition: service_healthy }",
        "      redis: { condition: service_healthy }",
        f'    ports: ["{port}:{port}"]',
        "    healthcheck:",
        f'      test: ["CMD", "python", "-c", "import urllib.request; {healthy}"]',
        "      interval: 10s",
        "      start_period: 60s",
        "      retries: 10",
        "    restart: unless-stopped",
        *_postgres(),
        "  redis:",
        "    image: redis:7",
        '    command: ["sh", "-c", "exec redis-server --appendonly yes --requirepass \\"$$REDIS_PASSWORD\\""]',
        "    environment:",
        "      REDIS_PASSWORD: ${REDIS_PASSWORD:?fill in variables.env}",
        "    volumes:",
        "      - redis:/data",
        "    healthcheck:",
        '      test: ["CMD-SHELL", "REDISCLI_AUTH=\\"$$REDIS_PASSWORD\\" redis-cli ping | grep -q PONG"]',
        "      interval: 10s",
        "      retries: 10",
        "    restart: unless-stopped",
    ]


def _bifrost() -> list[str]:
    port = _PORTS[BIFROST]
    return [
        "  gateway:",
        f"    image: {BIFROST_IMAGE}",
        "    env_file: variables.env",
        "    environment:",
        "      POSTGRES_HOST: postgres",
        '      POSTGRES_PORT: "5432"',
        "      POSTGRES_USER: gateway",
        "      POSTGRES_DB: gateway",
        "      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?fill in variables.env}",
        "    volumes:",
        "      - data:/app/data",
        "      - ./config.json:/app/data/config.json:ro",
        "    depends_on:",
        "      postgres: { condition: service_healthy }",
        f'    ports: ["{port}:{port}"]',
        "    healthcheck:",
        f'      test: ["CMD", "wget", "--quiet", "--spider", "http://127.0.0.1:{port}/health"]',
        "      interval: 10s",
        "      retries: 10",
        "    restart: unless-stopped",
        *_postgres(),
    ]
