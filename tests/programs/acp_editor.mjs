// A FAKE editor, for tests: it speaks the Agent Client Protocol with the adapter that Zed and JetBrains start, by the
// protocol's own library, as they do. It has no window: it does the turns of a task, and writes down what it sees.
// The task is JSON, in its one argument; each line that it prints is JSON. It is run beside the adapter's node_modules.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { Readable, Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { client, methods, ndJsonStream, PROTOCOL_VERSION } from "@agentclientprotocol/sdk";

const task = JSON.parse(process.argv[2]);
const tell = (kind, what) => console.log(JSON.stringify({ kind, ...what }));
const env = { ...process.env, ...(task.claude ? { CLAUDE_CODE_EXECUTABLE: task.claude } : {}) };
const adapter = spawn(process.execPath, [task.adapter], { cwd: task.cwd, env, stdio: ["pipe", "pipe", "inherit"] });

let text = "";
let pieces = 0;
const editor = client({ name: "fake-editor" })
  .onRequest(methods.client.session.requestPermission, ({ params }) => {
    tell("asked", { tool: params.toolCall.title, input: params.toolCall.rawInput });
    const wanted = task.allow ? "allow_once" : "reject_once";
    const option = params.options.find((one) => one.kind === wanted);
    return { outcome: { outcome: "selected", optionId: option.optionId } };
  })
  .onNotification(methods.client.session.update, ({ params }) => {
    const update = params.update;
    if (update.sessionUpdate === "agent_message_chunk") {
      pieces += 1;
      text += update.content.text ?? "";
    }
  });

try {
  await editor.connectWith(
    ndJsonStream(Writable.toWeb(adapter.stdin), Readable.toWeb(adapter.stdout)),
    async (agent) => {
      const begun = await agent.request(methods.agent.initialize, {
        protocolVersion: PROTOCOL_VERSION,
        clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
      });
      const about = { cwd: task.cwd, mcpServers: [] };
      const session = task.resume
        ? await agent.request(methods.agent.session.load, { ...about, sessionId: task.resume })
        : await agent.request(methods.agent.session.new, about);
      const sessionId = task.resume ?? session.sessionId;
      const chosen = Object.fromEntries((session.configOptions ?? []).map((one) => [one.id, one.currentValue]));
      tell("init", { model: null, version: begun.agentInfo?.version, chosen });
      // What a person chooses in the editor's menu. By itself the adapter begins in auto mode, which asks a model.
      if (task.mode)
        await agent.request(methods.agent.session.setMode, { sessionId, modeId: task.mode });
      for (const turn of task.turns) {
        text = "";
        pieces = 0;
        const asked = agent.request(methods.agent.session.prompt, {
          sessionId,
          prompt: [{ type: "text", text: turn.prompt }],
        });
        if (turn.mark) {
          while (!existsSync(turn.mark)) await wait(50);
          await agent.notify(methods.agent.session.cancel, { sessionId });
        }
        try {
          const { stopReason } = await asked;
          tell("result", { error: false, stop: stopReason, text, pieces, session: sessionId });
        } catch (wrong) {
          tell("result", { error: true, text: `${text} ${wrong.message} ${JSON.stringify(wrong.data ?? "")}`, pieces });
        }
      }
    },
  );
} catch (wrong) {
  tell("failed", { text: String(wrong) });
  process.exitCode = 1;
}
adapter.stdin.end();
