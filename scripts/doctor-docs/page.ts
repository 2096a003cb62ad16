import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { checks } from '../../packages/ovn-docker/src/cli/doctor/checks.ts';
import { dockerDefects, rangeOf } from '../../packages/ovn-docker/src/cli/doctor/docker-defects.ts';

const repository = resolve(import.meta.dirname, '../..');
const folder = resolve(repository, 'packages/ovn-docker/src/cli/doctor');

/** Path of the page. */
export const doctorDoc = resolve(repository, 'docs/doctor.md');

/** Matches the docstring of a check. */
const DOCSTRING = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport const (\w+Check)\b/g;

/** The first sentence about each check, by the check's name: that of its docstring. */
async function sentences(): Promise<Map<string, string>> {
  const list = readFileSync(resolve(folder, 'checks.ts'), 'utf8');
  const found = new Map<string, string>();
  for (const [, name = '', file = ''] of list.matchAll(/import \{ (\w+Check) \} from '\.\/(.+)'/g)) {
    const source = readFileSync(resolve(folder, file), 'utf8');
    const [, docstring = ''] = [...source.matchAll(DOCSTRING)].find(([, , each]) => each === name) ?? [];
    const text = docstring.replaceAll(/\s*\n\s*\* ?/g, ' ').trim();
    const module = (await import(resolve(folder, file))) as Record<string, { readonly name: string }>;
    found.set(module[name]?.name ?? '', text.split(/(?<=\.) (?=[A-Z@])/)[0] ?? '');
  }
  return found;
}

/** Renders docs/doctor.md. */
export async function renderDoctorDoc(): Promise<string> {
  const about = await sentences();
  const row = (...cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return `# ovn-docker doctor

Doctor runs these checks in order and stops at the first fault, because the later checks would mislead. A warning does
not stop it. [README.md](../README.md#when-something-does-not-work) shows its output.

${row('check', 'what it looks at')}
| --- | --- |
${checks.map(({ name }) => row(name, about.get(name) ?? '')).join('\n')}

## Known defects of Docker

The check "Docker release" warns of these:

${row('Docker', 'what happens', 'what to do')}
| --- | --- | --- |
${dockerDefects.map((defect) => row(rangeOf(defect), defect.what, defect.hint)).join('\n')}
`;
}
