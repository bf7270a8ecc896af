/**
 * Conformance runner: scenarios from a folder, each on a real Temporal server.
 *
 *     npm run conformance -- DIR [ID...] [--json]
 *
 * An ID is a scenario's, or the part of it before the first `_`. `--json`: a JSON line per scenario and no other
 * output but the last line, which is always `N passed, N failed`. Exit code 0 when none failed, 2 when nothing could be
 * run. The server is one of our own, or the one that TEMPORAL_ADDRESS names.
 *
 * @module
 */
import { parseArgs } from 'node:util';
import { performAll } from './perform-all';
import { readFolder } from './read-folder';
import { show, showJson } from './report';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
  const [folder, ...ids] = positionals;
  if (folder === undefined) throw new Error('Say where the scenarios are: npm run conformance -- DIR [ID...] [--json]');
  const files = readFolder(folder, ids);
  let failed = 0;
  await performAll(files, (verdict) => {
    if (verdict.differences.length > 0) failed += 1;
    process.stdout.write(`${values.json === true ? showJson(verdict) : show(verdict)}\n`);
  });
  process.stdout.write(`${files.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(2); // A server or a process of ours may still be there to wait for.
});
