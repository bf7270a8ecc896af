/** Global teardown: what global-setup.ts started. */
import { rm } from 'node:fs/promises';
import type { DevServer } from '../../src/testing';

export default async function globalTeardown(): Promise<void> {
  const { countersignTest: started } = globalThis as { countersignTest?: { server: DevServer; folder: string } };
  if (started === undefined) return; // The setup failed, and said why.
  await started.server.stop();
  await rm(started.folder, { recursive: true, force: true });
}
