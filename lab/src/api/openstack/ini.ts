/**
 * Sections and options of a configuration file of OpenStack. An option with a list occurs once for each
 * element.
 */
export type Ini = Readonly<
  Record<string, Readonly<Record<string, string | number | boolean | readonly string[]>>>
>;

/**
 * Renders a configuration file (oslo.config, "Option files"). Escapes `$`, with which a value would refer to
 * another option.
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
