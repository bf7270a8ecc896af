/**
 * Driver process: everybody who has to do with the runs from outside, in a process that is killed. Told what to do as
 * JSON in its first argument; started again, it goes on from its journal.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { AgentClient, errorText } from 'countersign/client';
import { Journal } from './journal';
import { MAIN_WATCHER, Pilot } from './pilot';
import { planRuns, withDeadlines } from './runs';

export interface DriverSettings {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly seed: number;
  readonly runs: number;
  /** Runs at a time. */
  readonly lanes: number;
  readonly hasDeadlines: boolean;
  readonly journalFile: string;
}

async function main(settings: DriverSettings): Promise<void> {
  const { seed, taskQueue, lanes } = settings;
  const journal = new Journal(settings.journalFile, MAIN_WATCHER);
  const fail = (error: unknown): never => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    journal.write({ t: 'trouble', where: 'driver', text });
    process.exit(1);
  };
  process.on('uncaughtException', fail).on('unhandledRejection', fail);
  journal.write({ t: 'boot' });
  const clients = await Promise.all([connect(settings), connect(settings)] as const);
  const planned = planRuns(seed, settings.runs);
  const plans = (settings.hasDeadlines ? withDeadlines(seed, planned) : planned).values();
  const lane = async (): Promise<void> => {
    for (const plan of plans) await new Pilot({ seed, taskQueue, journal, clients }, plan).fly();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  journal.write({ t: 'all-done' });
  process.exit(0);
}

/** A server that is away is waited for. */
async function connect({ address, namespace }: DriverSettings): Promise<AgentClient> {
  for (;;) {
    try {
      return await AgentClient.connect({ address, namespace });
    } catch (error) {
      console.error(new Date().toISOString(), errorText(error));
      await delay(250);
    }
  }
}

void main(JSON.parse(process.argv[2] ?? '') as DriverSettings);
