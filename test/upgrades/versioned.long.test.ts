import { afterEach, expect, test } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import type { WorkflowHandler } from '../../src/client';
import type { AnyEvent } from '../../src/protocol';
import { agentPlugin, type Deployment } from '../../src/worker';
import { calls, eventOfType, says, TestTemporal } from '../setup/temporal';
import { temporalCli, temporalCliJson } from '../setup/temporal-cli';
import { ASKED_AGAIN, failedTask, useVersions, type VersionName } from './versions';

const versions = useVersions('v1', 'compatible', 'breaking');
let temporal: TestTemporal;
afterEach(async () => await temporal.stop());

const server = (): readonly string[] => ['--address', process.env['TEMPORAL_ADDRESS'] as string];

/** Workers of one deployment, on a task queue of their own. */
class Rollout {
  readonly name = `desk-${crypto.randomUUID()}`;
  #first!: Worker;

  /** @param buildId Default: the first worker is not versioned. */
  static async begin(buildId?: string, behavior?: Deployment['versioningBehavior']): Promise<Rollout> {
    const rollout = new Rollout();
    temporal = new TestTemporal();
    const versioned = buildId === undefined ? {} : rollout.deployment(buildId, behavior);
    rollout.#first = await temporal.start({ ...versions.v1, ...versioned });
    if (buildId !== undefined) await rollout.setCurrent(buildId);
    return rollout;
  }

