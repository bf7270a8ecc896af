/**
 * Claims about the standing deployment that can be held without a docker engine: they are read off docker-compose.yml,
 * the Dockerfile and what the worker reads of its environment.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly restart?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const root = join(__dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const composeText = read('docker-compose.yml');
const compose = parse(composeText, { merge: true }) as { readonly services: Readonly<Record<string, Service>> };
const services = Object.entries(compose.services);
const dockerfile = read('Dockerfile');

test('there are a database, a server, a UI, a worker, and the jobs that prepare them', () => {
  expect(services.map(([name]) => name).sort()).toEqual([
    'postgres',
    'temporal',
    'temporal-namespace',
    'temporal-schema',
    'temporal-ui',
    'worker',
  ]);
});

test('the server is told on purpose that it asks nobody who they are', () => {
  expect(compose.services['temporal']?.environment).toMatchObject({ TEMPORAL_ALLOW_NO_AUTH: 'true' });
});

test('nothing is published beyond loopback', () => {
  const ports = services.flatMap(([, service]) => service.ports ?? []);
  expect(ports).not.toHaveLength(0);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
});

test('every image is pinned to a full version', () => {
  const images = services.flatMap(([, service]) => service.image ?? []);
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].flatMap((match) => match[1] ?? []);
  expect(images).toHaveLength(services.length);
  expect(bases).not.toHaveLength(0);
  for (const image of [...images, ...bases]) expect(image).toMatch(/^[a-z0-9/-]+:\d+\.\d+(\.\d+)?(-[a-z]+)*$/);
});

test('every service says whether it is healthy, or is a job that others wait for', () => {
  const awaited = services.flatMap(([, service]) =>
    Object.entries(service.depends_on ?? {})
      .filter(([, { condition }]) => condition === 'service_completed_successfully')
      .map(([name]) => name),
  );
  for (const [name, service] of services) {
    if (awaited.includes(name)) {
      expect({ name, restart: service.restart }).toEqual({ name, restart: 'on-failure:5' });
    } else {
      expect({ name, restart: service.restart }).toEqual({ name, restart: 'unless-stopped' });
      const isHealthChecked = service.build === undefined ? service.healthcheck : /^HEALTHCHECK /m.test(dockerfile);
      expect({ name, isHealthChecked: Boolean(isHealthChecked) }).toEqual({ name, isHealthChecked: true });
    }
  }
});

test('whoever waits for a service to be healthy waits for one that says so', () => {
  for (const [, service] of services) {
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      if (condition === 'service_healthy') expect(compose.services[name]?.healthcheck).toBeDefined();
    }
  }
});

test('the worker is given nothing that it does not read', () => {
  const given = Object.keys(compose.services['worker']?.environment ?? {});
  expect(given).toContain('TEMPORAL_ADDRESS');
  expect(given.filter((name) => !namesTheWorkerReads().has(name))).toEqual([]);
});

test('the worker image names every setting of ours that the worker reads', () => {
  const ours = [...namesReadIn(read('examples/worker.ts'))].filter((name) => /^(OPENAI|COUNTERSIGN)_/.test(name));
  expect(ours.filter((name) => !dockerfile.includes(name))).toEqual([]);
});

test('.env.example names every setting of docker-compose.yml, and nothing else', () => {
  const settings = new Set([...composeText.matchAll(/\$\{([A-Z_]+)/g)].map((match) => match[1]));
  const passedOn = Object.entries(compose.services['worker']?.environment ?? {}).filter(([, value]) => value === null);
  for (const [name] of passedOn) settings.add(name);
  const named = [...read('.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map((match) => match[1]);
  expect(new Set(named)).toEqual(settings);
});

test('the password has no default: without one nothing starts', () => {
  const uses = [...composeText.matchAll(/\$\{POSTGRES_PASSWORD[^}]*\}/g)].map(([use]) => use);
  expect(uses).not.toHaveLength(0);
  for (const use of uses) expect(use).toMatch(/^\$\{POSTGRES_PASSWORD:\?/);
});

test('every file that is mounted, run or copied into the image is there', () => {
  const mounted = services
    .flatMap(([, service]) => service.volumes ?? [])
    .flatMap((volume) => /^\.\/([^:]+):/.exec(volume)?.[1] ?? []);
  const scripts = [...composeText.matchAll(/\/etc\/countersign\/([\w.-]+\.\w+)/g)].map(
    (match) => `docker/temporal/${match[1]}`,
  );
  const copied = copiedIntoTheImage();
  expect(mounted).not.toHaveLength(0);
  expect(scripts).not.toHaveLength(0);
  expect(copied).not.toHaveLength(0);
  expect([...mounted, ...scripts, ...copied].filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('.dockerignore lets through what the image is made of', () => {
  const allowed = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => new RegExp(`^${line.slice(1).replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`));
  expect(copiedIntoTheImage().filter((path) => !allowed.some((pattern) => pattern.test(path)))).toEqual([]);
});

/** Files and folders of the repository that the Dockerfile copies. */
function copiedIntoTheImage(): string[] {
  return [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) => match[1]?.split(' ') ?? []);
}

/** What examples/worker.ts, the library under it, Temporal's environment configuration and the OpenAI client read. */
function namesTheWorkerReads(): Set<string> {
  const library = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.startsWith('cli'))
    .map((path) => read(join('src', path)));
  const ours = [read('examples/worker.ts'), ...library];
  const theirs = [
    read('node_modules/@temporalio/envconfig/lib/envconfig-toml.js'),
    read('node_modules/openai/client.js'),
  ];
  return new Set([...ours, ...theirs].flatMap((text) => [...namesReadIn(text)]));
}

/** `process.env.X`, `env['X']`, `const { X } = process.env`, and the two libraries' own ways. */
function namesReadIn(text: string): Set<string> {
  const reads = /(?:\benv\.|\benv\[['"]|\benvProvider\[['"]|\breadEnv\)?\(['"])([A-Z][A-Z0-9_]+)/g;
  const destructured = /\{([^{}]*)\} = process\.env\b/g;
  return new Set([
    ...[...text.matchAll(reads)].flatMap((match) => match[1] ?? []),
    ...[...text.matchAll(destructured)].flatMap((match) => match[1]?.match(/\b[A-Z][A-Z0-9_]+\b/g) ?? []),
  ]);
}
