/** Global teardown: what global-setup.ts started. */
import { rm } from 'node:fs/promises';
import type { DevServer } from '../../src/testing';

export default async function globalTeardown(): Promise<void> {
  const { server, folder } = (globalThis as unknown as { countersignTest: { server: DevServer; folder: string } })
    .countersignTest;
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
