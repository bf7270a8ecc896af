/**
 * Usage: what the command line takes, for people.
 *
 * @module
 */
const ENVIRONMENT = `Environment:
  OPENAI_API_KEY       the model's key; without it a scripted model stands in
  OPENAI_BASE_URL      another server that speaks OpenAI's API
  OPENAI_MODEL         asked for instead of every agent's own model
  TEMPORAL_ADDRESS     a Temporal server to use, and the Temporal CLI's other variables and its temporal.toml;
                       without them the one at 127.0.0.1:7233 is used, or one is started
  COUNTERSIGN_ENCRYPTION_KEYS
                       id:base64,id:base64: encrypts what runs hold, with the first of these keys
  COUNTERSIGN_DEBUG    any value: stack traces, and Temporal's own log
  NO_COLOR             any value: no colours`;

const OPTIONS = `  --tools MODULE       a module that exports \`tools\`: a list of implement(tool, fn)
  --task-queue NAME    default: countersign
  --port PORT          start a Temporal server on this port, whatever else runs`;

/** Said with every command line that cannot be used. */
export const SYNOPSIS = `Usage:
  countersign demo MODULE AGENT [options]   run an agent once, print its events, answer its questions
  countersign dev [MODULE] [options]        keep a Temporal server, a model and a worker up until Ctrl-C
  countersign codec-server [options]        show the Temporal UI and CLI what is encrypted, until Ctrl-C
  countersign COMMAND --help                what a command takes
  countersign --version                     the version of this package`;

export const USAGE = {
  countersign: `countersign: agents that stop and ask a person, durable on Temporal.

${SYNOPSIS}

${ENVIRONMENT}`,

  demo: `Usage: countersign demo MODULE AGENT [options]

Runs an agent once: starts what is not there (Temporal server, worker, model), sends it a message, prints each
event of its stream, asks you its questions, and prints its final response.

  MODULE               the compiled module that exports the agent workflows
  AGENT                the name of one of them

Options:
  --message TEXT       what the agent is told; default: "I want to proceed with the dangerous task."
  --answer TEXT        answer every question with this instead of asking
${OPTIONS}

${ENVIRONMENT}`,

  dev: `Usage: countersign dev [MODULE] [options]

Keeps a Temporal server, a model and a worker for MODULE up until Ctrl-C. Prints \`ready ADDRESS UI-URL\` when they
are. Without MODULE there is no worker: run your own.

  MODULE               the compiled module that exports the agent workflows

Options:
${OPTIONS}

${ENVIRONMENT}`,

  'codec-server': `Usage: countersign codec-server [options]

Encodes and decodes payloads over HTTP with the keys of COUNTERSIGN_ENCRYPTION_KEYS: the codec endpoint of the Temporal
UI and of \`temporal --codec-endpoint\`. It decrypts for whoever reaches it. Prints \`ready URL\` when it listens.

Options:
  --port PORT          default: 8888
  --host HOST          default: 127.0.0.1
  --origin URL         web pages that may ask, besides those of this machine; may be given again

Environment:
  COUNTERSIGN_ENCRYPTION_KEYS
                       id:base64,id:base64: as the workers have it
  COUNTERSIGN_CODEC_TOKEN
                       asked for as \`Authorization: Bearer TOKEN\``,
} as const;
