import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Asks the user at a terminal. */
export interface Prompt {
  /** Whether there is a terminal to ask at. */
  readonly isInteractive: boolean;
  ask(question: string): Promise<string>;
  /** Asks without showing what the user types. */
  askSecret(question: string): Promise<string>;
}

/** The terminal of this process. */
export const terminal: Prompt = {
  isInteractive: process.stdin.isTTY === true && process.stdout.isTTY === true,
  ask: (question) => readAnswer(question, true),
  askSecret: (question) => readAnswer(question, false),
};

async function readAnswer(question: string, echo: boolean): Promise<string> {
  process.stdout.write(question);
  // readline echoes to its output what the user types.
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({
    input: process.stdin,
    output: echo ? process.stdout : silence,
    terminal: true,
  });
  try {
    return (await lines.question('')).trim();
  } finally {
    lines.close();
    if (!echo) process.stdout.write('\n');
  }
}
