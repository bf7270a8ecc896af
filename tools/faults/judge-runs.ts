/**
 * Judge runs: every run has ended, or is parked on a question that shows.
 *
 * @module
 */
import type { Finding, RunEvidence } from './evidence';
import { countBy } from './group';
import { SHOWN_BY_A_QUERY } from './task-failures';

/** A task that is refused because something more came meanwhile is Temporal's own way, and is done again. */
const HARMLESS_TASK_FAILURES = ['UNHANDLED_COMMAND', 'FORCE_CLOSE_COMMAND', 'FAILOVER_CLOSE_COMMAND', SHOWN_BY_A_QUERY];
/**
 * What the SDK says of a worker that was frozen in the middle of a task, and what a copy of a run fails with that a query
 * has read ahead of its tasks: the task is done again too.
 */
const DONE_AGAIN = ['Script execution timed out', 'does not run ahead of it', 'was lost at another one'];

export function judgeRun({ plan, seen, questions, acted, expired, callOf }: RunEvidence): readonly Finding[] {
  const findings: Finding[] = [];
  const find = (kind: string, text: string): void => void findings.push({ run: plan.id, kind, text });
  if (seen.merged > 0) find('merged tasks', `${seen.merged} are replayed as one with the task before.`);
  if (seen.unreadable !== undefined) {
    find('unreadable', seen.unreadable);
    return findings;
  }
  const wanted = plan.isToEnd ? 'COMPLETED' : 'RUNNING';
  if (seen.status !== wanted) {
    const open = seen.pending.map(({ inputId }) => inputId).join(', ') || 'nothing';
    find('stands still', `It is ${seen.status} and not ${wanted}; ${open} is asked, ${lastOf(seen.events)} came last.`);
  }
  if (seen.status === 'COMPLETED' && seen.events.at(-1)?.type !== 'StopEvent') {
    find('no end', `It has ended, and its stream ends with ${lastOf(seen.events)}.`);
  }
  for (const failure of seen.taskFailures) {
    const [cause = ''] = failure.split(':');
    if (!HARMLESS_TASK_FAILURES.includes(cause) && !DONE_AGAIN.some((text) => failure.includes(text)))
      find('task failed', failure);
  }
  for (const event of seen.events) {
    if (event.type === 'ToolCallResult' && event['isError'] === true) {
      find('tool error', String(event['toolOutput']));
    } else if (event.type === 'TurnEnded' && event['error'] !== undefined) {
      find('turn failed', JSON.stringify(event['error']));
    }
  }

  const pending = new Set(seen.pending.map(({ inputId }) => inputId));
  const settled = new Set([...acted, ...expired].map(({ inputId }) => inputId));
  for (const { inputId, item } of questions) {
    if (!pending.has(inputId) && !settled.has(inputId)) {
      find('hidden question', `"${inputId}" about ${item} was asked, is not open, and came to nothing.`);
    }
    if (pending.has(inputId) && settled.has(inputId)) find('still open', `"${inputId}" was acted on, and is open.`);
    if (pending.has(inputId) && callOf(item)?.isNever === false) {
      find('stands still', `"${inputId}" about ${item} is open, and was to be answered.`);
    }
  }
  const asked = new Set(questions.map(({ inputId }) => inputId));
  for (const inputId of pending) {
    if (!asked.has(inputId)) find('hidden question', `"${inputId}" is open, and not on the stream.`);
  }
  for (const [item, times] of countBy(questions.map((question) => question.item))) {
    if (times > 1) find('asked twice', `${item} was asked ${times} times: code before a wait ran again.`);
  }
  for (const [inputId, times] of countBy([...acted, ...expired].map(({ inputId = '' }) => inputId))) {
    if (times > 1) find('settled twice', `"${inputId}" was acted on ${times} times.`);
  }
  return [...findings, ...skippedCalls({ plan, questions })];
}

/** Of each turn every call was asked, in one of the sendings of its message. */
function skippedCalls({ plan, questions }: Pick<RunEvidence, 'plan' | 'questions'>): readonly Finding[] {
  const items = questions.map(({ item }) => item);
  return plan.turns.flatMap(({ turn, steps }) => {
    const wanted = steps.flat().map(({ item }) => item);
    const sendings = new Set(['', ...items.flatMap((item) => /~\d+$/.exec(item) ?? [])]);
    const isWhole = [...sendings].some((again) => wanted.every((item) => items.includes(`${item}${again}`)));
    if (isWhole) return [];
    const text = `Turn ${turn} has not asked all it had to: ${wanted.filter((item) => !items.includes(item)).join(', ')}.`;
    return [{ run: plan.id, kind: 'not asked', text }];
  });
}

function lastOf(events: readonly { readonly type: string }[]): string {
  return events.at(-1)?.type ?? 'no event';
}
