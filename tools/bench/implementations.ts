/**
 * Implementations of the activity tools of workflows.ts.
 *
 * @module
 */
import { implement } from 'countersign/worker';
import { KILOBYTE } from './task';
import { lookUp } from './workflows';

export const implementations = [implement(lookUp, async () => KILOBYTE)];
