// A program with the Agent SDK for TypeScript, for tests: it does the turns of a task, and writes down what it sees.
// The task is JSON, in its one argument; each line that it prints is JSON. It is run beside the SDK's node_modules.
import { existsSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { query } from "@anthropic-ai/claude-agent-sdk";

const task = JSON.parse(process.argv[2]);
const tell = (kind, what) => console.log(JSON.stringify({ kind, ...what }));

// One session: the next prompt comes when the turn before it is over.
let go;
let next = new Promise((resolve) => (go = resolve));
async function* prompts() {
  for (const turn of task.turns) {
    yield { type: "user", message: { role: "user", content: turn.prompt }, parent_tool_use_id: null };
    await next;
    next = new Promise((resolve) => (go = resolve));
  }
}

const session = query({
  prompt: prompts(),
  options: {
    ...(task.claude ? { pathToClaudeCodeExecutable: task.claude } : {}),
    cwd: task.cwd,
    settingSources: ["user", "project", "local"],
    includePartialMessages: true,
    ...(task.resume ? { resume: task.resume } : {}),
    canUseTool: async (tool, input) => {
      tell("asked", { tool, input });
      return task.allow
        ? { behavior: "allow", updatedInput: input }
        : { behavior: "deny", message: "no, says the program" };
    },
    ...task.options,
  },
});

async function interruptAt(mark) {
  while (!existsSync(mark)) await wait(50);
  await session.interrupt();
}

let over = 0;
let pieces = 0;
try {
  if (task.turns[0].mark) interruptAt(task.turns[0].mark);
  for await (const message of session) {
    if (message.type === "system" && message.subtype === "init")
      tell("init", { model: message.model, version: message.claude_code_version });
    else if (message.type === "stream_event") pieces += 1;
    else if (message.type === "assistant") {
      for (const block of message.message.content) if (block.type === "text") tell("text", { text: block.text });
    } else if (message.type === "result") {
      tell("result", { error: message.is_error, text: message.result ?? "", pieces, session: message.session_id });
      pieces = 0;
      over += 1;
      if (over < task.turns.length && task.turns[over].mark) interruptAt(task.turns[over].mark);
      go();
    }
  }
} catch (wrong) {
  tell("failed", { text: String(wrong) });
  process.exitCode = 1;
}
