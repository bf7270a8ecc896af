#!/usr/bin/env node
/**
 * The executable: checks Node's version, then loads the program.
 *
 * No imports at the top and no syntax newer than Node 12: the rest does not even parse on an old Node, and its user
 * must be told so in a sentence.
 *
 * @module
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

// From these versions on, ES modules can be required.
if (major < 20 || major === 21 || (major === 20 && minor < 19) || (major === 22 && minor < 12)) {
  process.stderr.write(`countersign: this is Node ${process.versions.node}; install Node 20.19, or 22.12 or later.\n`);
  process.exitCode = 1;
} else {
  const { runProgram } = require('./program') as typeof import('./program');
  void runProgram(process.argv.slice(2));
}

export {};
