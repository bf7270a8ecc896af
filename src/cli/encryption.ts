/**
 * Encryption: what the environment's keys mean for a command's client, worker and bundle.
 *
 * @module
 */
import type { DataConverter } from '@temporalio/common';
import { encryptedDataConverter, keysFromEnvironment } from '../encryption';
import { oneLine } from './text';

export interface Encryption {
  /** What a person is told of it. */
  readonly label: string;
  readonly dataConverter: DataConverter & { readonly failureConverterPath: string };
}

/** @returns `undefined` without keys. @throws AgentError `INVALID_DEFINITION` when they cannot be used. */
export function encryptionFromEnvironment(): Encryption | undefined {
  const keys = keysFromEnvironment();
  if (keys === undefined) return undefined;
  const others = Object.keys(keys.keys).length - 1;
  const label = `with the key ${oneLine(keys.use)}${others === 0 ? '' : `, ${others} more to decrypt`}`;
  return { label, dataConverter: encryptedDataConverter(keys) };
}
