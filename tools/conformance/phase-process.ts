/**
 * Phase process: the client side of a phase in a process of its own, to be killed.
 *
 * Told its plan as JSON in its first argument, and by messages when to begin; reports by messages too.
 *
 * @module
 */
import { AgentClient } from 'countersign/client';
import { PhaseClient, type PhasePlan } from './phase-client';

/** The model was asked. The process answers with the same when the model may reply. */
export interface HoldModel {
  /** The number of the request. */
  readonly hold: number;
  readonly delayMs: number;
}

async function main(plan: PhasePlan): Promise<void> {
  const { address, namespace } = plan;
  const client = await AgentClient.connect({ address, namespace });
  const phase = new PhaseClient(client, plan, (report) => process.send?.(report));
  const isBegun = new Promise<void>((resolve) => {
    process.on('message', (request: 'begin' | HoldModel) => {
      if (request === 'begin') return resolve();
      const answer = (): unknown => process.send?.(request);
      phase.holdModel(request.delayMs).then(answer, answer);
    });
  });
  process.send?.('ready');
  await isBegun;
  await phase.perform();
}

process.once('disconnect', () => process.exit());
main(JSON.parse(process.argv[2] ?? '') as PhasePlan).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
