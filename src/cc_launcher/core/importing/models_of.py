"""The models that a tool's variables name, in the tiers of a profile."""

from typing import Any

from cc_launcher.core.importing.putting import SLOT, SMALL, Made
from cc_launcher.core.text import names

NO_MODEL = "no model is chosen"
_MARK = "[1m]"  # which the client reads, and no provider


def models(made: Made) -> None:
    """The tiers, the windows and the further models."""
    env = made.draft.env
    tiers = _tiers(made)
    main = tiers.get("main", "")
    if tiers:
        made.data["tiers"] = tiers
    wide = any(env.get(name, "").strip().endswith(_MARK) for name in ("ANTHROPIC_MODEL", *SLOT.values()))
    context = _context(made, main, wide=wide)
    about: dict[str, dict[str, Any]] = {main: {"context": context}} if context else {}
    for extra in (*made.draft.extra_models, *env.get("ANTHROPIC_EXTRA_MODELS", "").split(",")):
        model = _model(made, extra, "ANTHROPIC_EXTRA_MODELS")
        if model and model not in tiers.values():
            about.setdefault(model, {"name": model})
    if about:
        made.data["models"] = about
    if not main and (made.base is None or made.base.tiers.main is None):
        made.needs.append(NO_MODEL)


def _tiers(made: Made) -> dict[str, str]:
    """The models of the tiers; small jobs have one in any case, or else the catalog's would be taken."""
    env = made.draft.env
    chosen = {tier: _model(made, env.get(name, ""), name) for tier, name in SLOT.items()}
    chosen["haiku"] = chosen["haiku"] or _model(made, env.get(SMALL, ""), SMALL)
    main = _model(made, env.get("ANTHROPIC_MODEL", ""), "ANTHROPIC_MODEL")
    main = main or chosen["opus"] or _model(made, made.draft.model, "model") or chosen["sonnet"]
    tiers = {"main": main, "haiku": chosen["haiku"] or main}
    for tier, usual in (("opus", main), ("sonnet", main), ("fable", chosen["opus"] or main)):
        tiers[tier] = chosen[tier] if chosen[tier] != usual else ""
    tiers["subagent"] = chosen["subagent"]
    return {tier: model for tier, model in tiers.items() if model}


def _model(made: Made, text: str, where: str) -> str:
    """The id of a model; the client's own words for its tiers are none."""
    model = text.strip().removesuffix(_MARK)
    if not model or model in names.CLIENT_ALIASES:
        return ""
    if not names.is_model(model) or made.has_key(model):
        made.drop(where, "is no model id")
        return ""
    return model


def _context(made: Made, main: str, *, wide: bool) -> int:
    """The window of the main model, where the catalog does not say the same."""
    text = made.draft.env.get("CLAUDE_CODE_MAX_CONTEXT_TOKENS", "").strip()
    stated = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
    window = stated if stated >= 1000 else 1_000_000 if wide else 0
    if not main or not window:
        return 0
    known = None
    if made.base is not None:
        about = made.base.models.get(main)
        known = (about.context if about is not None else None) or (made.base.context if stated else None)
    return 0 if known == window or (known and not stated) else window
