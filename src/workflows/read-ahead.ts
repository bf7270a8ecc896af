/**
 * Read ahead: keeps a run from acting on history that no workflow task has brought.
 *
 * A query that waits for a worker is handed the history as it is then. When signals or results have come meanwhile, whose
 * workflow task has not been started, the SDK's core applies them for the query, at the time and with the flags of the task
 * before. What the run then does is in no history, and its replay does otherwise: a watcher sees events that are others
 * later, and a run that continues as new in the one and not in the other stands still for good.
 *
 * So such news are left out, and the query shows what is in the history. The worker's copy of the run has now missed
 * something, of which the core believes that it was told: its next task must fail, whatever that brings. Then the copy is
 * thrown away, and the task is tried again at once, with a replay.
 *
 * @module
 */
import type { ActivateInput, WorkflowInternalsInterceptor } from '@temporalio/workflow';

/** One for each run that a worker holds. @param spoil Gives the next task a command that Temporal refuses. */
export function withoutReadingAhead(spoil: () => void): WorkflowInternalsInterceptor {
  let task: Task | undefined;
  let hasMissed = false;
  return {
    activate(input, next) {
      const now = taskOf(input);
      if (isQuery(input)) {
        // A task may have brought nothing but this.
        if (!hasMissed) task = now;
        return next(input);
      }
      // Of the same task there can be a second activation, but none that brings more of the history.
      const isAhead = task !== undefined && now.begun === task.begun && now.length > task.length;
      if (isAhead && input.activation.isReplaying !== true) {
        // A task that brings nothing more never comes here: it ends with what is commanded now.
        if (!hasMissed) spoil();
        hasMissed = true;
      } else if (hasMissed && now.begun !== task?.begun) throw new Error(MISSED);
      if (hasMissed) return;
      task = now;
      next(input);
    },
  };
}

const MISSED =
  'This copy of the run was read by a query between two workflow tasks and is thrown away. Nothing is lost: the task is tried again at once.';

interface Task {
  /** When it was started, and after how many bytes of history: no two of a run have both. */
  readonly begun: string;
  /** Events of the history that have been applied. */
  readonly length: number;
}

function taskOf({ activation: { timestamp, historySizeBytes, historyLength } }: ActivateInput): Task {
  return {
    begun: `${String(timestamp?.seconds)}.${timestamp?.nanos} ${String(historySizeBytes)}`,
    length: historyLength ?? 0,
  };
}

function isQuery({ activation: { jobs } }: ActivateInput): boolean {
  return (jobs ?? []).every(({ queryWorkflow }) => queryWorkflow != null);
}
