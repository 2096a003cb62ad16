/**
 * Sections and options of a configuration file of OpenStack. A list stands for an option that occurs several
 * times.
 */
export type Ini = Readonly<
  Record<string, Readonly<Record<string, string | number | boolean | readonly string[]>>>
>;

/**
 * Renders a configuration file (oslo.config, "Option files"). It escapes `$`, which would refer to another
 * option.
 */
export function renderIni(ini: Ini): string {
  return Object.entries(ini)
    .map(([section, options]) => {
      const lines = Object.entries(options).flatMap(([name, value]) =>
        (Array.isArray(value) ? value : [value]).map(
          (item) => `${name} = ${String(item).replaceAll('$', '$$$$')}`,
        ),
      );
      return [`[${section}]`, ...lines, ''].join('\n');
    })
    .join('\n');
}
