/**
 * Testing: a scripted model in place of a paid one, and a Temporal dev server, for tests and first steps.
 *
 * @module
 */
export { autoReply } from './auto-reply';
export { type DevServer, type DevServerOptions, startDevServer } from './dev-server';
export { type FindTemporalOptions, type FoundTemporal, findTemporal } from './find-temporal';
export { progressLog } from './progress-log';
export type { AudioPart, FilePart, ImagePart, TextPart } from '../protocol';
export type { ProviderRules } from './rules';
export { type ScriptedModel, type ScriptedModelOptions, startScriptedModel } from './scripted-model';
export type {
  ModelMessage,
  ModelRequest,
  ModelScript,
  ModelTool,
  Quirk,
  ScriptedAnswer,
  ScriptedDisconnect,
  ScriptedError,
  ScriptedReply,
  ScriptedToolCall,
} from './scripted-reply';
export { startTestAgents, type TestAgents, type TestAgentsOptions } from './test-agents';
