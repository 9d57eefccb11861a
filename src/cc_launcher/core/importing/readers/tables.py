"""Tools that know their providers' addresses themselves: clother, ccm.sh. What they know stands here, too."""

import re
from typing import Any

from cc_launcher.core.importing import keys
from cc_launcher.core.importing.found import LITERAL, PLACEHOLDER, Draft, Home, Key, Place, Reading
from cc_launcher.core.importing.lenient import table, word
from cc_launcher.core.importing.readers import settings
from cc_launcher.core.importing.shell import words as shell_words
from cc_launcher.core.text import urls

# name: address, variable of the key (clother 3.0). Its own default models change with its version, and are not here.
_CLOTHER = {
    "zai": ("https://api.z.ai/api/anthropic", "ZAI_API_KEY"),
    "zai-cn": ("https://open.bigmodel.cn/api/anthropic", "ZAI_CN_API_KEY"),
    "minimax": ("https://api.minimax.io/anthropic", "MINIMAX_API_KEY"),
    "minimax-cn": ("https://api.minimaxi.com/anthropic", "MINIMAX_CN_API_KEY"),
    "kimi": ("https://api.kimi.com/coding", "KIMI_API_KEY"),
    "moonshot": ("https://api.moonshot.ai/anthropic", "MOONSHOT_API_KEY"),
    "ve": ("https://ark.cn-beijing.volces.com/api/coding", "ARK_API_KEY"),
    "deepseek": ("https://api.deepseek.com/anthropic", "DEEPSEEK_API_KEY"),
    "mimo": ("https://api.xiaomimimo.com/anthropic", "MIMO_API_KEY"),
    "alibaba": ("https://coding-intl.dashscope.aliyuncs.com/apps/anthropic", "ALIBABA_API_KEY"),
    "ollama": ("http://localhost:11434", ""),
    "lmstudio": ("http://localhost:1234", ""),
    "llamacpp": ("http://localhost:8000", ""),
}
_OPENROUTER = "https://openrouter.ai/api"
# variable of the key: name, title, address, variable of the model, whether the region is a guess (ccm.sh 2.3)
_CCM = {
    "GLM_API_KEY": ("glm", "ccm glm", "https://api.z.ai/api/anthropic", "GLM_MODEL"),
    "DEEPSEEK_API_KEY": ("deepseek", "ccm deepseek", "https://api.deepseek.com/anthropic", "DEEPSEEK_MODEL"),
    "KIMI_API_KEY": ("kimi", "ccm kimi", "https://api.moonshot.ai/anthropic", "KIMI_MODEL"),
    "OPENROUTER_API_KEY": ("openrouter", "ccm open", _OPENROUTER, ""),
    "MINIMAX_API_KEY": ("minimax", "ccm minimax", "https://api.minimax.io/anthropic", "MINIMAX_MODEL"),
    "STEPFUN_API_KEY": ("stepfun", "ccm stepfun", "https://api.stepfun.ai/step_plan", "STEPFUN_MODEL"),
    "CLAUDE_API_KEY": ("claude", "ccm claude", "https://api.anthropic.com", "CLAUDE_MODEL"),
    "ARK_API_KEY": ("ark", "ccm seed", "https://ark.cn-beijing.volces.com/api/coding", "SEED_MODEL"),
    "QWEN_API_KEY": ("qwen", "ccm qwen", "https://coding-intl.dashscope.aliyuncs.com/apps/anthropic", "QWEN_MODEL"),
}
_REGIONAL = frozenset({"GLM_API_KEY", "KIMI_API_KEY", "MINIMAX_API_KEY", "QWEN_API_KEY", "STEPFUN_API_KEY"})
_ARK = "ARK_API_KEY"  # its plans have addresses of their own, and the file does not say which
_LINE = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)")


def assigned(text: str) -> dict[str, tuple[str, int]]:
    """`NAME=value` a line, as a shell reads it, without running anything: the value, and its line."""
    found = {}
    for number, line in enumerate(text.splitlines(), start=1):
        match = _LINE.fullmatch(line)
        if match:
            value = shell_words.literal(match[2])
            if value is not None:
                found[match[1]] = (value, number)
    return found


def clother(home: Home) -> Reading:
    """`config.json` and `secrets.env` of clother. Its links are made for all providers, and say nothing."""
    found = Reading()
    path, secrets = ".config/clother/config.json", ".local/share/clother/secrets.env"
    about = settings.parsed(home, path, found) if path in home.files else {}
    kept = assigned(home.text(secrets) or "")
    overrides = table(about.get("provider_overrides"))

    def key(variable: str) -> Key:
        value, line = kept.get(variable, ("", 0))
        place = Place(secrets, variable, line, home.files[secrets].mode if secrets in home.files else 0o600)
        return keys.literal(value, place)

    for link, target in home.links.items():
        if target == "clother":
            why = "a link to clother: who types claude starts that, and not Claude Code"
            found.skip("claude", Place(link), why, "cc doctor says which client is found")
    for name, (url, variable) in _CLOTHER.items():
        over = table(overrides.get(name))
        if name not in overrides and variable not in kept:
            continue
        chosen = word(over.get("model"))
        own = Place(path, f"provider_overrides.{name}") if name in overrides else Place(secrets, variable)
        local = not variable
        held = Key(PLACEHOLDER, place=own) if local else key(variable)
        env = _variables(word(over.get("base_url")) or url, chosen)
        found.drafts.append(Draft("clother", held.place or own, env, f"clother-{name}", name, key=held))
    for name, model in table(about.get("openrouter_aliases")).items():
        place = Place(path, f"openrouter_aliases.{name}")
        env = _variables(_OPENROUTER, word(model))
        found.drafts.append(
            Draft("clother", place, env, f"clother-or-{name}", f"or-{name}", key=key("OPENROUTER_API_KEY"))
        )
    for name, entry in sorted(table(about.get("custom_providers")).items()):
        custom = table(entry)
        place = Place(path, f"custom_providers.{name}", mode=home.files[path].mode)
        env = _variables(word(custom.get("base_url")), word(custom.get("default_model")))
        held = key(word(custom.get("api_key_env")))
        found.drafts.append(Draft("clother", place, env, f"clother-{name}", name, key=held))
    return found


def ccm(home: Home) -> Reading:
    """`.ccm_config` of ccm.sh, which sources it. It is read as text."""
    found, path = Reading(), ".ccm_config"
    seen = home.files.get(path)
    if seen is None:
        return found
    values = assigned(seen.text)
    for variable, (name, title, url, model) in _CCM.items():
        if variable not in values:
            continue
        value, line = values[variable]
        place = Place(path, variable, line, seen.mode)
        key = keys.literal(value, place)
        if key.kind != LITERAL:
            found.skip(name, place, "a placeholder, and no key")
            continue
        env = _variables(url, values.get(model, ("", 0))[0])
        found.drafts.append(Draft("ccm.sh", place, env, title, name, key=key, guesses=_guesses(variable, url)))
    return found


def _guesses(variable: str, url: str) -> tuple[str, ...]:
    """What the file does not say, and ccm.sh knows or is told."""
    if variable in _REGIONAL:
        return ("which region it is for, ccm.sh is told at each call: the international one is taken",)
    host = urls.name_of(url)
    return (f"which server it is for, the file does not say: {host} is guessed",) if variable == _ARK else ()


def _variables(url: str, model: str) -> dict[str, Any]:
    return {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_MODEL": model}