  async stopFirst(): Promise<void> {
    await temporal.stopWorker(this.#first);
  }

  deployment(buildId: string, versioningBehavior?: Deployment['versioningBehavior']): { deployment: Deployment } {
    return { deployment: { name: this.name, buildId, ...(versioningBehavior && { versioningBehavior }) } };
  }

  /** Start a worker of a version beside the others, and make it the current one. */
  async deploy(version: VersionName, buildId: string, behavior?: Deployment['versioningBehavior']): Promise<void> {
    await temporal.startWorker({ ...versions[version], ...this.deployment(buildId, behavior) });
    await this.setCurrent(buildId);
  }

  /** Refused until the server has heard of all that the version's worker polls. */
  async setCurrent(buildId: string): Promise<void> {
    const version = ['--deployment-name', this.name, '--build-id', buildId];
    for (let isCurrent = false; !isCurrent; ) {
      isCurrent = await temporalCli(
        'worker',
        'deployment',
        'set-current-version',
        ...version,
        '--yes',
        ...server(),
      ).then(
        () => true,
        (error: unknown) => {
          if (!/not found|missing active task queues|no pollers/i.test(String(error))) throw error;
          return false;
        },
      );
    }
    // The command is done before all of the server knows.
    for (const taskQueueType of [1, 2]) while ((await currentFor(taskQueueType)) !== buildId);
  }

  /** The open runs of a version, as whoever is on call asks for them. */
  async openOn(buildId: string): Promise<number> {
    const query = `ExecutionStatus="Running" AND TemporalWorkerDeploymentVersion="${this.name}:${buildId}"`;
    const answer = await temporalCliJson('workflow', 'count', '--query', query, ...server());
    return Number((answer as { readonly count?: string }).count ?? 0);
  }

  async whenOpenOn(buildId: string, count: number): Promise<void> {
    // Visibility is written behind the run.
    while ((await this.openOn(buildId)) !== count);
  }

  async parkedIn(tool: string): Promise<{ readonly run: WorkflowHandler; readonly question: AnyEvent }> {
    const run = await temporal.run('deskAgent', [calls([tool]), says('Done.')], 'Go.', ASKED_AGAIN);
    return { run, question: await eventOfType(run, 'InputRequiredEvent') };
  }
}

/** The version that new runs get, as the task queue has it. @param taskQueueType 1: workflow tasks, 2: activities. */
async function currentFor(taskQueueType: number): Promise<string | null | undefined> {
  const { client, taskQueue } = temporal;
  const { versioningInfo } = await client.temporal.workflowService.describeTaskQueue({
    namespace: 'default',
    taskQueue: { name: taskQueue },
    taskQueueType,
  });
  return versioningInfo?.currentDeploymentVersion?.buildId;
}

async function finish(run: WorkflowHandler, question: AnyEvent): Promise<void> {
  await run.respond(question, 'yes');
  expect(String(await run.result())).toBe('Done.');
}

/** The system prompt and the last message of the last model call: the version that asked, and what its tool gave. */
function lastAsked(): readonly unknown[] {
  const { messages = [] } = temporal.requests.at(-1) ?? {};
  return [messages[0]?.content, messages.at(-1)?.content];
}

test('pinned, the default: a parked tool finishes on its version, whatever is edited or removed; new runs begin on the new one', async () => {
  const rollout = await Rollout.begin('1');
  const parked = [await rollout.parkedIn('approve'), await rollout.parkedIn('sign'), await rollout.parkedIn('check')];
  await rollout.deploy('breaking', '2');
  await rollout.whenOpenOn('1', 3);
  const gave: unknown[] = [];
  for (const { run, question } of parked) {
    temporal.model.script([says('Done.')]);
    await finish(run, question);
    gave.push(lastAsked()[1]);
  }
  // Who asks the model after it depends on whether the server tells a run of the newer version, as below.
  expect(gave).toEqual(['approved: yes', 'signed: yes', 'looked by v1, checked: yes']);
  await rollout.whenOpenOn('1', 0);
  const fresh = await rollout.parkedIn('approve');
  await rollout.whenOpenOn('2', 1);
  await finish(fresh.run, fresh.question);
  expect(lastAsked()).toEqual(['Version 2.', 'looked by breaking, approved: yes']);
});

test('pinned: a conversation moves to the new version once, where the server tells it of one', async () => {
  const rollout = await Rollout.begin('1');
  const run = await temporal.run('deskAgent', ({ messages }) => says(`re ${String(messages.at(-1)?.content)}`), {
    userMsg: 'm0',
    conversation: true,
  });
  await eventOfType(run, 'TurnEnded');
  await rollout.deploy('breaking', '2');
  for (let turn = 1; turn < 6; turn += 1) {
    await run.sendMessage(`m${turn}`);
    await temporal.model.whenRequested(turn + 1);
  }
  await run.close();
  expect(String(await run.result())).toBe('re m5');
  expect(temporal.requests.at(-1)?.messages.filter(({ role }) => role === 'user')).toHaveLength(6);
  const links = await linksOf(run.workflowId);
  // Temporal 1.32 tells; 1.29 does not, and a pinned run stays where it is.
  const isTold = links[0]?.isTold === true;
  expect(links.map(({ version }) => version)).toEqual(isTold ? ['1', '2'] : ['1']);
});

interface Link {
  /** Whether a workflow task of it said that there is a newer version. */
  readonly isTold: boolean;
  readonly version: string | null | undefined;
}

async function linksOf(workflowId: string): Promise<readonly Link[]> {
  const { workflow } = temporal.client.temporal;
  const links: Link[] = [];
  for (let runId: string | undefined | null = (await workflow.getHandle(workflowId).describe()).runId; runId; ) {
    const { events } = await workflow.getHandle(workflowId, runId).fetchHistory();
    links.unshift({
      isTold:
        events?.some((one) => one.workflowTaskStartedEventAttributes?.targetWorkerDeploymentVersionChanged) ?? false,
      version: events?.findLast((one) => one.workflowTaskCompletedEventAttributes)?.workflowTaskCompletedEventAttributes
        ?.deploymentVersion?.buildId,
    });
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
  }
  return links;
}

test('auto-upgrade: parked runs finish on the new version', async () => {
  const rollout = await Rollout.begin('1', 'AUTO_UPGRADE');
  const { run, question } = await rollout.parkedIn('sign');
  await rollout.deploy('compatible', '2', 'AUTO_UPGRADE');
  await rollout.stopFirst();
  await finish(run, question);
  expect(lastAsked()).toEqual(['Version 2.', 'signed: yes, looked by compatible']);
});

test('auto-upgrade: a removed tool stops the run that is parked in it, until the old version is current again', async () => {
  const rollout = await Rollout.begin('1', 'AUTO_UPGRADE');
  const { run, question } = await rollout.parkedIn('sign');
  await rollout.deploy('breaking', '2', 'AUTO_UPGRADE');
  await run.sendEvent({ type: 'HumanResponseEvent', response: 'yes', inputId: question.inputId as string });
  expect(await failedTask(temporal, run)).toMatch(/The tool "sign" was there when the model called it/);
  await rollout.setCurrent('1');
  expect(String(await run.result())).toBe('Done.');
  expect(lastAsked()).toEqual(['Version 1.', 'signed: yes']);
});

test('a pinned run that waits too long is moved by hand, and its old worker can be stopped', async () => {
  const rollout = await Rollout.begin('1');
  const { run, question } = await rollout.parkedIn('sign');
  await rollout.deploy('compatible', '2');
  await rollout.stopFirst();
  const override = ['--versioning-override-behavior', 'pinned', '--versioning-override-build-id', '2'];
  const named = ['--workflow-id', run.workflowId, '--versioning-override-deployment-name', rollout.name];
  await temporalCli('workflow', 'update-options', ...named, ...override, ...server());
  await finish(run, question);
  expect(lastAsked()).toEqual(['Version 2.', 'signed: yes, looked by compatible']);
});

test('runs of unversioned workers go on under the first version that is made current', async () => {
  const rollout = await Rollout.begin();
  const { run, question } = await rollout.parkedIn('sign');
  await rollout.deploy('compatible', '1');
  await rollout.stopFirst();
  await finish(run, question);
  expect(lastAsked()).toEqual(['Version 2.', 'signed: yes, looked by compatible']);
});

test('histories of versions are replayed with the plugin as any other, and show what is edited or removed', async () => {
  const rollout = await Rollout.begin('1');
  const historyOf = async (tool: string): Promise<unknown> => {
    const { run, question } = await rollout.parkedIn(tool);
    await finish(run, question);
    return await temporal.client.temporal.workflow.getHandle(run.workflowId).fetchHistory();
  };
  const replay = async (name: VersionName, history: unknown): Promise<void> => {
    const { workflows, workflowBundle, tools } = versions[name] as Required<(typeof versions)[VersionName]>;
    const plugins = [await agentPlugin({ workflows, tools, openai: temporal.openai })];
    await Worker.runReplayHistory({ workflowBundle, plugins }, history);
  };
  for (const tool of ['approve', 'sign', 'check']) {
    const history = await historyOf(tool);
    await replay('v1', history);
    await replay('compatible', history);
    await expect(replay('breaking', history)).rejects.toThrow(/Nondeterminism|was there when the model called it/);
  }
});
