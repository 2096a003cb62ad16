/**
 * Checks comments and docs (CONTRIBUTING.md, "How we write"): the width of lines, words that hide the actor,
 * and a sentence for each folder. Prints the counts and the problems; exits with 1 when it finds a problem.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { unexplainedFolders } from './prose/folder-sentences.ts';
import { areTooMany, findNameless, NAMELESS_PER_100_LINES, partOf } from './prose/nameless-actors.ts';
import { handWrittenFiles } from './prose/tracked-files.ts';
import { wideComments, wideProse } from './prose/wide-lines.ts';

const root = resolve(import.meta.dirname, '..');
const files = handWrittenFiles(root);
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const texts = files
  .filter((path) => path.endsWith('.ts') || path.endsWith('.md'))
  .map((path) => ({ path, source: read(path) }));

const problems = [...tooWide(), ...nameless(), ...unexplained()];
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(`prose: ${problems.length} problems\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

function tooWide(): string[] {
  return texts.flatMap(({ path, source }) =>
    (path.endsWith('.md') ? wideProse(source) : wideComments(source)).map(
      ({ number, width }) => `${path}:${number}: ${width} columns are too many`,
    ),
  );
}

/** Prints the count of each part of the repository. */
function nameless(): string[] {
  return [...Map.groupBy(texts, ({ path }) => partOf(path))]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .flatMap(([part, members]) => {
      const found = members.map(({ path, source }) => ({ path, ...findNameless(path, source) }));
      const lines = found.reduce((sum, file) => sum + file.lines, 0);
      const places = found.flatMap(({ path, words }) => words.map((number) => `${path}:${number}`));
      const count = `${places.length} nameless actors in ${lines} lines of comments and docs`;
      process.stdout.write(`${part}: ${count}\n`);
      if (!areTooMany(places.length, lines)) return [];
      const allowed = `more than ${NAMELESS_PER_100_LINES} in 100 lines`;
      const list = places.map((place) => `\n  ${place}`).join('');
      return [
        `${part}: ${allowed} of somebody, nobody, whoever, anybody or "of ours": name who acts:${list}`,
      ];
    });
}

function unexplained(): string[] {
  const architecture = read('ARCHITECTURE.md');
  const readme = (folder: string) =>
    files.includes(`${folder}/README.md`) ? read(`${folder}/README.md`) : '';
  const packages = [...new Set(files.filter((path) => path.startsWith('packages/')).map(partOf))];
  const trees = [
    ...packages.map((path) => ({
      root: `${path}/src`,
      pages: path === 'packages/ovn-docker' ? [readme(path), architecture] : [readme(path)],
    })),
    { root: 'lab/src', pages: [readme('lab'), architecture] },
    { root: 'test', pages: [readme('test'), architecture] },
  ];
  return trees.flatMap((tree) =>
    unexplainedFolders(files, tree).map(
      (folder) => `${folder}: no README or ARCHITECTURE.md explains this folder`,
    ),
  );
}
