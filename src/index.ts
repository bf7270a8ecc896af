/**
 * Countersign: definitions and errors that are safe in every realm.
 *
 * @module
 */
export { activityTool, defineTool } from './agent/tool';
export type { ActivityTool, ActivityToolOptions, ContextTool, Tool } from './agent/tool';
export type { Context, Store, WaitOptions } from './agent/context';
export * from './protocol/errors';
export { defineEvent } from './protocol/event';
export type { AnyEvent, EventDefinition, EventOf, FieldsOfEvent } from './protocol/event';
export * from './protocol/events';
export * from './protocol/messages';
