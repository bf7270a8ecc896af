import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { bundleOptions } from '../../src/worker';
import { EXAMPLE } from '../cli/program';

/** Packages that every workflow bundle of Temporal's holds, and the one schema library that costs nothing there. */
const KNOWN = ['@noble/hashes', '@temporalio/common', '@temporalio/workflow', 'long', 'ms', 'nexus-rpc', 'valibot'];

test('the workflow bundle holds no Node module and no heavy library', async () => {
  const warnings: string[] = [];
  const { code } = await bundleWorkflowCode({
    ...bundleOptions({ workflows: require.resolve('../fixtures/workflows') }),
    logger: new DefaultLogger('WARN', ({ message }) => warnings.push(message)),
  });
  expect(warnings).toEqual([]);
  const map = Buffer.from(code.slice(code.lastIndexOf('base64,') + 'base64,'.length), 'base64').toString();
  const { sources } = JSON.parse(map) as { sources: readonly string[] };
  const packages = new Set(
    sources.flatMap((source) => source.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/)?.[1] ?? []),
  );
  expect([...packages].sort()).toEqual(KNOWN);
  expect(sources.some((source) => source.includes('src/workflows/loop/agent-loop'))).toBe(true);
  expect(
    sources.filter(
      (source) => !source.includes('node_modules') && /src\/(models|activities|worker|client|cli|testing)/.test(source),
    ),
  ).toEqual([]);
});

test.each([
  ['the tests’ own bundle', async () => readFileSync(process.env['COUNTERSIGN_TEST_BUNDLE'] as string, 'utf8'), 'src'],
  ['the bundle of `countersign demo` and `dev`', bundleOfTheCommandLine, 'dist'],
])('%s has the guard in it, and shares our modules among all runs', async (_whose, bundled, realm) => {
  const code = await bundled();
  expect(code).toContain('workflows/guard/payloads');
  // A package.json with "sideEffects": false would have webpack drop these, and each run hold a copy of its own.
  const preload = /preloadModules = function preloadModules\(\) \{([^}]*)\}/.exec(code)?.[1] ?? '';
  expect(preload).toContain(`${realm}/index`);
  expect(preload).not.toContain('0;');
});

/** Made in a thread, which needs the compiled code. */
async function bundleOfTheCommandLine(): Promise<string> {
  const { bundleWorkflows } = require('../../dist/cli/bundle') as typeof import('../../src/cli/bundle');
  const { code } = (await bundleWorkflows(EXAMPLE)) as { readonly code: string };
  return code;
}
