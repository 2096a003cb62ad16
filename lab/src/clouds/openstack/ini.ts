/** Sections and options of a configuration file of OpenStack; of an option that may be given several times, a list. */
export type Ini = Readonly<
  Record<string, Readonly<Record<string, string | number | boolean | readonly string[]>>>
>;

/** oslo.config, "Option files": `[section]`, then `name = value` a line. `$` in a value would name another option. */
export function renderIni(ini: Ini): string {
  return Object.entries(ini)
    .map(([section, options]) => {
      const lines = Object.entries(options).flatMap(([name, value]) =>
        (Array.isArray(value) ? value : [value]).map(
          (one) => `${name} = ${String(one).replaceAll('$', '$$$$')}`,
        ),
      );
      return [`[${section}]`, ...lines, ''].join('\n');
    })
    .join('\n');
}
