/**
 * Measurements: all of them, by name.
 *
 * @module
 */
import type { Bench } from './bench';
import { measureConversation } from './conversation';
import { measureCpu } from './cpu';
import { measureCrowd } from './crowd';
import { measureEviction } from './eviction';
import type { Figure } from './figure';
import { measureHistory } from './history';
import { measureLatency } from './latency';
import { measureMemory } from './memory';
import { measureParked } from './parked';
import { measureRestart } from './restart';
import { measureStartup } from './startup';
import { measureSteps } from './steps';
import { measureThroughput } from './throughput';
import { measureTokens } from './tokens';

/** How much is measured. */
export interface Scale {
  /** Rounds that medians are taken over. */
  readonly runs: number;
  /** Runs of the crowd. */
  readonly atOnce: number;
  /** Runs that are parked. */
  readonly parked: number;
  /** Turns of the conversation. */
  readonly turns: number;
}

export interface Measurement {
  /** For a person. */
  readonly about: string;
  measure(bench: Bench, scale: Scale): Promise<readonly Figure[]>;
}

export const MEASUREMENTS: Readonly<Record<string, Measurement>> = {
  history: {
    about: 'events and bytes of the example run',
    measure: (bench, { runs }) => measureHistory(bench, runs),
  },
  steps: {
    about: 'history of 100 steps, and whether it is linear',
    measure: (bench) => measureSteps(bench),
  },
  throughput: {
    about: 'whole runs per second, 32 at once',
    measure: (bench, { runs }) => measureThroughput(bench, runs),
  },
  cpu: {
    about: 'CPU time of a run, by process',
    measure: (bench, { runs }) => measureCpu(bench, runs),
  },
  latency: {
    about: 'answer to result, one run at a time',
    measure: (bench, { runs }) => measureLatency(bench, runs),
  },
  eviction: {
    about: 'answer to result of a run that its worker has put out of memory',
    measure: (bench, { runs }) => measureEviction(bench, runs),
  },
  restart: {
    about: 'start of a new worker to the result of an answered run, the old worker stopped or killed',
    measure: (bench, { runs }) => measureRestart(bench, runs),
  },
  crowd: {
    about: 'runs started all at once: runs per second, answer to result, nothing lost (--at-once)',
    measure: (bench, { runs, atOnce }) => measureCrowd(bench, runs, atOnce),
  },
  parked: {
    about: 'very many parked runs: start rate, memory of worker and server, any of them answered (--parked)',
    measure: (bench, { parked }) => measureParked(bench, parked),
  },
  conversation: {
    about: 'a long conversation: late turns beside early ones, links, memory of the worker (--turns)',
    measure: (bench, { turns }) => measureConversation(bench, turns),
  },
  tokens: {
    about: 'from a chunk of the model to a watcher that has it; ours alone',
    measure: (bench, { runs }) => measureTokens(bench, runs),
  },
  memory: {
    about: 'what a parked run costs a worker that keeps it in memory',
    measure: (bench, { runs }) => measureMemory(bench, runs),
  },
  startup: {
    about: 'createWorker until it polls, bundle built ahead',
    measure: (bench, { runs }) => measureStartup(bench, runs),
  },
};
