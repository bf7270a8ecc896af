import { expect, test } from '@jest/globals';
import type { AnyEvent } from '../../../src/protocol';
import type { RunEvidence } from '../../../tools/faults/evidence';
import { judgeDeadlines } from '../../../tools/faults/judge-deadlines';

const ASKED = Date.parse('2026-01-01T00:00:00.000Z');
const at = (ms: number): string => new Date(ASKED + ms).toISOString();

/** What is found of a question that had 500 ms, whose wait ended so long after it was asked. */
function found(endedMs: number): readonly string[] {
  const asked = { type: 'InputRequiredEvent', inputId: 'q0', time: at(0) };
  const expired: AnyEvent = { type: 'Expired', inputId: 'q0', item: 'a', time: at(endedMs) };
  const evidence = {
    plan: { id: 'r' },
    seen: { events: [asked, expired] },
    expired: [expired],
    callOf: (item: string) => (item === 'a' ? { withinMs: 500 } : undefined),
  } as unknown as RunEvidence;
  return judgeDeadlines(evidence).map(({ kind }) => kind);
}

test('a wait that ends in time is right, up to a minute late while workers are killed', () => {
  expect([460, 500, 20_000].flatMap(found)).toEqual([]);
});

test('one that ends before its time, or more than a minute after it, is found', () => {
  expect(found(440)).toEqual(['timed out early']);
  expect(found(61_000)).toEqual(['timed out late']);
});
