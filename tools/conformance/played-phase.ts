/**
 * Played phase: the client side of a phase as the runner sees it, in this process or in one that can be killed.
 *
 * @module
 */
import type { AgentClient } from 'countersign/client';
import { Killable } from './killable';
import { PhaseClient, type PhasePlan, type Report } from './phase-client';
import type { HoldModel } from './phase-process';

export interface PlayedPhase {
  /** There is a worker now. */
  begin(): void;
  /** Settles when the phase is over. `stopped`: it asks to be killed. */
  readonly over: Promise<'done' | 'stopped'>;
  /** Settles when a model that was asked now may reply, or when the phase is over. */
  holdModel(delayMs: number): Promise<void>;
  kill(): Promise<void>;
}

export function playHere(client: AgentClient, plan: PhasePlan, report: (report: Report) => void): PlayedPhase {
  const phase = new PhaseClient(client, plan, report);
  let begin = (): void => undefined;
  const isBegun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const over = isBegun.then(() => phase.perform()).then(() => 'done' as const);
  return {
    begin,
    over,
    holdModel: async (delayMs) => {
      await Promise.race([phase.holdModel(delayMs), over]).catch(() => undefined);
    },
    kill: async () => undefined,
  };
}

export function playInProcess(plan: PhasePlan, report: (report: Report) => void): PlayedPhase {
  const process = new Killable(require.resolve('./phase-process'), plan, {});
  process.child.on('message', (message: unknown) => {
    if (isReport(message)) report(message);
  });
  const isReady = process.told((message): message is 'ready' => message === 'ready');
  const isEnd = (message: unknown): message is Report => isReport(message) && ['done', 'stop'].includes(message.type);
  const over = process.told(isEnd).then((last) => (last?.type === 'done' ? 'done' : 'stopped'));
  for (const one of [isReady, over]) one.catch(() => undefined); // Thrown to whoever waits for them.
  let requests = 0;
  return {
    begin: () => void isReady.then(() => process.child.send('begin')).catch(() => undefined), // Then it is over.
    over,
    async holdModel(delayMs) {
      await isReady;
      if (process.isKilled) return;
      const hold = requests;
      requests += 1;
      const isAnswer = (message: unknown): message is HoldModel =>
        typeof message === 'object' && message !== null && 'hold' in message && message.hold === hold;
      const answer = process.told(isAnswer);
      process.child.send({ hold, delayMs } satisfies HoldModel, () => undefined); // It may just have been killed.
      await answer;
    },
    kill: () => process.kill(),
  };
}

function isReport(message: unknown): message is Report {
  return typeof message === 'object' && message !== null && 'type' in message;
}
