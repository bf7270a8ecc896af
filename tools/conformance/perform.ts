/**
 * Perform: one scenario, phase by phase, on a real Temporal server.
 *
 * A scenario that stops or resumes has a worker and clients in processes of its own. Whatever leaves the last phase, a
 * run is watched until it has ended or is parked, and only then looked at.
 *
 * @module
 */
import type { Killable } from './killable';
import { ModelPart } from './model-part';
import { type Outcome, readOutcome } from './outcome';
import type { PhasePlan, Report } from './phase-client';
import { playHere, playInProcess, type PlayedPhase } from './played-phase';
import type { Phase, Run, Scenario } from './scenario';
import type { Stage } from './stage';

/** Nobody does anything. */
const NOBODY: Phase = { resume: true, runs: [{ at_start: [], human: [], after: [] }] };

export class Performance {
  readonly #stage: Stage;
  readonly #name: string;
  readonly #scenario: Scenario;
  readonly #isKillable: boolean;
  readonly #runs: (string | null)[] = [];
  readonly #sends: (string | undefined)[] = [];
  #taskQueue: string;
  #worker: Killable | undefined;
  #phase: PlayedPhase | undefined;

  constructor(stage: Stage, name: string, scenario: Scenario) {
    this.#stage = stage;
    this.#name = name;
    this.#scenario = scenario;
    this.#isKillable = isKillable(scenario);
    this.#taskQueue = this.#isKillable ? `conformance-${crypto.randomUUID()}` : stage.sharedQueue;
  }

  async outcome(): Promise<Outcome> {
    const { llm_script, phases } = this.#scenario;
    this.#stage.model.parts.set(
      this.#name,
      new ModelPart(llm_script, async (delayMs) => await this.#phase?.holdModel(delayMs)),
    );
    let [isStopped, wasToStop] = [false, false];
    for (const [nth, phase] of phases.entries()) {
      if (nth > 0 && phase.resume) await this.#kill();
      isStopped = await this.#play(phase, wasToStop);
      wasToStop = phase.runs.some(stops); // On a slow machine a run may have ended before it could be stopped.
    }
    if (isStopped) await this.#play(NOBODY, true);
    return await readOutcome(this.#stage, this.#name, this.#runs, this.#sends);
  }

  /** End what it has started. */
  async close(): Promise<void> {
    await this.#kill();
    for (const workflowId of this.#runs) {
      if (workflowId === null) continue;
      const run = this.#stage.client.temporal.workflow.getHandle(workflowId);
      // It has ended already, as most have; or there is no server to keep it.
      await run.terminate('The scenario is over.').catch(() => undefined);
    }
  }

  /** @returns Whether it was stopped. */
  async #play(phase: Phase, wasStopped: boolean): Promise<boolean> {
    const { address, namespace, client } = this.#stage;
    const { event_types: types, workflow } = this.#scenario;
    const plan: PhasePlan = {
      address,
      namespace,
      taskQueue: this.#taskQueue,
      workflow: this.#name,
      types,
      phase,
      runs: this.#runs,
      wasStopped,
      ...(workflow.timeout == null ? {} : { timeoutMs: workflow.timeout * 1000 }),
    };
    const report = (told: Report): void => this.#hear(told);
    const played = this.#isKillable ? playInProcess(plan, report) : playHere(client, plan, report);
    this.#phase = played;
    played.over.catch(() => undefined); // Thrown below, if it is still waited for.
    if (this.#isKillable && this.#worker === undefined) this.#worker = await this.#stage.startWorker(this.#taskQueue);
    played.begin();
    const isStopped = (await played.over) === 'stopped';
    this.#phase = undefined;
    if (isStopped) await Promise.all([this.#kill(), played.kill()]);
    else await played.kill();
    return isStopped;
  }

  #hear(report: Report): void {
    if (report.type === 'run') this.#runs.push(report.workflowId);
    if (report.type === 'sent') this.#sends.push(report.error);
  }

  async #kill(): Promise<void> {
    const [worker, phase] = [this.#worker, this.#phase];
    this.#worker = undefined;
    this.#phase = undefined;
    await Promise.all([worker?.kill(), phase?.kill()]);
  }
}

/** Whether its processes are killed: it stops them, or goes on in new ones. */
export function isKillable({ phases }: Scenario): boolean {
  return phases.some(({ resume, runs }, nth) => (resume && nth > 0) || runs.some(stops));
}

/** Whether it is killed while it does something, so that Temporal must find out: a matter of many seconds. */
export function isKilledAtWork({ phases }: Scenario): boolean {
  const rules = phases.flatMap(({ runs }) => runs.flatMap(({ human }) => human));
  return rules.some((rule) => rule.stop_process && rule.on !== 'WorkflowIdleEvent');
}

function stops({ at_start, human, after }: Run): boolean {
  return [...at_start, ...human, ...after].some((action) => action.stop_process);
}
