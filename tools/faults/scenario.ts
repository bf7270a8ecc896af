/**
 * Scenario: what every kind of trouble is told, and what it gives.
 *
 * @module
 */
import type { Figures, Verdict } from './oracle';
import type { ServerKind } from './servers';

export const SCENARIOS = ['mixed', 'clock', 'disk', 'restore'] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

export interface ScenarioOptions {
  readonly scenario: ScenarioName;
  readonly seed: number;
  readonly runs: number;
  readonly faults: number;
  /** Runs at a time. */
  readonly lanes: number;
  readonly server: ServerKind;
  readonly folder: string;
  /** How long everything may stand still, with no fault on, before that is a finding. Default: 3 minutes. */
  readonly patienceMs?: number;
  readonly say: (line: string) => void;
}

export interface Outcome extends Verdict {
  readonly figures: Figures;
  /** How often each kind happened. */
  readonly faults: Readonly<Record<string, number>>;
  /** Answers begun and without an outcome when a fault began, over all faults. */
  readonly answersInFlight: number;
  /** Processes that were found ended though nobody had killed them, by name. */
  readonly endedAlone: Readonly<Record<string, number>>;
}
