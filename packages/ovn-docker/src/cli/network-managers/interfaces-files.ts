import { basename, dirname } from 'node:path';
import { textFile } from '../machine/files.ts';
import type { Machine } from '../machine/machine.ts';
import { globOf, parseStanzas } from './interfaces-file.ts';

/** The file that ifupdown reads. */
export const MAIN = '/etc/network/interfaces';

/** A file of ifupdown. */
export interface InterfacesFile {
  readonly path: string;
  readonly text: string;
}

/** The main file, and those that it and they include. */
export function filesOf({ files }: Machine): InterfacesFile[] {
  const found = new Map<string, string>();
  const read = (path: string) => {
    const text = found.has(path) ? undefined : files.text(path);
    if (text === undefined) return;
    found.set(path, text);
    for (const included of includedBy(files, path, text)) read(included);
  };
  read(MAIN);
  return [...found].map(([path, text]) => ({ path, text }));
}

function includedBy(files: Machine['files'], from: string, text: string): string[] {
  return parseStanzas(text).flatMap(({ keyword, words }) => {
    if (keyword !== 'source' && keyword !== 'source-directory') return [];
    return words.flatMap((word) => {
      const path = word.startsWith('/') ? word : `${dirname(from)}/${word}`;
      const directory = keyword === 'source' ? dirname(path) : path;
      // As interfaces(5) says of source-directory.
      const isIncluded = keyword === 'source' ? globOf(basename(path)) : /^[A-Za-z0-9_-]+$/;
      return files
        .list(directory)
        .filter((name) => isIncluded.test(name))
        .map((name) => `${directory}/${name}`);
    });
  });
}

/** The content of a file as its state has it. */
export function textContent(text: string): { content: string } {
  const file = textFile(text);
  return { content: 'content' in file ? file.content : '' };
}
