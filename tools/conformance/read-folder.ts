/**
 * Read folder: the scenarios of a folder, of which some may be no scenarios.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readScenario, type Scenario } from './scenario';
import { scenarioWorkflow } from './scenario-workflows';

export interface ScenarioFile {
  readonly id: string;
  /** Its workflow's name: one that a module can export. */
  readonly name: string;
  readonly scenario: Scenario | undefined;
  /** Why it cannot be performed. */
  readonly problem?: string;
}

/** @throws Error when there is none, or none of an id. */
export function readFolder(folder: string, ids: readonly string[]): readonly ScenarioFile[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file, nth) => readFile(join(folder, file), nth));
  const isCalled = (id: string, called: string): boolean => id === called || id.startsWith(`${called}_`);
  const unknown = ids.filter((id) => !files.some((file) => isCalled(file.id, id)));
  if (files.length === 0) throw new Error(`There are no scenarios (*.json) in ${folder}.`);
  if (unknown.length > 0) throw new Error(`There is no scenario ${unknown.join(', ')} in ${folder}.`);
  return ids.length === 0 ? files : files.filter((file) => ids.some((id) => isCalled(file.id, id)));
}

function readFile(path: string, nth: number): ScenarioFile {
  const fileName = basename(path, '.json');
  const name = `scenario${nth}_${fileName.replace(/\W/g, '_')}`;
  try {
    const scenario = readScenario(readFileSync(path, 'utf8'));
    scenarioWorkflow(name, scenario); // What cannot be built must not be in the module that serves all others.
    return { id: scenario.id, name, scenario };
  } catch (error) {
    const problem = `${path}: ${error instanceof Error ? error.message : String(error)}`;
    return { id: fileName, name, scenario: undefined, problem };
  }
}
