import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** The result of a test run. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** A paragraph for each failed test or hook, file that could not be loaded, and unhandled error. */
  readonly failures: readonly string[];
}

/**
 * Writes an {@link Outcome} as JSON to the file that OUTCOME names. Vitest's own JSON reporter leaves
 * out failed hooks and unhandled rejections.
 */
export default class OutcomeReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const path = process.env['OUTCOME'];
    if (path === undefined) throw new Error('OUTCOME names no file');
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const outcome: Outcome = {
      passed: count('passed'),
      failed: count('failed'),
      skipped: count('skipped'),
      failures: [...modules.flatMap(failuresIn), ...unhandled.map((error) => `unhandled: ${textOf(error)}`)],
    };
    writeFileSync(path, JSON.stringify(outcome));
  }
}

function failuresIn(module: TestModule): string[] {
  const file = relative(process.cwd(), module.moduleId);
  const suites = [...module.children.allSuites()].map((suite) => [suite.fullName, suite.errors()] as const);
  const tests = [...module.children.allTests()].map(
    (test) => [test.fullName, test.result().errors ?? []] as const,
  );
  return [['', module.errors()] as const, ...suites, ...tests].flatMap(([name, errors]) =>
    errors.map((error) => `${file}: ${name}: ${textOf(error)}`),
  );
}

/** The error with the first stack line outside node_modules: the other lines are the test runner's. */
function textOf({ name, message, stack }: { name?: string; message: string; stack?: string }): string {
  const where = stack?.split('\n').find((line) => /^\s+at /.test(line) && !line.includes('node_modules'));
  return `${name ?? 'Error'}: ${message}\n${where ?? ''}`;
}
