import { dirname } from 'node:path';
import { proseLines } from './markdown.ts';

/** A tree of folders, and the pages that explain them. */
export interface ExplainedTree {
  /** Paths in the pages are relative to this folder, such as `packages/netlink/src`. */
  readonly root: string;
  /** The Markdown texts of the pages. */
  readonly pages: readonly string[];
}

/** Returns the folders of a tree that no page explains, as paths from the repository's root. */
export function unexplainedFolders(files: readonly string[], { root, pages }: ExplainedTree): string[] {
  const explained = new Set(pages.flatMap(pathsWithSentence));
  return foldersBelow(files, root)
    .filter((folder) => !explained.has(`${folder}/`) && !explained.has(`${root}/${folder}/`))
    .map((folder) => `${root}/${folder}`);
}

/** The folders with files below `root`, at any depth, as paths relative to it. */
function foldersBelow(files: readonly string[], root: string): string[] {
  const folders = new Set<string>();
  for (const file of files) {
    for (let folder = dirname(file); folder.startsWith(`${root}/`); folder = dirname(folder)) {
      folders.add(folder.slice(root.length + 1));
    }
  }
  return [...folders].toSorted();
}

/** The paths with a trailing slash in backticks, on lines with at least three other words. */
function pathsWithSentence(page: string): string[] {
  return proseLines(page).flatMap(({ line }) => {
    const words = line.replace(/`[^`]*`/g, ' ').match(/\p{Letter}{2,}/gu) ?? [];
    return words.length < 3 ? [] : [...line.matchAll(/`([^`\s]+\/)`/g)].map(([, path = '']) => path);
  });
}
