/**
 * The worker container's health check: is this host's worker being given work?
 *
 * Asks the Temporal server who polls the task queue, and looks for a poller of this host that was there lately. A live
 * process proves nothing: a worker that never connected, lost its connection or hangs is missing from that list.
 */
const { hostname } = require('node:os');
const { AgentClient } = require('countersign/client');

/** A poll waits for up to a minute, then the worker asks again: a healthy one is never much older than that. */
const FRESH_MS = 90_000;
/** The server's number for the queue of workflow tasks; the one a worker always polls, however busy its activities. */
const WORKFLOW_TASKS = 1;

async function main() {
  const { temporal } = await AgentClient.connect();
  const { namespace } = temporal.options;
  // As examples/worker.ts has it.
  const name = process.env.COUNTERSIGN_TASK_QUEUE?.trim() || 'countersign';
  const { pollers } = await temporal.withDeadline(Date.now() + 5_000, () =>
    temporal.workflowService.describeTaskQueue({ namespace, taskQueue: { name }, taskQueueType: WORKFLOW_TASKS }),
  );
  const ages = (pollers ?? [])
    .filter((poller) => poller.identity?.endsWith(`@${hostname()}`))
    .map((poller) => Date.now() - Number(poller.lastAccessTime?.seconds ?? 0) * 1_000);
  if (!ages.some((age) => age < FRESH_MS)) {
    throw new Error(`no poller of ${hostname()} on task queue ${name} within ${FRESH_MS / 1_000} s`);
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
