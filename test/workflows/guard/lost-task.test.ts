import { expect, test } from '@jest/globals';
import type { ActivateInput } from '@temporalio/workflow';
import { LOST_TASK } from '../../../src/protocol';
import { forgettingLostTasks } from '../../../src/workflows/guard/lost-task';

interface Given {
  readonly at: number;
  readonly jobs?: readonly object[];
  readonly isReplaying?: boolean;
  readonly commands?: readonly object[];
}

/** One copy of a run: gives it tasks. */
function copyOfRun(): (given: Given) => void {
  const { activate, concludeActivation } = forgettingLostTasks();
  return ({
    at,
    jobs = [{ signalWorkflow: {} }],
    isReplaying = false,
    commands = [{ scheduleActivity: { seq: 1 } }],
  }) => {
    const activation = { historyLength: at, isReplaying, jobs };
    activate?.({ activation, batchIndex: 0 } as unknown as ActivateInput, () => undefined);
    concludeActivation?.({ commands: [...commands] }, (input) => input);
  };
}

const QUERY = { jobs: [{ queryWorkflow: {} }], commands: [] };
const ACTIVITY = { scheduleActivity: { seq: 1 } };

function ended(result: object): object {
  return { resolveActivity: { result } };
}

test.each([
  ['a signal', [{ signalWorkflow: {} }], 1],
  ['two signals and a timer', [{ signalWorkflow: {} }, { signalWorkflow: {} }, { fireTimer: {} }], 3],
  ['an activity', [ended({ completed: {} })], 2],
  ['an activity that failed', [ended({ failed: { failure: { cause: { applicationFailureInfo: {} } } } })], 2],
  ['an activity that nobody took', [ended({ failed: { failure: { cause: { timeoutFailureInfo: {} } } } })], 1],
  ['an activity that was cancelled', [ended({ cancelled: {} })], 0],
  ['an update', [{ doUpdate: {} }], 0],
  ['a cancellation', [{ cancelWorkflow: {} }], 1],
])('a task that came with %s after one whose effect is nowhere in the history fails', (_name, jobs, events) => {
  for (const commands of [
    [ACTIVITY],
    [{ setPatchMarker: { patchId: 'a' } }],
    [ACTIVITY, { scheduleActivity: { seq: 2 } }],
  ]) {
    for (let effects = 0; effects <= commands.length; effects += 1) {
      const give = copyOfRun();
      give({ at: 10, commands });
      give({ at: 10, ...QUERY });
      const next = (): void => give({ at: 10 + 1 + effects + events + 2, jobs });
      if (effects < commands.length) expect(next).toThrow(LOST_TASK);
      else next();
    }
  }
});

test('one after a task without effect is given, and after a replayed one, and all that belongs to one task', () => {
  const quiet = copyOfRun();
  quiet({ at: 10, commands: [{ startTimer: { seq: 1 } }, { cancelTimer: { seq: 1 } }] });
  quiet({ at: 14 });
  // Begun in one activation of the task, and cancelled in the next.
  const changed = copyOfRun();
  changed({ at: 10, commands: [{ startTimer: { seq: 1 } }] });
  changed({ at: 10, commands: [{ cancelTimer: { seq: 1 } }] });
  changed({ at: 14 });
  const replayed = copyOfRun();
  replayed({ at: 10, isReplaying: true });
  replayed({ at: 14 });
  const give = copyOfRun();
  give({ at: 10 });
  give({ at: 10, jobs: [{ resolveActivity: { isLocal: true, result: { completed: {} } } }] });
  // Taken back, as the task of a refused update is.
  give({ at: 8 });
});
