/** An argument of a command, with the type of its value. */
export interface Argument<Value = unknown> {
  /** `<required>`, `[optional]` or `[several...]`. */
  readonly syntax: string;
  readonly summary?: string;
  /** Never set: TypeScript infers the type of the value from it. */
  readonly value?: Value;
}

/** An option, with the type of its value. */
export interface Option<Value = unknown> {
  /** As commander writes it: `--json` or `--count <n>`. */
  readonly syntax: string;
  readonly summary: string;
  /** The accepted values; undefined: any value. */
  readonly choices?: readonly string[];
  /**
   * Converts the user's text.
   * @param before the value from an earlier use of the same option
   * @throws InvalidArgumentError
   */
  parse?(text: string, before: Value | undefined): Value;
  /** Never set: TypeScript infers the type of the value from it. */
  readonly value?: Value;
}

export type Arguments = Readonly<Record<string, Argument>>;
export type Options = Readonly<Record<string, Option>>;

export type ArgumentValues<Declared extends Arguments> = {
  readonly [Name in keyof Declared]: Declared[Name] extends Argument<infer Value> ? Value : never;
};

export type OptionValues<Declared extends Options> = {
  readonly [Name in keyof Declared]?: Declared[Name] extends Option<infer Value> ? Value : never;
};

export function argument(syntax: `<${string}>`): Argument<string> {
  return { syntax };
}

export function optionalArgument(syntax: `[${string}]`): Argument<string | undefined> {
  return { syntax };
}

/** All arguments up to the end of the command line. */
export function severalArguments(syntax: `[${string}...]`, summary: string): Argument<readonly string[]> {
  return { syntax, summary };
}

/** An option with a value, such as `--count <n>`; some have a short name before it: `-H, --host <url>`. */
type Valued = `--${string} <${string}>` | `-${string}, --${string} <${string}>`;

/** An option without a value. */
export function flag(syntax: `--${string}`, summary: string): Option<boolean> {
  return { syntax, summary };
}

export function textOption(syntax: Valued, summary: string): Option<string> {
  return { syntax, summary };
}

/** An option whose text is converted, or collected when the option is repeated. */
export function parsedOption<Value>(
  syntax: Valued,
  summary: string,
  parse: (text: string, before: Value | undefined) => Value,
): Option<Value> {
  return { syntax, summary, parse };
}

export function choiceOption<Choice extends string>(
  syntax: `--${string} <${string}>`,
  summary: string,
  choices: readonly Choice[],
): Option<Choice> {
  return { syntax, summary, choices };
}
