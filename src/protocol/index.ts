/**
 * Protocol: what crosses a process boundary, and nothing else.
 *
 * @module
 */
export * from './answer-command';
export * from './content';
export * from './digest';
export * from './errors';
export * from './event';
export * from './events';
export * from './inert-text';
export * from './json';
export * from './limits';
export * from './live-text';
export * from './messages';
export * from './options';
export * from './read-ahead';
export * from './run-input';
export * from './unreadable';
export * from './usage';
