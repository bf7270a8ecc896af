/**
 * The implementations of all the examples' activity tools.
 *
 * @module
 */
import type { Implementation } from 'countersign/worker';

export const tools: readonly Implementation[] = [];
