/** A section of a file of systemd or NetworkManager (systemd.syntax(7)). */
export interface IniSection {
  readonly name: string;
  readonly lines: readonly string[];
}

/** Reads the sections in their order; a name may occur several times. Drops lines before the first one. */
export function parseIni(text: string): IniSection[] {
  const sections: { name: string; lines: string[] }[] = [];
  for (const line of logicalLines(text)) {
    const [, name] = /^\s*\[(.+)\]\s*$/.exec(line) ?? [];
    if (name === undefined) sections.at(-1)?.lines.push(line);
    else sections.push({ name, lines: [] });
  }
  return sections.map(({ name, lines }) => ({ name, lines: withoutBlankEnd(lines) }));
}

/** A line that ends with a backslash continues in the next line that is no comment. */
function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let start = '';
  for (const line of text.split('\n').map((each) => each.trimEnd())) {
    const isComment = /^\s*[#;]/.test(line);
    if (isComment && start !== '') continue;
    if (line.endsWith('\\') && !isComment) {
      start += `${line.slice(0, -1)} `;
    } else {
      lines.push(start + line);
      start = '';
    }
  }
  return start === '' ? lines : [...lines, start.trimEnd()];
}

/** Whether a value is one of systemd's words for false (systemd.syntax(7)). */
export function isFalse(value: string): boolean {
  return /^(no|n|false|f|off|0)$/i.test(value);
}

/** Whether a value is one of systemd's words for true (systemd.syntax(7)). */
export function isTrue(value: string): boolean {
  return /^(yes|y|true|t|on|1)$/i.test(value);
}

/** The text of the sections, with an empty line between two of them. */
export function formatIni(sections: readonly IniSection[]): string {
  return `${sections.map(({ name, lines }) => [`[${name}]`, ...lines].join('\n')).join('\n\n')}\n`;
}

/** The key of a line such as `DHCP=yes`; undefined for a comment and for an empty line. */
export function keyOf(line: string): string | undefined {
  return /^\s*([A-Za-z0-9][\w.-]*)\s*=/.exec(line)?.[1];
}

/** The last value of a key in all sections of that name; undefined if none has it. */
export function lastValue(sections: readonly IniSection[], section: string, key: string): string | undefined {
  const values = sections
    .filter(({ name }) => name === section)
    .flatMap(({ lines }) => lines.filter((line) => keyOf(line) === key));
  return values.at(-1)?.split('=').slice(1).join('=').trim();
}

/** Reads lines such as `KEY=value`, which programs write for others to read. */
export function parseAssignments(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, key, value] = /^([A-Za-z_-]+)=(.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined
        ? []
        : [[key, value.replace(/^"(.*)"$/, '$1')] as const];
    }),
  );
}

function withoutBlankEnd(lines: readonly string[]): string[] {
  const last = lines.findLastIndex((line) => line !== '');
  return lines.slice(0, last + 1);
}
