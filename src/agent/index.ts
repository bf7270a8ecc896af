/**
 * Agent: what an agent is, pure.
 *
 * @module
 */
export * from './agent';
export * from './agent-tool';
export * from './carried-json';
export * from './context';
export * from './context-json';
export * from './read-context';
export * from './hand-over';
export { declaredTools } from './declared';
export * from './handoff';
export * from './journal-entry';
export * from './memory';
export * from './model-settings';
export { checkDefinition } from './options';
export * from './model-call';
export * from './reach';
export * from './read-reply';
export * from './schema-issues';
export * from './tool';
export * from './transcript';
